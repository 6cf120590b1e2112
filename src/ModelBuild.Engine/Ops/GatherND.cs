namespace ModelBuild.Engine;

/// <summary>
/// The slices of x that tuples of indices name: x [batch axes, …], indices (int64, negative from the end) [batch axes, …, k] → [batch axes, …, x's axes after the batch's and k further ones].
/// An index outside is an ArgumentOutOfRangeException of the kernel, and an error where the indices are constant.
/// </summary>
internal sealed record GatherND(int BatchDims = 0) : Movement
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0]), indices = Need(inputs[1], ElementType.Int64);
        if (BatchDims < 0 || indices.Shape.Rank <= BatchDims || x.Shape.Rank < BatchDims || !x.Shape.Take(BatchDims).SequenceEqual(indices.Shape.Take(BatchDims)) || indices.Shape[^1] > x.Shape.Rank - BatchDims)
            throw new OperatorException($"indices {indices.Shape} into {x.Shape} with {BatchDims} axes of a batch");
        return [x with { Shape = Shape.Of([.. indices.Shape.SkipLast(1), .. x.Shape.Skip(BatchDims + indices.Shape[^1])]) }];
    }

    public override bool OnlyMoves => true;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, indices = inputs[1]!;
        TensorType type = Infer([x.Type, indices.Type])[0];
        var (batches, xBatch, block) = Sizes(x.Type, indices.Shape);
        int[] at = Offsets(indices, Shape.Of(x.Shape.Skip(BatchDims)));
        var y = new byte[type.Bytes];
        for (int i = 0; i < at.Length; i++)
            x.Bytes.Span.Slice(i / (at.Length / batches) * xBatch + at[i] * x.Element.Bytes(), block).CopyTo(y.AsSpan(i * block));
        return [new Tensor(type, y)];
    }

    /// <summary>Where, in elements, each tuple of constant indices leads within a row-major <paramref name="shape"/>.</summary>
    /// <exception cref="OperatorException">An index is outside.</exception>
    public static int[] Offsets(Tensor indices, Shape shape)
    {
        int k = indices.Shape[^1];
        Ints steps = shape.Strides;
        return k == 0 ? new int[indices.Shape.SkipLast(1).Aggregate(1, (a, b) => a * b)]
            : [.. indices.Int64s().Chunk(k).Select(tuple => tuple.Select((i, axis) => Gather.Indices(Tensor.Scalar(i), shape[axis])[0] * steps[axis]).Sum())];
    }

    /// <summary>How many batches there are, and the bytes of one and of a slice.</summary>
    private (int Batches, int XBatch, int Block) Sizes(TensorType x, Shape indices) =>
        (Shape.Of(x.Shape.Take(BatchDims)).Size, Shape.Of(x.Shape.Skip(BatchDims)).Size * x.Element.Bytes(), Shape.Of(x.Shape.Skip(BatchDims + indices[^1])).Size * x.Element.Bytes());

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.As(lowering.Read(node.Inputs[0]), Layout.RowMajor), indices = lowering.As(lowering.Read(node.Inputs[1]), Layout.RowMajor);
        Shape rest = Shape.Of(x.Shape.Skip(BatchDims));
        if (lowering.Constant(node.Inputs[1]) is { } constant)
            Offsets(constant, rest);
        var (batches, xBatch, block) = Sizes(x.Type, indices.Shape);
        int k = indices.Shape[^1], tuples = Shape.Of(indices.Shape.SkipLast(1)).Size;
        View y = lowering.Write(node.Outputs[0], Layout.RowMajor);
        if (tuples > 0)
            lowering.Emit("GatherNdI64", ("x", x), ("indices", indices), ("y", y), ("batches", batches), ("count", tuples / batches), ("xBatch", xBatch),
                ("lengths", new Ints(rest.Take(k))), ("steps", new Ints(rest.Strides.Take(k).Select(s => s * x.Element.Bytes()))), ("block", block));
    }
}

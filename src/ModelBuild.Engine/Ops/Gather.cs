namespace ModelBuild.Engine;

/// <summary>
/// The slices of x at <paramref name="Axis"/> that indices (int32 or int64, of any shape, negative from the end) name; the axis becomes those of the indices.
/// An index outside is an ArgumentOutOfRangeException of the kernel, and an error where the indices are constant.
/// </summary>
internal sealed record Gather(int Axis = 0) : Movement
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0]), indices = Need(inputs[1], ElementType.Int32, ElementType.Int64);
        int axis = x.Shape.Axis(Axis);
        return [x with { Shape = Shape.Of([.. x.Shape.Take(axis), .. indices.Shape, .. x.Shape.Skip(axis + 1)]) }];
    }

    public override bool OnlyMoves => true;

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        TensorType x = inputs[0]!.Type;
        if (inputs[0]!.Axis is not { } axis)
            return null;
        int at = x.Shape.Axis(Axis), rank = inputs[1]!.Type.Shape.Rank;
        if (axis != at)
            return ChannelMap.Straight(inputs, axis < at ? axis : axis + rank - 1);
        return rank != 1 || inputs[1]!.Constant is not { } indices ? null
            : new([ChannelAxis.Of(x, axis), null], [new(axis, Indices(indices, x.Shape[axis]))], []) { Indices = 1 };
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        TensorType type = Infer([x.Type, inputs[1]!.Type])[0];
        int axis = x.Shape.Axis(Axis), block = x.Shape.Strides[axis] * x.Element.Bytes(), length = x.Shape[axis];
        int[] indices = Indices(inputs[1]!, length);
        var y = new byte[type.Bytes];
        for (int i = 0; i < (block == 0 ? 0 : y.Length / block); i++)
            x.Bytes.Span.Slice((i / indices.Length * length + indices[i % indices.Length]) * block, block).CopyTo(y.AsSpan(i * block));
        return [new Tensor(type, y)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis];
        TensorType type = lowering.Type(node.Outputs[0]);
        if (lowering.Constant(node.Inputs[1]) is { } constant && Progression(Indices(constant, length)) is var (start, step))
        {
            lowering.Alias(node.Outputs[0], x.Slice(axis, start, constant.Shape.Size, step).Reshape(type.Shape)
                ?? throw new InvalidOperationException($"{constant.Shape} is a part of {type.Shape}"));
            return;
        }
        View indices = lowering.Read(node.Inputs[1], Layout.RowMajor);
        View y = lowering.Write(node.Outputs[0], indices.Shape.Rank == 1 ? x : View.Of(type));
        Emit(lowering, x, indices, y, axis);
    }

    /// <summary>Calls for y = x at <paramref name="indices"/> (row-major) of an axis, where y may lie anyhow but for its axes in place of that one, which are row-major.</summary>
    public static void Emit(Lowering lowering, View x, View indices, View y, int axis)
    {
        int count = indices.Shape.Size, rank = indices.Shape.Rank, step = rank == 0 ? 0 : y.Strides[axis + rank - 1];
        Loops outer = Loops.Collapse(Shape.Of(x.Shape.Take(axis)), new(x.Strides.Take(axis)), new(y.Strides.Take(axis)));
        Loops inner = Loops.Collapse(Shape.Of(x.Shape.Skip(axis + 1)), new(x.Strides.Skip(axis + 1)), new(y.Strides.Skip(axis + rank)));
        lowering.Emit($"Gather{x.Element.Bytes()}{indices.Element.Word().ToUpperInvariant()}", ("x", x), ("indices", indices), ("y", y),
            ("outerShape", outer.Shape), ("xOuter", outer.Strides[0]), ("yOuter", outer.Strides[1]), ("count", count), ("length", x.Shape[axis]), ("xStep", x.Strides[axis]), ("yStep", step),
            ("innerShape", inner.Shape), ("xInner", inner.Strides[0]), ("yInner", inner.Strides[1]));
    }

    // Indices at one distance from each other are a slice.
    private static (int Start, int Step)? Progression(int[] indices)
    {
        if (indices.Length == 0)
            return (0, 1);
        int step = indices.Length == 1 ? 1 : indices[1] - indices[0];
        return indices.Zip(indices.Skip(1)).All(p => p.Second - p.First == step) ? (indices[0], step) : null;
    }

    /// <summary>Constant indices, counted from the front.</summary>
    /// <exception cref="OperatorException">One is outside.</exception>
    public static int[] Indices(Tensor indices, int length) => Array.ConvertAll(indices.Int64s(), i =>
        i >= -length && i < length ? (int)(i < 0 ? i + length : i) : throw new OperatorException($"index {i} is outside an axis of {length}"));
}

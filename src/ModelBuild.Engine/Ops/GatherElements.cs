namespace ModelBuild.Engine;

/// <summary>
/// y[i, j, …] = x[index, j, …], the index (int32 or int64, negative from the end) being that at [i, j, …] and in the place of <paramref name="Axis"/>.
/// An index outside is an ArgumentOutOfRangeException of the kernel, and an error where the indices are constant.
/// </summary>
internal sealed record GatherElements(int Axis = 0) : Movement
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0]), indices = Need(inputs[1], ElementType.Int32, ElementType.Int64);
        int axis = x.Shape.Axis(Axis);
        if (indices.Shape.Rank != x.Shape.Rank || indices.Shape.Where((length, i) => i != axis && length > x.Shape[i]).Any())
            throw new OperatorException($"indices {indices.Shape} into {x.Shape} along axis {axis}");
        return [x with { Shape = indices.Shape }];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, indices = inputs[1]!;
        TensorType type = Infer([x.Type, indices.Type])[0];
        int axis = x.Shape.Axis(Axis), size = x.Element.Bytes();
        Ints from = x.Shape.Strides, to = type.Shape.Strides;
        int[] at = Gather.Indices(indices, x.Shape[axis]);
        var y = new byte[type.Bytes];
        for (int i = 0; i < at.Length; i++)
        {
            int source = Enumerable.Range(0, from.Count).Sum(a => (a == axis ? at[i] : i / to[a] % type.Shape[a]) * from[a]);
            x.Bytes.Span.Slice(source * size, size).CopyTo(y.AsSpan(i * size));
        }
        return [new Tensor(type, y)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]), indices = lowering.Read(node.Inputs[1]);
        if (lowering.Constant(node.Inputs[1]) is { } constant)
            Gather.Indices(constant, x.Shape[x.Shape.Axis(Axis)]);
        int axis = x.Shape.Axis(Axis);
        View y = lowering.Write(node.Outputs[0], indices);
        Loops loops = Loops.Collapse(y.Shape, new(x.Strides.Select((s, i) => i == axis ? 0 : s)), indices.Strides, y.Strides);
        lowering.Emit($"GatherElements{x.Element.Bytes()}{indices.Element.Word().ToUpperInvariant()}", ("x", x), ("indices", indices), ("y", y),
            ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("indexStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]), ("length", x.Shape[axis]), ("step", x.Strides[axis]));
    }
}

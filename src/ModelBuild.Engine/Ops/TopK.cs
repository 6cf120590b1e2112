namespace ModelBuild.Engine;

/// <summary>
/// The <paramref name="K"/> largest (or smallest) elements along an axis, best first, and where they were (int64); of equal ones the first come first. Whoever wants them
/// unsorted gets them sorted too. float32, int32, int64.
/// </summary>
internal sealed record TopK(int K, int Axis = -1, bool Largest = true, bool Sorted = true) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32, ElementType.Int32, ElementType.Int64);
        int axis = x.Shape.Axis(Axis);
        if (K < 0 || K > x.Shape[axis])
            throw new OperatorException($"the best {K} of {x.Shape[axis]}, along axis {axis} of {x.Shape}");
        Shape y = x.Shape.With(axis, K);
        return [x with { Shape = y }, new(ElementType.Int64, y)];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        TensorType[] types = Infer([x.Type]);
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis], step = x.Shape.Strides[axis];
        int[] from = new int[types[0].Shape.Size];
        for (int row = 0; row < (length == 0 ? 0 : x.Shape.Size / length); row++)
        {
            int start = row / step * length * step + row % step, target = row / step * K * step + row % step;
            int[] order = [.. Enumerable.Range(0, length).Order(Comparer<int>.Create((a, b) => Compare(start + a * step, start + b * step) is var c && c != 0 ? c : a.CompareTo(b))).Take(K)];
            for (int k = 0; k < K; k++)
                from[target + k * step] = start + order[k] * step;
        }
        long[] where = [.. from.Select(i => (long)(i / step % length))];
        return [x.Element.IsFloat() ? Tensor.From(types[0], [.. from.Select(i => x.Doubles()[i])]) : Tensor.From(types[0], [.. from.Select(i => x.Int64s()[i])]), Tensor.Of(types[1].Shape, where)];

        int Compare(int a, int b)
        {
            int order = x.Element.IsFloat() ? x.F32[a].CompareTo(x.F32[b]) : x.Int64s()[a].CompareTo(x.Int64s()[b]);
            return Largest ? -order : order;
        }
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        TensorType[] types = Infer([x.Type]);
        View y = Output(0), indices = Output(1);
        int axis = x.Shape.Axis(Axis);
        Loops rows = Loops.Collapse(x.Shape.With(axis, 1), x.Strides, y.Strides);
        if (K > 0)
            lowering.Emit("TopK" + x.Element.Suffix(), ("x", x), ("y", y), ("indices", indices), ("shape", rows.Shape), ("xStrides", rows.Strides[0]), ("yStrides", rows.Strides[1]),
                ("length", x.Shape[axis]), ("count", K), ("xStep", x.Strides[axis]), ("yStep", y.Strides[axis]), ("smallest", Largest ? 0 : 1));

        View Output(int output) => node.Outputs.Count > output && node.Outputs[output].Length > 0 ? lowering.Write(node.Outputs[output], Layout.RowMajor) : lowering.Allocate(types[output], Layout.RowMajor);
    }
}

namespace ModelBuild.Engine;

/// <summary>The sum of the elements up to each one along an axis, from the end with <paramref name="Reverse"/>, without the element itself with <paramref name="Exclusive"/>. float32, int32, int64.</summary>
internal sealed record CumSum(int Axis, bool Exclusive = false, bool Reverse = false) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32, ElementType.Int32, ElementType.Int64);
        x.Shape.Axis(Axis);
        return [x];
    }

    // What is constant need not have a kernel.
    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => constants is [{ } x] ? Evaluate([x]) : null;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        int axis = x.Shape.Axis(Axis);
        return [x.Element.IsFloat() ? Tensor.From(x.Type, Sums(x.Doubles(), x.Shape, axis)) : Tensor.From(x.Type, Sums(x.Int64s(), x.Shape, axis))];
    }

    private T[] Sums<T>(T[] x, Shape shape, int axis) where T : System.Numerics.INumber<T>
    {
        int length = shape[axis], step = shape.Strides[axis];
        var y = new T[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int at = i / step % length;
            for (int k = Reverse ? at : 0; k <= (Reverse ? length - 1 : at); k++)
            {
                if (k != at || !Exclusive)
                    y[i] += x[i + (k - at) * step];
            }
        }
        return y;
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], x);
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis];
        if (x.Shape.Size == 0)
            return;
        View from = Reverse ? x.Slice(axis, length - 1, length, -1) : x, to = Reverse ? y.Slice(axis, length - 1, length, -1) : y;
        Loops rows = Loops.Collapse(x.Shape.With(axis, 1), from.Strides, to.Strides);
        lowering.Emit("CumSum" + x.Element.Suffix(), ("x", from), ("y", to), ("shape", rows.Shape), ("xStrides", rows.Strides[0]), ("yStrides", rows.Strides[1]),
            ("length", length), ("xStep", from.Strides[axis]), ("yStep", to.Strides[axis]), ("exclusive", Exclusive ? 1 : 0));
    }
}

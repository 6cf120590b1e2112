namespace ModelBuild.Engine;

/// <summary>The index of the best element along an axis, the first or the last of equal ones. float32, int32, int64, int8, uint8 → int64.</summary>
internal abstract record Arg(int Axis, bool KeepDims, bool SelectLastIndex) : Op
{
    protected abstract bool Better(double a, double b);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Int8, ElementType.UInt8);
        int axis = x.Shape.Axis(Axis);
        if (x.Shape[axis] == 0)
            throw new OperatorException($"axis {axis} of {x.Shape} is empty");
        return [new(ElementType.Int64, KeepDims ? x.Shape.With(axis, 1) : Shape.Of(x.Shape.Where((_, i) => i != axis)))];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis], step = x.Shape.Strides[axis];
        double[] values = x.Doubles();
        var y = new List<long>();
        for (int i = 0; i < values.Length; i++)
        {
            if (i / step % length != 0)
                continue;
            int best = 0;
            for (int k = 1; k < length; k++)
            {
                if (Better(values[i + k * step], values[i + best * step]) || (SelectLastIndex && values[i + k * step] == values[i + best * step]))
                    best = k;
            }
            y.Add(best);
        }
        return [Tensor.Of<long>(Infer([x.Type])[0].Shape, [.. y])];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], Layout.RowMajor);
        int axis = x.Shape.Axis(Axis);
        Ints yStrides = KeepDims ? y.Strides : y.Repeat(axis, 1).Strides;
        Loops rows = Loops.Collapse(x.Shape.With(axis, 1), x.Strides, yStrides);
        lowering.Emit(Name + x.Element.Word().ToUpperInvariant(), ("x", x), ("y", y), ("shape", rows.Shape), ("xStrides", rows.Strides[0]), ("yStrides", rows.Strides[1]),
            ("length", x.Shape[axis]), ("step", x.Strides[axis]), ("last", SelectLastIndex ? 1 : 0));
    }
}

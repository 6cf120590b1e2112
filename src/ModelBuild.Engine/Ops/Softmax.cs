namespace ModelBuild.Engine;

/// <summary>e^x / Σ e^x along one axis. float32.</summary>
internal sealed record Softmax(int Axis = -1) : SoftmaxBase(Axis)
{
    protected override double Apply(double x, double sum) => Math.Exp(x) / sum;
}

/// <summary>x − ln Σ e^x along one axis. float32.</summary>
internal sealed record LogSoftmax(int Axis = -1) : SoftmaxBase(Axis)
{
    protected override double Apply(double x, double sum) => x - Math.Log(sum);
}

internal abstract record SoftmaxBase(int Axis) : Op
{
    /// <summary>An element, by Σ e^x of its row; the largest of the row is 0.</summary>
    protected abstract double Apply(double x, double sum);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        x.Shape.Axis(Axis);
        return [x];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Shape shape = inputs[0]!.Shape;
        int axis = shape.Axis(Axis), length = shape[axis], step = shape.Strides[axis];
        float[] x = inputs[0]!.F32.ToArray(), y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            if (i / step % length != 0)
                continue;
            double[] row = [.. Enumerable.Range(0, length).Select(k => (double)x[i + k * step])];
            double largest = row.Max(), sum = row.Sum(v => Math.Exp(v - largest));
            for (int k = 0; k < length; k++)
                y[i + k * step] = (float)Apply(row[k] - largest, sum);
        }
        return [Tensor.Of<float>(shape, y)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], x);
        int axis = x.Shape.Axis(Axis);
        Loops rows = Loops.Collapse(x.Shape.With(axis, 1), x.Strides, y.Strides);
        lowering.Emit($"{Name}F32", ("x", x), ("y", y), ("shape", rows.Shape), ("xStrides", rows.Strides[0]), ("yStrides", rows.Strides[1]),
            ("length", x.Shape[axis]), ("xStep", x.Strides[axis]), ("yStep", y.Strides[axis]));
    }
}

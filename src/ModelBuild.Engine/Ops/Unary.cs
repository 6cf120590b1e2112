namespace ModelBuild.Engine;

/// <summary>y = f(x), element by element, float32. The kernel is named after the operator.</summary>
internal abstract record Unary : Op
{
    protected abstract double Apply(double x);

    public override TensorType[] Infer(TensorType?[] inputs) => [Need(inputs[0], ElementType.Float32)];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [Tensor.Of<float>(inputs[0]!.Shape, Array.ConvertAll(inputs[0]!.F32.ToArray(), x => (float)Apply(x)))];

    /// <summary>Further arguments of the kernel.</summary>
    protected virtual (string, object?)[] Arguments => [];

    public override void Lower(Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is { } from8 && lowering.Quantizing(node.Outputs[0]) is { } end)
        {
            View layout = lowering.Read(from8.Value);
            ByteTable.Lower(lowering, from8, lowering.Write(end, layout.IsRowMajor ? Layout.RowMajor : Layout.ChannelsLast), v => Math.Clamp(end.As.Integer((float)Apply(v)), end.Lo, end.Hi));
            return;
        }
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], x);
        Loops loops = Loops.Collapse(x.Shape, x.Strides, y.Strides);
        lowering.Emit($"{Name}F32", [("x", x), ("y", y), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]), .. Arguments]);
    }
}

namespace ModelBuild.Engine;

/// <summary>y = f(x), element by element. The kernel is named after the operator and the element type.</summary>
internal abstract record Unary : Op
{
    protected abstract double Apply(double x);

    /// <summary>For operators that know integers too, which wrap.</summary>
    protected virtual long Apply(long x) => throw new OperatorException("integers are not supported");

    /// <summary>The types for which there are kernels.</summary>
    protected virtual ElementType[] Elements => [ElementType.Float32];

    protected virtual string Kernel => Name;

    /// <summary>Further arguments of the kernel.</summary>
    protected virtual (string, object?)[] Arguments => [];

    public override bool HasIntegerKernel => true;

    public override TensorType[] Infer(TensorType?[] inputs) => [Need(inputs[0], Elements)];

    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => constants is [{ } x] ? Evaluate([x]) : null;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        return [x.Element.IsFloat() ? Tensor.From(x.Type, Array.ConvertAll(x.Doubles(), Apply)) : Tensor.From(x.Type, Array.ConvertAll(x.Int64s(), Apply))];
    }

    public override Op? After(Op before) => Clamp is { } clamp && before.Clamp is { } bounds ? Clip.Both(bounds, clamp) : null;

    public override ChannelMap? Channels(Operand?[] inputs) => ChannelMap.Straight(inputs);

    public override bool TakesPlanes(Lowering lowering, Node node) => lowering.IsReadInPlanes(node.Outputs[0]);

    public override void Lower(Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is { } from8 && lowering.Quantizing(node.Outputs[0]) is { } end)
        {
            View layout = lowering.Read(from8.Value);
            ByteTable.Lower(lowering, from8, lowering.Write(end, layout.IsRowMajor ? Layout.RowMajor : Layout.ChannelsLast), v => Math.Clamp(end.As.Integer((float)Apply(v)), end.Lo, end.Hi));
            return;
        }
        View x = lowering.Read(node.Inputs[0]);
        lowering.Each(Kernel + x.Element.Suffix(), x, lowering.Write(node.Outputs[0], x), Arguments);
    }
}

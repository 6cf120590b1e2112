namespace ModelBuild.Engine;

/// <summary>
/// x as another type. While running: between float32, int32, int64, int8, uint8 and bool, and float32 to and from float16 and float64; constants: whatever
/// numbers. Floats lose what is behind the point, out of range they saturate (to bytes: the low bits of an int32), and NaN is 0; integers lose high bits; bool
/// is whether x differs from 0.
/// </summary>
internal sealed record Cast(ElementType To) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = inputs[0] ?? throw new OperatorException("its input is missing");
        ReadOnlySpan<ElementType> from = To == ElementType.Float32 ? [.. Anything, .. Floats] : Anything, to = x.Element == ElementType.Float32 ? [.. Anything, .. Floats] : Anything;
        return x.Element == To ? [x] : [Need(x, from) with { Element = Need(x with { Element = To }, to).Element }];
    }

    private static readonly ElementType[] Anything = [ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Int8, ElementType.UInt8, ElementType.Bool];

    private static readonly ElementType[] Floats = [ElementType.Float16, ElementType.Float64];

    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => constants is [{ } x] ? Evaluate([x]) : null;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        var type = x.Type with { Element = To };
        if (x.Element == To)
            return [x];
        if (!(x.Element.IsNumber() || x.Element is ElementType.Bool or ElementType.Int4 or ElementType.UInt4) || !(To.IsNumber() || To == ElementType.Bool))
            throw new OperatorException($"{x.Element.Word()} to {To.Word()} is not supported");
        return [x.Element.IsFloat() ? Tensor.From(type, x.Doubles())
            : To.IsFloat() && x.Element == ElementType.UInt64 ? Tensor.From(type, Array.ConvertAll(x.Int64s(), v => (double)(ulong)v))
            : Tensor.From(type, x.Int64s())];
    }

    public override bool IsNothing(TensorType input, TensorType output) => input == output;

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        if (x.Element == To)
            lowering.Alias(node.Outputs[0], x);
        else
            lowering.Each(Kernel(x.Element), x, lowering.Write(node.Outputs[0], x));
    }

    // Bytes of any kind are bytes: one kernel reads uint8 and bool, and one writes int8 and uint8.
    private string Kernel(ElementType from)
    {
        bool bytes = from.Bytes() == 1;
        if (bytes && (To is ElementType.Int8 or ElementType.UInt8))
            return "Copy1";
        ElementType source = bytes && (from == ElementType.Bool || To == ElementType.Bool) ? ElementType.UInt8 : from;
        return "Cast" + source.Suffix() + (To == ElementType.UInt8 ? ElementType.Int8 : To).Suffix();
    }
}

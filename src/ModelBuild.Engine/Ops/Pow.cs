namespace ModelBuild.Engine;

/// <summary>
/// a^b, of a's type, for bases and exponents in float32, int32 and int64, and float32 to the power of uint32 and uint64. Integers wrap; to a negative
/// power they are what is left before the point, and 0 for 0. Small constant exponents are products.
/// </summary>
internal sealed record Pow : Broadcast
{
    private static readonly ElementType[] Kernels = [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    protected override ElementType Result(TensorType[] inputs) => inputs[0].Element.IsNumber() && inputs[1].Element.IsNumber()
        ? inputs[0].Element
        : throw new OperatorException($"{inputs[0].Element.Word()} to the power of {inputs[1].Element.Word()}");

    protected override string Kernel(TensorType[] inputs) =>
        Name + Need(inputs[0], Kernels).Element.Suffix() + Need(inputs[1], inputs[0].Element == ElementType.Float32 ? [.. Kernels, ElementType.UInt32, ElementType.UInt64] : Kernels).Element.Suffix();

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, y = inputs[1]!;
        TensorType type = Whole([x.Type, y.Type]);
        int[] a = Indices(x.Shape, type.Shape), b = Indices(y.Shape, type.Shape);
        if (!x.Element.IsFloat() && !y.Element.IsFloat())
        {
            long[] m = x.Int64s(), n = y.Int64s();
            return [Tensor.From(type, a.Zip(b, (i, j) => Power(m[i], n[j])).ToArray())];
        }
        double[] k = x.Doubles(), l = y.Doubles();
        return [Tensor.From(type, a.Zip(b, (i, j) => Math.Pow(k[i], l[j])).ToArray())];
    }

    private static long Power(long value, long exponent)
    {
        if (exponent < 0)
            return value is 1 or -1 ? exponent % 2 == 0 ? 1 : value : 0;
        long result = 1;
        for (; exponent > 0; exponent >>= 1, value *= value)
        {
            if ((exponent & 1) != 0)
                result *= value;
        }
        return result;
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        bool same = x.Element == ElementType.Float32 && x.Shape == lowering.Type(node.Outputs[0]).Shape;
        double exponent = same && lowering.Constant(node.Inputs[1]) is { Shape.Size: 1 } constant ? constant.Doubles()[0] : double.NaN;
        if (exponent == 1)
            lowering.Alias(node.Outputs[0], x);
        else if (exponent == 0.5)
            lowering.Each("SqrtF32", x, lowering.Write(node.Outputs[0], x));
        else if (exponent is -2 or -1 or 2 or 3 or 4)
            lowering.Each("PowerF32", x, lowering.Write(node.Outputs[0], x), ("exponent", (int)exponent));
        else
            base.Lower(lowering, node);
    }
}

namespace ModelBuild.Engine;

/// <summary>y = f(a, b) on the bits of integers of one type, which are computed as int64.</summary>
internal abstract record Bitwise : Binary
{
    protected override double Apply(double a, double b) => throw new OperatorException("floats are not supported");

    protected override ElementType Result(TensorType[] inputs) => inputs[0].Element == inputs[1].Element && inputs[0].Element.IsNumber() && !inputs[0].Element.IsFloat()
        ? inputs[0].Element
        : throw new OperatorException($"{inputs[0].Element.Word()} and {inputs[1].Element.Word()} are not integers of one type");

    protected override bool IsWidened(ElementType element) => element.Bytes() < 8;

    protected override string Kernel(TensorType[] inputs) => Name + "I64";
}

/// <summary>The bits of both.</summary>
internal sealed record BitwiseAnd : Bitwise
{
    protected override long Apply(long a, long b) => a & b;
}

/// <summary>The bits of either.</summary>
internal sealed record BitwiseOr : Bitwise
{
    protected override long Apply(long a, long b) => a | b;
}

/// <summary>The bits of one of both.</summary>
internal sealed record BitwiseXor : Bitwise
{
    protected override long Apply(long a, long b) => a ^ b;
}

/// <summary>a's bits, b places to the right, or to the left if <paramref name="Left"/>; nothing is left of them 64 places on. Unsigned integers.</summary>
internal sealed record BitShift(bool Left) : Bitwise
{
    protected override ElementType Result(TensorType[] inputs) => inputs[0].Element is ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64
        ? base.Result(inputs) : throw new OperatorException($"{inputs[0].Element.Word()} is not supported; u8, u16, u32 and u64 are");

    protected override long Apply(long a, long b) => (ulong)b > 63 ? 0 : Left ? a << (int)b : (long)((ulong)a >> (int)b);

    protected override string Kernel(TensorType[] inputs) => Left ? "BitShiftLeftI64" : "BitShiftRightI64";
}

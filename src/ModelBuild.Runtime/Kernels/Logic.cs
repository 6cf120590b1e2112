using System.Numerics;

namespace ModelBuild.Generated;

/// <summary>Relations and logic. A bool is a byte, 0 or 1.</summary>
public static unsafe partial class Kernels
{
    /// <summary>y = a = b.</summary>
    public static void EqualF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<EqualTo<float>, float, float, byte>(a.F32, b.F32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a = b.</summary>
    public static void EqualI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<EqualTo<int>, int, int, byte>(a.I32, b.I32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a = b.</summary>
    public static void EqualI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<EqualTo<long>, long, long, byte>(a.I64, b.I64, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a = b.</summary>
    public static void EqualBool(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<EqualTo<byte>, byte, byte, byte>(a.Address, b.Address, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &gt; b.</summary>
    public static void GreaterF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<GreaterThan<float>, float, float, byte>(a.F32, b.F32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &gt; b.</summary>
    public static void GreaterI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<GreaterThan<int>, int, int, byte>(a.I32, b.I32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &gt; b.</summary>
    public static void GreaterI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<GreaterThan<long>, long, long, byte>(a.I64, b.I64, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≥ b.</summary>
    public static void GreaterOrEqualF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotLessThan<float>, float, float, byte>(a.F32, b.F32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≥ b.</summary>
    public static void GreaterOrEqualI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotLessThan<int>, int, int, byte>(a.I32, b.I32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≥ b.</summary>
    public static void GreaterOrEqualI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotLessThan<long>, long, long, byte>(a.I64, b.I64, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &lt; b.</summary>
    public static void LessF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<LessThan<float>, float, float, byte>(a.F32, b.F32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &lt; b.</summary>
    public static void LessI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<LessThan<int>, int, int, byte>(a.I32, b.I32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a &lt; b.</summary>
    public static void LessI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<LessThan<long>, long, long, byte>(a.I64, b.I64, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≤ b.</summary>
    public static void LessOrEqualF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotGreaterThan<float>, float, float, byte>(a.F32, b.F32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≤ b.</summary>
    public static void LessOrEqualI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotGreaterThan<int>, int, int, byte>(a.I32, b.I32, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a ≤ b.</summary>
    public static void LessOrEqualI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NotGreaterThan<long>, long, long, byte>(a.I64, b.I64, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a and b.</summary>
    public static void AndBool(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<And, byte, byte, byte>(a.Address, b.Address, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a or b.</summary>
    public static void OrBool(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Or, byte, byte, byte>(a.Address, b.Address, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = either a or b.</summary>
    public static void XorBool(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Xor, byte, byte, byte>(a.Address, b.Address, y.Address, shape, aStrides, bStrides, yStrides);

    /// <summary>y = not x.</summary>
    public static void NotBool(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Not, byte, byte>(x.Address, y.Address, shape, xStrides, yStrides);

    private readonly struct EqualTo<T> : IMap<T, T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public static byte Apply(T a, T b) => a == b ? (byte)1 : (byte)0;
    }

    private readonly struct GreaterThan<T> : IMap<T, T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public static byte Apply(T a, T b) => a > b ? (byte)1 : (byte)0;
    }

    private readonly struct NotLessThan<T> : IMap<T, T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public static byte Apply(T a, T b) => a >= b ? (byte)1 : (byte)0;
    }

    private readonly struct LessThan<T> : IMap<T, T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public static byte Apply(T a, T b) => a < b ? (byte)1 : (byte)0;
    }

    private readonly struct NotGreaterThan<T> : IMap<T, T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public static byte Apply(T a, T b) => a <= b ? (byte)1 : (byte)0;
    }

    private readonly struct And : IMap<byte, byte, byte>
    {
        public static byte Apply(byte a, byte b) => (byte)(a & b);
    }

    private readonly struct Or : IMap<byte, byte, byte>
    {
        public static byte Apply(byte a, byte b) => (byte)(a | b);
    }

    private readonly struct Xor : IMap<byte, byte, byte>
    {
        public static byte Apply(byte a, byte b) => (byte)(a ^ b);
    }

    private readonly struct Not : IMap<byte, byte>
    {
        public static byte Apply(byte x) => (byte)(x ^ 1);
    }
}

using System.Numerics;

namespace ModelBuild.Generated;

// Powers, of the base's type. Integers wrap; to a negative power they are what is left before the point, and 0 for 0.
public static unsafe partial class Kernels
{
    /// <summary>y = a^b.</summary>
    public static void PowF32F32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<float, float>, float, float, float>(a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowF32I32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<float, int>, float, int, float>(a.F32, b.I32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowF32I64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<float, long>, float, long, float>(a.F32, b.I64, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI32F32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<int, float>, int, float, int>(a.I32, b.F32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI32I32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<IntegerPower<int, int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI32I64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<IntegerPower<int, long>, int, long, int>(a.I32, b.I64, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI64F32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<long, float>, long, float, long>(a.I64, b.F32, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI64I32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<IntegerPower<long, int>, long, int, long>(a.I64, b.I32, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowI64I64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<IntegerPower<long, long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowF32U32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<float, uint>, float, uint, float>(a.F32, (uint*)b.Address, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a^b.</summary>
    public static void PowF32U64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatPower<float, ulong>, float, ulong, float>(a.F32, (ulong*)b.Address, y.F32, shape, aStrides, bStrides, yStrides);

    private readonly struct FloatPower<A, B> : IMap<A, B, A> where A : INumber<A> where B : INumber<B>
    {
        public static A Apply(A a, B b) => typeof(B) == typeof(float) && typeof(A) == typeof(float)
            ? A.CreateTruncating(MathF.Pow(float.CreateTruncating(a), float.CreateTruncating(b)))
            : A.CreateSaturating(Math.Pow(double.CreateTruncating(a), double.CreateTruncating(b)));
    }

    private readonly struct IntegerPower<A, B> : IMap<A, B, A> where A : IBinaryInteger<A> where B : IBinaryInteger<B>
    {
        public static A Apply(A a, B b)
        {
            if (B.IsNegative(b))
                return a == A.One || a == -A.One ? B.IsEvenInteger(b) ? A.One : a : A.Zero;
            A result = A.One;
            for (; !B.IsZero(b); b >>= 1, a = unchecked(a * a))
            {
                if (B.IsOddInteger(b))
                    result = unchecked(result * a);
            }
            return result;
        }
    }
}

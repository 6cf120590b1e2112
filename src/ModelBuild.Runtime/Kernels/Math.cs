using System.Numerics;
using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = e^x; 0 below −87.</summary>
    public static void ExpF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Exp(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = ln x.</summary>
    public static void LogF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Log(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = √x.</summary>
    public static void SqrtF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Sqrt(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = 1 / x.</summary>
    public static void ReciprocalF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Reciprocal(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = erf(x).</summary>
    public static void ErfF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Erf(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = |x|.</summary>
    public static void AbsF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Abs(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = −x.</summary>
    public static void NegF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Neg(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = −1, 0 or 1.</summary>
    public static void SignF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Sign(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the largest integer that is not above x.</summary>
    public static void FloorF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Floor(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the smallest integer that is not below x.</summary>
    public static void CeilF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Ceil(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the nearest integer, of two the even one.</summary>
    public static void RoundF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Round(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x^exponent.</summary>
    public static void PowerF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int exponent) =>
        Elementwise.Unary(frame, new Power(exponent), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = |x|; the least integer stays.</summary>
    public static void AbsI32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<AbsInteger<int>, int, int>(x.I32, y.I32, shape, xStrides, yStrides);

    /// <summary>y = |x|; the least integer stays.</summary>
    public static void AbsI64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<AbsInteger<long>, long, long>(x.I64, y.I64, shape, xStrides, yStrides);

    /// <summary>y = −x; the least integer stays.</summary>
    public static void NegI32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NegInteger<int>, int, int>(x.I32, y.I32, shape, xStrides, yStrides);

    /// <summary>y = −x; the least integer stays.</summary>
    public static void NegI64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<NegInteger<long>, long, long>(x.I64, y.I64, shape, xStrides, yStrides);

    internal readonly struct Exp : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Exp(x);
    }

    internal readonly struct Log : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Log(x);
    }

    internal readonly struct Sqrt : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Sqrt(x);
    }

    internal readonly struct Reciprocal : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Broadcast(1) / x;
    }

    internal readonly struct Erf : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Erf(x);
    }

    internal readonly struct Abs : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Abs(x);
    }

    internal readonly struct Neg : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => -x;
    }

    internal readonly struct Sign : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Select(V.Less(V.Zero, x), V.Broadcast(1), V.Select(V.Less(x, V.Zero), V.Broadcast(-1), x));
    }

    internal readonly struct Floor : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Floor(x);
    }

    internal readonly struct Ceil : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Ceiling(x);
    }

    internal readonly struct Round : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Round(x);
    }

    internal readonly struct Power(int exponent) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V>
        {
            // Inverted first: x² may be too small where 1/x² is not.
            V factor = exponent < 0 ? V.Broadcast(1) / x : x, y = factor;
            for (int i = 1; i < Math.Abs(exponent); i++)
                y *= factor;
            return y;
        }
    }

    private readonly struct AbsInteger<T> : IMap<T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T x) => unchecked(T.IsNegative(x) ? -x : x);
    }

    private readonly struct NegInteger<T> : IMap<T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T x) => unchecked(-x);
    }
}

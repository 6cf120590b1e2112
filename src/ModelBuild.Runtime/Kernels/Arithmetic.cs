using System.Numerics;
using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

// Two operands, broadcast by strides of 0. Integers wrap.
public static unsafe partial class Kernels
{
    /// <summary>y = a + b.</summary>
    public static void AddF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Add(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a − b.</summary>
    public static void SubF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Sub(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a·b.</summary>
    public static void MulF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Mul(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a / b.</summary>
    public static void DivF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Div(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = min(a, b); NaN where either is.</summary>
    public static void MinF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Min(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = max(a, b); NaN where either is.</summary>
    public static void MaxF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new Max(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a + b.</summary>
    public static void AddI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<AddInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a + b.</summary>
    public static void AddI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<AddInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a − b.</summary>
    public static void SubI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<SubInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a − b.</summary>
    public static void SubI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<SubInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a·b.</summary>
    public static void MulI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MulInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a·b.</summary>
    public static void MulI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MulInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a / b, towards zero; 0 where b is 0.</summary>
    public static void DivI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<DivInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a / b, towards zero; 0 where b is 0.</summary>
    public static void DivI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<DivInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a and b, bit by bit.</summary>
    public static void BitwiseAndI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<AndBits, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a or b, bit by bit.</summary>
    public static void BitwiseOrI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<OrBits, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = the bits of one of a and b.</summary>
    public static void BitwiseXorI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<XorBits, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a's bits, b places to the left.</summary>
    public static void BitShiftLeftI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ShiftLeft, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = a's bits, b places to the right, zeros following.</summary>
    public static void BitShiftRightI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ShiftRight, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = what is left of a / b, with a's sign.</summary>
    public static void FmodF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FmodFloat, float, float, float>(a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = what is left of a / b, with a's sign; 0 where b is 0.</summary>
    public static void FmodI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FmodInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = what is left of a / b, with a's sign; 0 where b is 0.</summary>
    public static void FmodI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FmodInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = what is left of a / b, with b's sign; 0 where b is 0.</summary>
    public static void ModI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ModInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = what is left of a / b, with b's sign; 0 where b is 0.</summary>
    public static void ModI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ModInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = min(a, b).</summary>
    public static void MinI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MinInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = min(a, b).</summary>
    public static void MinI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MinInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    /// <summary>y = max(a, b).</summary>
    public static void MaxI32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MaxInteger<int>, int, int, int>(a.I32, b.I32, y.I32, shape, aStrides, bStrides, yStrides);

    /// <summary>y = max(a, b).</summary>
    public static void MaxI64(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<MaxInteger<long>, long, long, long>(a.I64, b.I64, y.I64, shape, aStrides, bStrides, yStrides);

    internal readonly struct Add : IBinary
    {
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }

    internal readonly struct Sub : IBinary
    {
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => a - b;
    }

    internal readonly struct Mul : IBinary
    {
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => a * b;
    }

    internal readonly struct Div : IBinary
    {
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => a / b;
    }

    // V.Min and V.Max keep a NaN of the second operand only.
    internal readonly struct Min : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => V.Select(V.IsNaN(a), a, V.Min(a, b));
    }

    internal readonly struct Max : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : struct, IVec<V> => V.Select(V.IsNaN(a), a, V.Max(a, b));
    }

    private readonly struct AddInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a + b);
    }

    private readonly struct SubInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a - b);
    }

    private readonly struct MulInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a * b);
    }

    private readonly struct AndBits : IMap<long, long, long>
    {
        public static long Apply(long a, long b) => a & b;
    }

    private readonly struct OrBits : IMap<long, long, long>
    {
        public static long Apply(long a, long b) => a | b;
    }

    private readonly struct XorBits : IMap<long, long, long>
    {
        public static long Apply(long a, long b) => a ^ b;
    }

    private readonly struct ShiftLeft : IMap<long, long, long>
    {
        public static long Apply(long a, long b) => (ulong)b > 63 ? 0 : a << (int)b;
    }

    private readonly struct ShiftRight : IMap<long, long, long>
    {
        public static long Apply(long a, long b) => (ulong)b > 63 ? 0 : a >>> (int)b;
    }

    private readonly struct FmodFloat : IMap<float, float, float>
    {
        public static float Apply(float a, float b) => a % b;
    }

    private readonly struct FmodInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => T.IsZero(b) || b == -T.One ? T.Zero : a % b;
    }

    private readonly struct ModInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b)
        {
            T rest = FmodInteger<T>.Apply(a, b);
            return !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
        }
    }

    private readonly struct DivInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        // −1 apart, because the least integer has no opposite and the processor traps.
        public static T Apply(T a, T b) => T.IsZero(b) ? T.Zero : b == -T.One ? unchecked(-a) : a / b;
    }

    private readonly struct MinInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a < b ? a : b;
    }

    private readonly struct MaxInteger<T> : IMap<T, T, T> where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a > b ? a : b;
    }
}

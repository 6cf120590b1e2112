using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Generated.Simd;

/// <summary>
/// Products of bytes summed four by four into int32 lanes, exactly: acc[i] += Σj x[j]·w[4i + j], x unsigned, w signed. <typeparamref name="V"/> holds
/// sums, <typeparamref name="Q"/> holds operands in the form in which the machine multiplies them.
/// </summary>
internal unsafe interface IDot<V, Q> where V : struct where Q : struct
{
    static abstract int Lanes { get; }

    static abstract V Zero { get; }

    /// <summary>Four elements of x, for all lanes.</summary>
    static abstract Q Broadcast(byte* x);

    /// <summary>Four weights a lane.</summary>
    static abstract Q Load(sbyte* w);

    static abstract V Add(V sum, Q x, Q w);

    /// <summary>What sums start from.</summary>
    static abstract V Sums(int* from);

    static abstract V Plus(V a, V b);

    /// <summary>The first lanes, <paramref name="count"/> of them.</summary>
    static abstract void Store(V sum, int* to, int count);

    /// <summary>Sums as output bytes (<see cref="Requantization"/>), one scale a lane; the first <paramref name="count"/> of them.</summary>
    static abstract void Store(V sum, float* scale, in Requantization to, byte* y, int count);

    /// <summary>The same of two vectors, the first <paramref name="last"/> lanes of the second.</summary>
    static abstract void Store(V sum, V second, float* scale, in Requantization to, byte* y, int last);
}

/// <summary>AVX-VNNI: one instruction for 32 products.</summary>
internal readonly unsafe struct DotVnni : IDot<Vector256<int>, Vector256<int>>
{
    public static int Lanes => 8;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sums(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Plus(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* x) => Vector256.Create(*(int*)x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(sbyte* w) => Vector256.Load((int*)w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> x, Vector256<int> w) => AvxVnni.MultiplyWideningAndAdd(sum, x.AsByte(), w.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, int* to, int count) => new V256(sum.AsSingle()).Store((float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, float* scale, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector256.ConvertToSingle(sum) * Vector256.Load(scale)), y, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, Vector256<int> second, float* scale, in Requantization to, byte* y, int last)
    {
        if (Avx512F.IsSupported)
        {
            Bytes.Store(to.Apply(Vector512.ConvertToSingle(Vector512.Create(sum, second)) * Vector512.Load(scale)), y, Lanes + last);
            return;
        }
        Store(sum, scale, to, y, Lanes);
        Store(second, scale + Lanes, to, y + Lanes, last);
    }
}

/// <summary>Operands of <see cref="Dot512"/>: elements 0 and 2 of each four, and 1 and 3, as int16.</summary>
internal readonly struct Halves512(Vector512<short> even, Vector512<short> odd)
{
    public readonly Vector512<short> Even = even, Odd = odd;
}

/// <summary>AVX-512BW: bytes become two vectors of int16 by masks and shifts, and pairs of products are added in int32: exact, unlike multiplication of bytes.</summary>
internal readonly unsafe struct Dot512 : IDot<Vector512<int>, Halves512>
{
    public static int Lanes => 16;

    public static Vector512<int> Zero => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Sums(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Plus(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves512 Broadcast(byte* x)
    {
        Vector512<short> all = Vector512.Create(*(int*)x).AsInt16();
        return new(all & Vector512.Create((short)0xFF), (Vector512.ShiftRightLogical(all, 8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves512 Load(sbyte* w)
    {
        Vector512<short> all = Vector512.Load((short*)w);
        return new(Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(all, 8), 8), Vector512.ShiftRightArithmetic(all, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Halves512 x, Halves512 w) => sum + Avx512BW.MultiplyAddAdjacent(x.Even, w.Even) + Avx512BW.MultiplyAddAdjacent(x.Odd, w.Odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, int* to, int count) => new V512(sum.AsSingle()).Store((float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, float* scale, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector512.ConvertToSingle(sum) * Vector512.Load(scale)), y, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, Vector512<int> second, float* scale, in Requantization to, byte* y, int last)
    {
        Store(sum, scale, to, y, Lanes);
        Store(second, scale + Lanes, to, y + Lanes, last);
    }
}

/// <summary>Operands of <see cref="Dot256"/>: elements 0 and 2 of each four, and 1 and 3, as int16.</summary>
internal readonly struct Halves256(Vector256<short> even, Vector256<short> odd)
{
    public readonly Vector256<short> Even = even, Odd = odd;
}

/// <summary>AVX2: bytes become two vectors of int16 by masks and shifts, and pairs of products are added in int32: exact, unlike multiplication of bytes.</summary>
internal readonly unsafe struct Dot256 : IDot<Vector256<int>, Halves256>
{
    public static int Lanes => 8;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sums(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Plus(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves256 Broadcast(byte* x)
    {
        Vector256<short> all = Vector256.Create(*(int*)x).AsInt16();
        return new(all & Vector256.Create((short)0xFF), (Vector256.ShiftRightLogical(all, 8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves256 Load(sbyte* w)
    {
        Vector256<short> all = Vector256.Load((short*)w);
        return new(Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(all, 8), 8), Vector256.ShiftRightArithmetic(all, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Halves256 x, Halves256 w) => sum + Avx2.MultiplyAddAdjacent(x.Even, w.Even) + Avx2.MultiplyAddAdjacent(x.Odd, w.Odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, int* to, int count) => new V256(sum.AsSingle()).Store((float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, float* scale, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector256.ConvertToSingle(sum) * Vector256.Load(scale)), y, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, Vector256<int> second, float* scale, in Requantization to, byte* y, int last)
    {
        if (Avx512F.IsSupported)
        {
            Bytes.Store(to.Apply(Vector512.ConvertToSingle(Vector512.Create(sum, second)) * Vector512.Load(scale)), y, Lanes + last);
            return;
        }
        Store(sum, scale, to, y, Lanes);
        Store(second, scale + Lanes, to, y + Lanes, last);
    }
}

/// <summary>Operands of <see cref="Dot128"/>: elements 0 and 2 of each four, and 1 and 3, as int16.</summary>
internal readonly struct Halves128(Vector128<short> even, Vector128<short> odd)
{
    public readonly Vector128<short> Even = even, Odd = odd;
}

/// <summary>SSE2, AdvSimd: bytes become two vectors of int16 by masks and shifts, and pairs of products are added in int32: exact, unlike multiplication of bytes.</summary>
internal readonly unsafe struct Dot128 : IDot<Vector128<int>, Halves128>
{
    public static int Lanes => 4;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Plus(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves128 Broadcast(byte* x)
    {
        Vector128<short> all = Vector128.Create(*(int*)x).AsInt16();
        return new(all & Vector128.Create((short)0xFF), (Vector128.ShiftRightLogical(all, 8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves128 Load(sbyte* w)
    {
        Vector128<short> all = Vector128.Load((short*)w);
        return new(Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(all, 8), 8), Vector128.ShiftRightArithmetic(all, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Halves128 x, Halves128 w) => sum + MultiplyAddAdjacent(x.Even, w.Even) + MultiplyAddAdjacent(x.Odd, w.Odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> MultiplyAddAdjacent(Vector128<short> a, Vector128<short> b) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(a, b)
        : AdvSimd.Arm64.AddPairwise(AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower()), AdvSimd.MultiplyWideningUpper(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, int* to, int count) => new V128(sum.AsSingle()).Store((float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, float* scale, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector128.ConvertToSingle(sum) * Vector128.Load(scale)), y, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, Vector128<int> second, float* scale, in Requantization to, byte* y, int last)
    {
        Store(sum, scale, to, y, Lanes);
        Store(second, scale + Lanes, to, y + Lanes, last);
    }
}

/// <summary>Operands of <see cref="DotArm"/>: x − 128; and w, with 128·Σw of each four.</summary>
internal readonly struct Shifted128(Vector128<sbyte> bytes, Vector128<int> correction)
{
    public readonly Vector128<sbyte> Bytes = bytes;

    public readonly Vector128<int> Correction = correction;
}

/// <summary>Arm's dot product: one instruction for 16 products, of signed bytes both. Σx·w = Σ(x − 128)·w + 128·Σw, exactly; the second term serves all rows of a tile.</summary>
internal readonly unsafe struct DotArm : IDot<Vector128<int>, Shifted128>
{
    public static int Lanes => 4;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Plus(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shifted128 Broadcast(byte* x) => new(Vector128.Create(*(int*)x).AsSByte() ^ Vector128.Create(sbyte.MinValue), default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shifted128 Load(sbyte* w)
    {
        Vector128<sbyte> bytes = Vector128.Load(w);
        return new(bytes, Dp.DotProduct(Vector128<int>.Zero, Vector128<sbyte>.One, bytes) << 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Shifted128 x, Shifted128 w) => Dp.DotProduct(sum + w.Correction, x.Bytes, w.Bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, int* to, int count) => Dot128.Store(sum, to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, float* scale, in Requantization to, byte* y, int count) => Dot128.Store(sum, scale, to, y, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, Vector128<int> second, float* scale, in Requantization to, byte* y, int last) => Dot128.Store(sum, second, scale, to, y, last);
}

/// <summary>One lane, by plain integers.</summary>
internal readonly unsafe struct Dot1 : IDot<int, uint>
{
    public static int Lanes => 1;

    public static int Zero => 0;

    public static int Sums(int* from) => *from;

    public static int Plus(int a, int b) => a + b;

    public static uint Broadcast(byte* x) => *(uint*)x;

    public static uint Load(sbyte* w) => *(uint*)w;

    public static int Add(int sum, uint x, uint w) =>
        sum + (byte)x * (sbyte)w + (byte)(x >> 8) * (sbyte)(w >> 8) + (byte)(x >> 16) * (sbyte)(w >> 16) + (byte)(x >> 24) * (sbyte)(w >> 24);

    public static void Store(int sum, int* to, int count) => *to = sum;

    public static void Store(int sum, float* scale, in Requantization to, byte* y, int count) => *y = to.Apply(sum, *scale);

    public static void Store(int sum, int second, float* scale, in Requantization to, byte* y, int last)
    {
        y[0] = to.Apply(sum, scale[0]);
        y[1] = to.Apply(second, scale[1]);
    }
}

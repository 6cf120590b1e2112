using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Generated.Simd;

/// <summary>int16 and the int32 sums of products of their neighbours, two by two. All arithmetic wraps.</summary>
/// <typeparam name="S">int16, <c>Lanes</c> twice.</typeparam>
/// <typeparam name="I">int32, <c>Lanes</c>.</typeparam>
internal unsafe interface IShorts<S, I> where S : struct where I : struct
{
    static abstract int Lanes { get; }

    static abstract S Unsigned(byte* x);

    static abstract S Load(short* from);

    /// <summary>Two neighbours, for all lanes.</summary>
    static abstract S Pair(short* from);

    static abstract void Store(S v, short* to);

    static abstract S Plus(S a, S b);

    static abstract S Minus(S a, S b);

    static abstract I Multiply(S a, S b);

    static abstract I Zero { get; }

    static abstract I Load(int* from);

    static abstract void Store(I v, int* to);

    static abstract I Plus(I a, I b);

    static abstract I Minus(I a, I b);

    /// <summary>v·2^bits.</summary>
    static abstract I Shift(I v, int bits);

    static abstract I Times(I v, int factor);

    /// <summary>Sums as output bytes (<see cref="Requantization"/>), times a scale a lane and <paramref name="part"/>, a power of two; the first <paramref name="count"/> of them.</summary>
    static abstract void Store(I sum, float* scales, float part, in Requantization to, byte* y, int count);
}

/// <summary>AVX-512BW.</summary>
internal readonly unsafe struct Shorts512 : IShorts<Vector512<short>, Vector512<int>>
{
    public static int Lanes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Unsigned(byte* x) => Avx512BW.ConvertToVector512Int16(Vector256.Load(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Load(short* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Pair(short* from) => Vector512.Create(*(int*)from).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Plus(Vector512<short> a, Vector512<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Minus(Vector512<short> a, Vector512<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<short> a, Vector512<short> b) => Avx512BW.MultiplyAddAdjacent(a, b);

    public static Vector512<int> Zero => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> v, int* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Plus(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Minus(Vector512<int> a, Vector512<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Shift(Vector512<int> v, int bits) => v << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Times(Vector512<int> v, int factor) => v * Vector512.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, float* scales, float part, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector512.ConvertToSingle(sum) * (Vector512.Load(scales) * Vector512.Create(part))), y, count);
}

/// <summary>AVX2.</summary>
internal readonly unsafe struct Shorts256 : IShorts<Vector256<short>, Vector256<int>>
{
    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Unsigned(byte* x) => Avx2.ConvertToVector256Int16(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Load(short* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Pair(short* from) => Vector256.Create(*(int*)from).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Plus(Vector256<short> a, Vector256<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Minus(Vector256<short> a, Vector256<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<short> a, Vector256<short> b) => Avx2.MultiplyAddAdjacent(a, b);

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> v, int* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Plus(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Minus(Vector256<int> a, Vector256<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Shift(Vector256<int> v, int bits) => v << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Times(Vector256<int> v, int factor) => v * Vector256.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, float* scales, float part, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector256.ConvertToSingle(sum) * (Vector256.Load(scales) * Vector256.Create(part))), y, count);
}

/// <summary>SSE2, AdvSimd.</summary>
internal readonly unsafe struct Shorts128 : IShorts<Vector128<short>, Vector128<int>>
{
    public static int Lanes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Unsigned(byte* x) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)x).AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Load(short* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Pair(short* from) => Vector128.Create(*(int*)from).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Plus(Vector128<short> a, Vector128<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Minus(Vector128<short> a, Vector128<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<short> a, Vector128<short> b) => Dot128.MultiplyAddAdjacent(a, b);

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> v, int* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Plus(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Minus(Vector128<int> a, Vector128<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Shift(Vector128<int> v, int bits) => v << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Times(Vector128<int> v, int factor) => v * Vector128.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, float* scales, float part, in Requantization to, byte* y, int count) =>
        Bytes.Store(to.Apply(Vector128.ConvertToSingle(sum) * (Vector128.Load(scales) * Vector128.Create(part))), y, count);
}

/// <summary>Two neighbours, by plain integers.</summary>
internal readonly unsafe struct Shorts1 : IShorts<(short A, short B), int>
{
    public static int Lanes => 1;

    public static (short A, short B) Unsigned(byte* x) => (x[0], x[1]);

    public static (short A, short B) Load(short* from) => (from[0], from[1]);

    public static (short A, short B) Pair(short* from) => (from[0], from[1]);

    public static void Store((short A, short B) v, short* to)
    {
        to[0] = v.A;
        to[1] = v.B;
    }

    public static (short A, short B) Plus((short A, short B) a, (short A, short B) b) => ((short)(a.A + b.A), (short)(a.B + b.B));

    public static (short A, short B) Minus((short A, short B) a, (short A, short B) b) => ((short)(a.A - b.A), (short)(a.B - b.B));

    public static int Multiply((short A, short B) a, (short A, short B) b) => a.A * b.A + a.B * b.B;

    public static int Zero => 0;

    public static int Load(int* from) => *from;

    public static void Store(int v, int* to) => *to = v;

    public static int Plus(int a, int b) => a + b;

    public static int Minus(int a, int b) => a - b;

    public static int Shift(int v, int bits) => v << bits;

    public static int Times(int v, int factor) => v * factor;

    public static void Store(int sum, float* scales, float part, in Requantization to, byte* y, int count) => *y = to.Apply(sum, *scales * part);
}

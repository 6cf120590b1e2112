using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Generated.Simd;

/// <summary>
/// Bytes as int16, two values of a channel side by side, so that one instruction multiplies both by their weights and adds the products: exact. Within each
/// eight channels, <c>Low</c> holds the first four pairs and <c>High</c> the others.
/// </summary>
internal unsafe interface IPairs<S, I> where S : struct where I : struct
{
    static abstract int Channels { get; }

    static abstract S Unsigned(byte* x);

    static abstract S Signed(sbyte* w);

    static abstract S Low(S a, S b);

    static abstract S High(S a, S b);

    static abstract I Multiply(S a, S b);

    static abstract I Plus(I a, I b);

    static abstract I Load(int* from);

    static abstract S Load(short* from);

    static abstract void Store(S v, short* to);

    /// <summary>Sums as output bytes, channels in their order again; scales in that of <paramref name="low"/>, then of <paramref name="high"/>.</summary>
    static abstract void Store(I low, I high, float* scales, in Requantization to, byte* y);
}

/// <summary>AVX-512BW: 32 channels.</summary>
internal readonly unsafe struct Pairs512 : IPairs<Vector512<short>, Vector512<int>>
{
    public static int Channels => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Unsigned(byte* x) => Avx512BW.ConvertToVector512Int16(Vector256.Load(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Signed(sbyte* w) => Avx512BW.ConvertToVector512Int16(Vector256.Load(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Low(Vector512<short> a, Vector512<short> b) => Avx512BW.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> High(Vector512<short> a, Vector512<short> b) => Avx512BW.UnpackHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<short> a, Vector512<short> b) => Avx512BW.MultiplyAddAdjacent(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Plus(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Load(short* from) => Vector512.Load(from);

    public static void Store(Vector512<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> low, Vector512<int> high, float* scales, in Requantization to, byte* y)
    {
        Vector512<short> words = Avx512BW.PackSignedSaturate(to.Apply(Vector512.ConvertToSingle(low) * Vector512.Load(scales)), to.Apply(Vector512.ConvertToSingle(high) * Vector512.Load(scales + 16)));
        Avx512BW.ConvertToVector256Byte(words.AsUInt16()).Store(y);
    }
}

/// <summary>AVX2: 16 channels.</summary>
internal readonly unsafe struct Pairs256 : IPairs<Vector256<short>, Vector256<int>>
{
    public static int Channels => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Unsigned(byte* x) => Avx2.ConvertToVector256Int16(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Signed(sbyte* w) => Avx2.ConvertToVector256Int16(w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Low(Vector256<short> a, Vector256<short> b) => Avx2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> High(Vector256<short> a, Vector256<short> b) => Avx2.UnpackHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<short> a, Vector256<short> b) => Avx2.MultiplyAddAdjacent(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Plus(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Load(short* from) => Vector256.Load(from);

    public static void Store(Vector256<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> low, Vector256<int> high, float* scales, in Requantization to, byte* y)
    {
        Vector256<short> words = Avx2.PackSignedSaturate(to.Apply(Vector256.ConvertToSingle(low) * Vector256.Load(scales)), to.Apply(Vector256.ConvertToSingle(high) * Vector256.Load(scales + 8)));
        Avx2.Permute4x64(Avx2.PackUnsignedSaturate(words, words).AsUInt64(), 0b1000).AsByte().GetLower().Store(y);
    }
}

/// <summary>SSE2: 8 channels.</summary>
internal readonly unsafe struct Pairs128 : IPairs<Vector128<short>, Vector128<int>>
{
    public static int Channels => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Unsigned(byte* x) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)x).AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Signed(sbyte* w) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)w).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Low(Vector128<short> a, Vector128<short> b) => Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> High(Vector128<short> a, Vector128<short> b) => Sse2.UnpackHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<short> a, Vector128<short> b) => Sse2.MultiplyAddAdjacent(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Plus(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Load(short* from) => Vector128.Load(from);

    public static void Store(Vector128<short> v, short* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> low, Vector128<int> high, float* scales, in Requantization to, byte* y)
    {
        Vector128<short> words = Sse2.PackSignedSaturate(to.Apply(Vector128.ConvertToSingle(low) * Vector128.Load(scales)), to.Apply(Vector128.ConvertToSingle(high) * Vector128.Load(scales + 4)));
        *(ulong*)y = Sse2.PackUnsignedSaturate(words, words).AsUInt64().ToScalar();
    }
}

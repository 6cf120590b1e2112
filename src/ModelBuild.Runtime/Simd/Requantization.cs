using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Generated.Simd;

/// <summary>
/// y = round(clamp(sum·scale, Lo − Zero, Hi − Zero)) + Zero, float32 in this order, to nearest even: what ONNX Runtime computes. Clamping
/// first keeps every conversion in range, so that all machines agree.
/// </summary>
internal readonly struct Requantization(int zero, int lo, int hi)
{
    public readonly float Least = lo - zero, Most = hi - zero;

    public readonly int Zero = zero;

    public byte Apply(int sum, float scale) => Apply(sum * scale);

    public byte Apply(float value)
    {
        value = value < Least ? Least : value > Most ? Most : value;
        return (byte)((int)MathF.Round(value) + Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<int> Apply(Vector128<float> value)
    {
        value = Vector128.MaxNative(Vector128.MinNative(value, Vector128.Create(Most)), Vector128.Create(Least));
        return (Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32(Vector128.Round(value))) + Vector128.Create(Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Apply(Vector256<float> value)
    {
        value = Vector256.MaxNative(Vector256.MinNative(value, Vector256.Create(Most)), Vector256.Create(Least));
        return (Avx.IsSupported ? Avx.ConvertToVector256Int32(value) : Vector256.ConvertToInt32(Vector256.Round(value))) + Vector256.Create(Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Apply(Vector512<float> value)
    {
        value = Vector512.MaxNative(Vector512.MinNative(value, Vector512.Create(Most)), Vector512.Create(Least));
        return (Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(value) : Vector512.ConvertToInt32(Vector512.Round(value))) + Vector512.Create(Zero);
    }
}

/// <summary>Bytes of four lanes each.</summary>
internal static unsafe class Bytes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* x) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)x).AsByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> v, byte* y)
    {
        Vector128<ushort> words = Vector128.Narrow(v.AsUInt32(), v.AsUInt32());
        *(uint*)y = Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> v, byte* y)
    {
        if (Avx512F.VL.IsSupported)
        {
            *(ulong*)y = Avx512F.VL.ConvertToVector128Byte(v.AsUInt32()).AsUInt64().ToScalar();
            return;
        }
        Vector128<ushort> words = Vector128.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32());
        *(ulong*)y = Vector128.Narrow(words, words).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> v, byte* y)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(v.AsUInt32()).Store(y);
            return;
        }
        Vector256<ushort> words = Vector256.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(y);
    }

    /// <summary>The first lanes, <paramref name="count"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> v, byte* y, int count)
    {
        if (Avx512BW.VL.IsSupported)
            Avx512BW.VL.MaskStore(y, Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)count)), Avx512F.ConvertToVector128Byte(v.AsUInt32()));
        else if (count == 16)
            Store(v, y);
        else if (count >= 8)
        {
            Store(v.GetLower(), y);
            Store(v.GetUpper(), y + 8, count - 8);
        }
        else
            Store(v.GetLower(), y, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> v, byte* y, int count)
    {
        if (Avx512BW.VL.IsSupported)
            Avx512BW.VL.MaskStore(y, Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)count)), Avx512F.VL.ConvertToVector128Byte(v.AsUInt32()));
        else if (count == 8)
            Store(v, y);
        else if (count >= 4)
        {
            Store(v.GetLower(), y);
            Store(v.GetUpper(), y + 4, count - 4);
        }
        else
            Store(v.GetLower(), y, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> v, byte* y, int count)
    {
        if (count >= 4)
        {
            Store(v, y);
            return;
        }
        if (count > 0)
            y[0] = (byte)v.GetElement(0);
        if (count > 1)
            y[1] = (byte)v.GetElement(1);
        if (count > 2)
            y[2] = (byte)v.GetElement(2);
    }
}

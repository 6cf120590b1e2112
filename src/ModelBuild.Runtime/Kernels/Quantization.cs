using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>u8 = round(x / scale) to nearest even + zero, saturated.</summary>
    public static void QuantizeF32U8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) =>
        Quantizing.Quantize(frame, x.F32, y.Address, shape, xStrides, yStrides, scale, new(zero, 0, 255), 0);

    /// <summary>i8 = round(x / scale) to nearest even + zero, saturated.</summary>
    public static void QuantizeF32I8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) =>
        Quantizing.Quantize(frame, x.F32, y.Address, shape, xStrides, yStrides, scale, new(zero + 128, 0, 255), 128);

    /// <summary>y = scale · (u8 − zero).</summary>
    public static void DequantizeU8F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) =>
        Quantizing.Dequantize(frame, x.Address, y.F32, shape, xStrides, yStrides, scale, zero);

    /// <summary>y = scale · (i8 − zero).</summary>
    public static void DequantizeI8F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) =>
        Quantizing.Dequantize(frame, (sbyte*)x.Address, y.F32, shape, xStrides, yStrides, scale, zero);

    /// <summary>y = scale · (i32 − zero).</summary>
    public static void DequantizeI32F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) =>
        Quantizing.Dequantize(frame, x.I32, y.F32, shape, xStrides, yStrides, scale, zero);

    /// <summary>y = table[x]: any function of one byte, requantization among them. The table has 256 entries.</summary>
    public static void LookupU8(in Frame frame, Place x, Place table, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Quantizing.Lookup(frame, x.Address, table.Address, y.Address, shape, xStrides, yStrides);

    /// <summary>Between i8 and u8 whose zero point is 128 higher: the bits of one are those of the other with the highest one flipped.</summary>
    public static void FlipSign8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Quantizing.FlipSign(x.Address, y.Address, shape, xStrides, yStrides);

    /// <summary>y = round(clamp(a·aScale + b·bScale + offset)) + zero: a sum of two quantized tensors; scales are sa/sy and sb/sy, the offset holds their zero points.</summary>
    public static void AddU8(
        in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides,
        float aScale, float bScale, float offset, int zero, int lo, int hi) =>
        Quantizing.Add(frame, a.Address, b.Address, y.Address, shape, aStrides, bStrides, yStrides, aScale, bScale, offset, new(zero, lo, hi));

    /// <summary>int32 sums as bytes: y = round(clamp(x·scale[column])) + zero; x and y are [rows, columns], rows xRow and yRow elements apart.</summary>
    public static void RequantizeI32U8(in Frame frame, Place x, Place scales, Place y, int rows, int columns, int xRow, int yRow, int zero, int lo, int hi)
    {
        var to = new Requantization(zero, lo, hi);
        for (nint r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                y.Address[r * yRow + c] = to.Apply(x.I32[r * xRow + c], scales.F32[c]);
        }
    }
}

/// <summary>Element-wise loops between floats and bytes; the 256-bit and 128-bit vectors and the scalar code agree to the bit.</summary>
internal static unsafe class Quantizing
{
    // What an element costs, in multiply-accumulates of the dense float kernel.
    private const int Cost = 16;

    public static void Quantize(in Frame frame, float* x, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, Requantization to, byte flip)
    {
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<QuantizeBody>.Run(frame, new(x, y, xs, ys, scale, to, flip), Cost, shape, xStrides, [], yStrides);
    }

    public static void Dequantize<T>(in Frame frame, T* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) where T : unmanaged
    {
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<DequantizeBody<T>>.Run(frame, new(x, y, xs, ys, scale, zero), Cost, shape, xStrides, [], yStrides);
    }

    public static void Lookup(in Frame frame, byte* x, byte* table, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides)
    {
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<LookupBody>.Run(frame, new(x, table, y, xs, ys), Cost, shape, xStrides, [], yStrides);
    }

    public static void Add(
        in Frame frame, byte* a, byte* b, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides,
        float aScale, float bScale, float offset, Requantization to)
    {
        fixed (int* sa = aStrides, sb = bStrides, ys = yStrides)
            Nest<AddBody>.Run(frame, new(a, b, y, sa, sb, ys, aScale, bScale, offset, to), Cost, shape, aStrides, bStrides, yStrides);
    }

    private readonly struct QuantizeBody(float* x, byte* y, int* xStrides, int* yStrides, float scale, Requantization to, byte flip) : INestBody
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Quantize(x + a, y + at, shape, new(xStrides, shape.Length), new(yStrides, shape.Length), scale, to, flip);
    }

    private readonly struct DequantizeBody<T>(T* x, float* y, int* xStrides, int* yStrides, float scale, int zero) : INestBody where T : unmanaged
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Dequantize(x + a, y + at, shape, new(xStrides, shape.Length), new(yStrides, shape.Length), scale, zero);
    }

    private readonly struct LookupBody(byte* x, byte* table, byte* y, int* xStrides, int* yStrides) : INestBody
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Lookup(x + a, table, y + at, shape, new(xStrides, shape.Length), new(yStrides, shape.Length));
    }

    private readonly struct AddBody(byte* x, byte* z, byte* y, int* xStrides, int* zStrides, int* yStrides, float xScale, float zScale, float offset, Requantization to) : INestBody
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Add(x + a, z + b, y + at, shape, new(xStrides, shape.Length), new(zStrides, shape.Length), new(yStrides, shape.Length), xScale, zScale, offset, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quantize(float* x, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, Requantization to, byte flip)
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Quantize(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..], scale, to, flip);
            return;
        }
        if (xs == 1 && ys == 1 && flip == 0)
        {
            if (Vector256.IsHardwareAccelerated)
            {
                for (; i <= count - 8; i += 8)
                    Bytes.Store(to.Apply(Number(Vector256.Load(x + i) / Vector256.Create(scale))), y + i);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                for (; i <= count - 4; i += 4)
                    Bytes.Store(to.Apply(Number(Vector128.Load(x + i) / Vector128.Create(scale))), y + i);
            }
        }
        for (; i < count; i++)
        {
            float value = x[i * xs] / scale;
            y[i * ys] = (byte)(to.Apply(float.IsNaN(value) ? 0 : value) ^ flip);
        }
    }

    // NaN has no integer; it becomes zero, hence the zero point.
    private static Vector256<float> Number(Vector256<float> v) => v & Vector256.Equals(v, v);

    private static Vector128<float> Number(Vector128<float> v) => v & Vector128.Equals(v, v);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dequantize<T>(T* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float scale, int zero) where T : unmanaged
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Dequantize(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..], scale, zero);
            return;
        }
        if (typeof(T) == typeof(byte) && xs == 1 && ys == 1)
        {
            if (Vector256.IsHardwareAccelerated)
            {
                for (; i <= count - 8; i += 8)
                {
                    Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(x + i)).AsByte());
                    Vector256<int> integers = Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32() - Vector256.Create(zero);
                    (Vector256.ConvertToSingle(integers) * Vector256.Create(scale)).Store(y + i);
                }
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                for (; i <= count - 4; i += 4)
                    (Vector128.ConvertToSingle(Bytes.Load((byte*)x + i) - Vector128.Create(zero)) * Vector128.Create(scale)).Store(y + i);
            }
        }
        for (; i < count; i++)
        {
            int integer = typeof(T) == typeof(byte) ? ((byte*)x)[i * xs] : typeof(T) == typeof(sbyte) ? ((sbyte*)x)[i * xs] : ((int*)x)[i * xs];
            y[i * ys] = (integer - zero) * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lookup(byte* x, byte* table, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides)
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0];
        for (nint i = 0; i < count; i++)
        {
            if (shape.Length > 1)
                Lookup(x + i * xs, table, y + i * ys, shape[1..], xStrides[1..], yStrides[1..]);
            else
                y[i * ys] = table[x[i * xs]];
        }
    }

    public static void FlipSign(byte* x, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides)
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0];
        for (nint i = 0; i < count; i++)
        {
            if (shape.Length > 1)
                FlipSign(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..]);
            else
                y[i * ys] = (byte)(x[i * xs] ^ 128);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(
        byte* a, byte* b, byte* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides,
        float aScale, float bScale, float offset, Requantization to)
    {
        nint count = shape[0], sa = aStrides[0], sb = bStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Add(a + i * sa, b + i * sb, y + i * ys, shape[1..], aStrides[1..], bStrides[1..], yStrides[1..], aScale, bScale, offset, to);
            return;
        }
        if (sa == 1 && sb == 1 && ys == 1)
        {
            if (Vector256.IsHardwareAccelerated)
            {
                for (; i <= count - 8; i += 8)
                    Bytes.Store(to.Apply(Floats(a + i) * Vector256.Create(aScale) + Floats(b + i) * Vector256.Create(bScale) + Vector256.Create(offset)), y + i);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                for (; i <= count - 4; i += 4)
                {
                    Vector128<float> left = Vector128.ConvertToSingle(Bytes.Load(a + i)), right = Vector128.ConvertToSingle(Bytes.Load(b + i));
                    Bytes.Store(to.Apply(left * Vector128.Create(aScale) + right * Vector128.Create(bScale) + Vector128.Create(offset)), y + i);
                }
            }
        }
        for (; i < count; i++)
            y[i * ys] = to.Apply(a[i * sa] * aScale + b[i * sb] * bScale + offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Floats(byte* x)
    {
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)x).AsByte());
        return Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32());
    }
}

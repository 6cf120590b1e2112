using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>The caller's tensor (row-major) into the arena. Strides of all copies are in elements; the innermost axis is last.</summary>
    public static void Load<T>(in Frame frame, ReadOnlySpan<T> x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where T : unmanaged
    {
        fixed (T* from = x)
            Strided.Copy(frame, from, (T*)y.Address, shape, xStrides, yStrides);
    }

    /// <summary>From the arena or the weights to the caller's tensor (row-major).</summary>
    public static void Store<T>(in Frame frame, Place x, Span<T> y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where T : unmanaged
    {
        fixed (T* to = y)
            Strided.Copy(frame, (T*)x.Address, to, shape, xStrides, yStrides);
    }

    /// <summary>Copies elements of 1 byte.</summary>
    public static void Copy1(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Strided.Copy(frame, x.Address, y.Address, shape, xStrides, yStrides);

    /// <summary>Copies elements of 2 bytes.</summary>
    public static void Copy2(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Strided.Copy(frame, (short*)x.Address, (short*)y.Address, shape, xStrides, yStrides);

    /// <summary>Copies elements of 4 bytes.</summary>
    public static void Copy4(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Strided.Copy(frame, x.I32, y.I32, shape, xStrides, yStrides);

    /// <summary>Copies elements of 8 bytes.</summary>
    public static void Copy8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Strided.Copy(frame, x.I64, y.I64, shape, xStrides, yStrides);

    /// <summary>Fills 4-byte elements with <paramref name="value"/>'s bits.</summary>
    public static void Fill4(in Frame frame, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, int value) =>
        Strided.Fill(y.I32, shape, yStrides, value);

    /// <summary>Fills the border of channels-last images of 4-byte elements with <paramref name="value"/>'s bits; y is the storage's start.</summary>
    public static void FillHalo4(in Frame frame, Place y, int images, int height, int width, int channels, int top, int left, int bottom, int right, int value) =>
        Strided.FillHalo(y.I32, images, height, width, channels, top, left, bottom, right, value);

    /// <summary>Fills the border of channels-last images of bytes with <paramref name="value"/>; y is the storage's start.</summary>
    public static void FillHalo1(in Frame frame, Place y, int images, int height, int width, int channels, int top, int left, int bottom, int right, int value) =>
        Strided.FillHalo(y.Address, images, height, width, channels, top, left, bottom, right, (byte)value);
}

/// <summary>Loops over strided data of any rank.</summary>
internal static unsafe class Strided
{
    // What an element costs, in multiply-accumulates of the dense float kernel; of a transposition, the most common of large copies.
    private const int Cost = 16;

    public static void Copy<T>(in Frame frame, T* x, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where T : unmanaged
    {
        if (shape.Length == 1 && (long)Cost * shape[0] < Job.LeastLoop)
        {
            CopyRow(x, y, shape[0], xStrides[0], yStrides[0]);
            return;
        }
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<CopyBody<T>>.Run(frame, new(x, y, xs, ys), Cost, shape, xStrides, [], yStrides);
    }

    private readonly struct CopyBody<T>(T* x, T* y, int* xStrides, int* yStrides) : INestBody where T : unmanaged
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) => Copy(x + a, y + at, shape, new(xStrides, shape.Length), new(yStrides, shape.Length));
    }

    public static void Copy<T>(T* x, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where T : unmanaged
    {
        nint length = shape[0], xs = xStrides[0], ys = yStrides[0];
        if (shape.Length == 1)
        {
            CopyRow(x, y, length, xs, ys);
            return;
        }
        if (shape.Length == 2 && sizeof(T) == 4 && shape[1] >= 4 && xs == 1 && yStrides[1] == 1 && Sse.IsSupported)
        {
            Transpose((float*)x, (float*)y, length, shape[1], xStrides[1], ys);
            return;
        }
        if (shape.Length == 2 && shape[1] < 64 && xStrides[1] != 1 && !(sizeof(T) == 4 && xStrides[1] == 2))
        {
            CopyPlane(x, y, length, shape[1], xs, ys, xStrides[1], yStrides[1]);
            return;
        }
        for (nint i = 0; i < length; i++)
            Copy(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..]);
    }

    public static void Fill<T>(T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, T value) where T : unmanaged
    {
        nint length = shape[0], ys = yStrides[0];
        if (shape.Length == 1 && ys == 1)
        {
            new Span<T>(y, (int)length).Fill(value);
            return;
        }
        for (nint i = 0; i < length; i++)
        {
            if (shape.Length > 1)
                Fill(y + i * ys, shape[1..], yStrides[1..], value);
            else
                y[i * ys] = value;
        }
    }

    private static void CopyRow<T>(T* x, T* y, nint length, nint xs, nint ys) where T : unmanaged
    {
        if (xs == 1 && ys == 1)
            NativeMemory.Copy(x, y, (nuint)(length * sizeof(T)));
        else if (xs == 0 && ys == 1)
            new Span<T>(y, (int)length).Fill(*x);
        else
        {
            nint i = 0;
            // Every other element, as where channels were shuffled. The last few are left: their vector would reach past the end.
            if (sizeof(T) == 4 && xs == 2 && ys == 1 && Sse.IsSupported)
            {
                for (; i <= length - 5; i += 4, x += 8, y += 4)
                    Sse.Shuffle(Vector128.Load((float*)x), Vector128.Load((float*)x + 4), 0b10_00_10_00).Store((float*)y);
            }
            // Four at once: one alone waits for the loop's own arithmetic.
            for (; i <= length - 4; i += 4, x += 4 * xs, y += 4 * ys)
            {
                T a = *x, b = x[xs], c = x[2 * xs], d = x[3 * xs];
                *y = a;
                y[ys] = b;
                y[2 * ys] = c;
                y[3 * ys] = d;
            }
            for (; i < length; i++, x += xs, y += ys)
                *y = *x;
        }
    }

    private static void CopyPlane<T>(T* x, T* y, nint rows, nint columns, nint xRow, nint yRow, nint xs, nint ys) where T : unmanaged
    {
        // Colors of pixels, from planes: the most common of all.
        if (columns == 3 && ys == 1 && yRow == 3)
        {
            T* x1 = x + xs, x2 = x1 + xs;
            for (nint r = 0, at = 0; r < rows; r++, at += xRow, y += 3)
            {
                T red = x[at], green = x1[at], blue = x2[at];
                y[0] = red;
                y[1] = green;
                y[2] = blue;
            }
            return;
        }
        for (nint r = 0; r < rows; r++)
        {
            for (nint c = 0; c < columns; c++)
                y[r * yRow + c * ys] = x[r * xRow + c * xs];
        }
    }

    /// <summary>y's rows are x's columns: between channels last and channels first. Four by four in registers, so that both sides are read and written in stretches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* x, float* y, nint rows, nint columns, nint xColumn, nint yRow)
    {
        const int Block = 8;
        for (nint first = 0; first < rows; first += Block)
        {
            nint end = Math.Min(rows, first + Block), c = 0;
            for (; c <= columns - 4; c += 4)
            {
                nint r = first;
                for (; Sse.IsSupported && r <= end - 4; r += 4)
                {
                    float* from = x + c * xColumn + r, to = y + r * yRow + c;
                    Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + xColumn), d = Vector128.Load(from + 2 * xColumn), e = Vector128.Load(from + 3 * xColumn);
                    Vector128<float> ab = Sse.UnpackLow(a, b), de = Sse.UnpackLow(d, e), high = Sse.UnpackHigh(a, b), highs = Sse.UnpackHigh(d, e);
                    Sse.MoveLowToHigh(ab, de).Store(to);
                    Sse.MoveHighToLow(de, ab).Store(to + yRow);
                    Sse.MoveLowToHigh(high, highs).Store(to + 2 * yRow);
                    Sse.MoveHighToLow(highs, high).Store(to + 3 * yRow);
                }
                for (; r < end; r++)
                {
                    for (nint i = 0; i < 4; i++)
                        y[r * yRow + c + i] = x[(c + i) * xColumn + r];
                }
            }
            for (; c < columns; c++)
            {
                for (nint r = first; r < end; r++)
                    y[r * yRow + c] = x[c * xColumn + r];
            }
        }
    }

    public static void FillHalo<T>(T* y, int images, int height, int width, int channels, int top, int left, int bottom, int right, T value) where T : unmanaged
    {
        int line = (left + width + right) * channels;
        for (int image = 0; image < images; image++)
        {
            new Span<T>(y, top * line + left * channels).Fill(value);
            y += top * line;
            // The right border of one line and the left border of the next are one stretch.
            for (int row = 0; row + 1 < height; row++, y += line)
                new Span<T>(y + (left + width) * channels, (right + left) * channels).Fill(value);
            y += (left + width) * channels;
            int rest = right * channels + bottom * line;
            new Span<T>(y, rest).Fill(value);
            y += rest;
        }
    }
}

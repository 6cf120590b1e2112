using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// Integer depthwise convolution over channels-last u8 data whose border (of the zero point) is part of <paramref name="x"/>'s storage. Weights s8
    /// [tap][channel]; bias int32 with the input's zero point worked in; scales float32, one a channel. Distances in elements.
    /// </summary>
    public static void DepthwiseU8S8(
        in Frame frame, Place x, Place weights, Place bias, Place scales, Place y,
        int images, int height, int width, int channels, int tapRows, int tapColumns,
        int xImage, int xLine, int xPixel, int tapRow, int tapColumn, int yImage, int yLine, int yPixel, int zero, int lo, int hi)
    {
        for (nint image = 0; image < images; image++)
        {
            new DepthwiseU8
            {
                X = x.Address + image * xImage, Weights = (sbyte*)weights.Address, Bias = bias.I32, Scales = scales.F32, Y = y.Address + image * yImage,
                Height = height, Width = width, Channels = channels, TapRows = tapRows, TapColumns = tapColumns,
                XLine = xLine, XPixel = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YPixel = yPixel, To = new(zero, lo, hi),
            }.Run(frame);
        }
    }
}

/// <summary>
/// A product of u8 and s8 fits int16, so sixteen channels are multiplied in one instruction and then widened and added: exact. Two pixels share the
/// weights they load.
/// </summary>
internal unsafe struct DepthwiseU8 : ILoop
{
    public byte* X, Y;
    public sbyte* Weights;
    public int* Bias;
    public float* Scales;
    public int Height, Width, Channels, TapRows, TapColumns;
    public nint XLine, XPixel, TapRow, TapColumn, YLine, YPixel;
    public Requantization To;

    // As in Depthwise.
    private const int Stripes = 32;

    private readonly int Parts => (Channels + Stripes - 1) / Stripes;

    public readonly void Run(in Frame frame) => frame.Run(this, Math.Max(Height, Parts), 2L * Height * Width * Channels * TapRows * TapColumns);

    public void Run(int from, int to)
    {
        bool byChannels = Parts > Height;
        var (line, endLine) = byChannels ? (0, Height) : (from, to);
        var (c, end) = byChannels ? (from * Stripes, Math.Min(Channels, to * Stripes)) : (0, Channels);
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c <= end - 16; c += 16)
                Stripe16(line, endLine, c);
        }
        if (Vector128.IsHardwareAccelerated)
        {
            for (; c <= end - 8; c += 8)
                Stripe8(line, endLine, c);
        }
        for (; c < end; c++)
            Stripe1(line, endLine, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Stripe16(int line, int endLine, int c)
    {
        Vector256<int> bias0 = Vector256.Load(Bias + c), bias1 = Vector256.Load(Bias + c + 8);
        Vector256<float> scale0 = Vector256.Load(Scales + c), scale1 = Vector256.Load(Scales + c + 8);
        for (int i = line; i < endLine; i++)
        {
            byte* x = X + i * XLine + c, y = Y + i * YLine + c;
            for (int j = 0; j < Width; j += 2, x += 2 * XPixel, y += 2 * YPixel)
            {
                // The last pixel of an odd row is computed twice rather than by other code.
                nint next = j + 1 < Width ? XPixel : 0;
                Vector256<int> a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
                sbyte* w = Weights + c;
                for (int p = 0; p < TapRows; p++)
                {
                    byte* t = x + p * TapRow;
                    for (int q = 0; q < TapColumns; q++, t += TapColumn, w += Channels)
                    {
                        Vector256<short> ws = Vector256.WidenLower(Vector128.Load(w).ToVector256Unsafe());
                        Vector256<short> a = Vector256.WidenLower(Vector128.Load(t).ToVector256Unsafe()).AsInt16() * ws;
                        Vector256<short> b = Vector256.WidenLower(Vector128.Load(t + next).ToVector256Unsafe()).AsInt16() * ws;
                        a0 += Vector256.WidenLower(a);
                        a1 += Vector256.WidenUpper(a);
                        b0 += Vector256.WidenLower(b);
                        b1 += Vector256.WidenUpper(b);
                    }
                }
                Bytes.Store(To.Apply(Vector256.ConvertToSingle(a0) * scale0), y);
                Bytes.Store(To.Apply(Vector256.ConvertToSingle(a1) * scale1), y + 8);
                if (next != 0)
                {
                    Bytes.Store(To.Apply(Vector256.ConvertToSingle(b0) * scale0), y + YPixel);
                    Bytes.Store(To.Apply(Vector256.ConvertToSingle(b1) * scale1), y + YPixel + 8);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Stripe8(int line, int endLine, int c)
    {
        for (int i = line; i < endLine; i++)
        {
            byte* x = X + i * XLine + c, y = Y + i * YLine + c;
            for (int j = 0; j < Width; j++, x += XPixel, y += YPixel)
            {
                Vector128<int> a0 = Vector128.Load(Bias + c), a1 = Vector128.Load(Bias + c + 4);
                sbyte* w = Weights + c;
                for (int p = 0; p < TapRows; p++)
                {
                    byte* t = x + p * TapRow;
                    for (int q = 0; q < TapColumns; q++, t += TapColumn, w += Channels)
                    {
                        Vector128<short> a = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)t).AsByte()).AsInt16() * Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)w).AsSByte());
                        a0 += Vector128.WidenLower(a);
                        a1 += Vector128.WidenUpper(a);
                    }
                }
                Bytes.Store(To.Apply(Vector128.ConvertToSingle(a0) * Vector128.Load(Scales + c)), y);
                Bytes.Store(To.Apply(Vector128.ConvertToSingle(a1) * Vector128.Load(Scales + c + 4)), y + 4);
            }
        }
    }

    private void Stripe1(int line, int endLine, int c)
    {
        for (int i = line; i < endLine; i++)
        {
            byte* x = X + i * XLine + c, y = Y + i * YLine + c;
            for (int j = 0; j < Width; j++, x += XPixel, y += YPixel)
            {
                int sum = Bias[c];
                sbyte* w = Weights + c;
                for (int p = 0; p < TapRows; p++)
                {
                    byte* t = x + p * TapRow;
                    for (int q = 0; q < TapColumns; q++, t += TapColumn, w += Channels)
                        sum += *t * *w;
                }
                *y = To.Apply(sum, Scales[c]);
            }
        }
    }
}

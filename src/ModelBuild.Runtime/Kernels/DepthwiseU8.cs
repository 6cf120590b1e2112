using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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

/// <summary>A stripe of channels at a time: as many as a register of int16 holds, two taps in one instruction where the machine adds neighbouring products, two pixels at once.</summary>
internal unsafe struct DepthwiseU8 : ILoop
{
    public byte* X, Y;
    public sbyte* Weights;
    public int* Bias;
    public float* Scales;
    public int Height, Width, Channels, TapRows, TapColumns;
    public nint XLine, XPixel, TapRow, TapColumn, YLine, YPixel;
    public Requantization To;

    /// <summary>More taps than any model has: their weights, widened, would no longer fit a stack.</summary>
    private const int MostTaps = 256;

    public readonly void Run(in Frame frame) => frame.Run(this, DepthwisePart.Count(Height, Channels), (long)Height * Width * Channels * TapRows * TapColumns);

    public readonly void Run(int from, int to)
    {
        var part = new DepthwisePart(Height, Channels, from, to);
        int c = part.Channel;
        if (TapRows * TapColumns <= MostTaps)
        {
            if (Avx512BW.IsSupported)
                c = Stripes<Pairs512, Vector512<short>, Vector512<int>>(c, part);
            if (Avx2.IsSupported)
                c = Stripes<Pairs256, Vector256<short>, Vector256<int>>(c, part);
            if (Sse2.IsSupported)
                c = Stripes<Pairs128, Vector128<short>, Vector128<int>>(c, part);
        }
        if (Vector128.IsHardwareAccelerated)
        {
            for (; c <= part.EndChannel - 8; c += 8)
                Stripe8(c, part.Line, part.EndLine);
        }
        for (; c < part.EndChannel; c++)
            Stripe1(c, part.Line, part.EndLine);
    }

    private readonly int Stripes<P, S, I>(int c, in DepthwisePart part) where P : struct, IPairs<S, I> where S : struct where I : struct
    {
        for (; c <= part.EndChannel - P.Channels; c += P.Channels)
            Stripe<P, S, I>(c, part.Line, part.EndLine);
        return c;
    }

    // Weights, biases and scales are brought into the order of the interleaved channels first: the low four of each eight, and the high four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private readonly void Stripe<P, S, I>(int c, nint firstLine, nint endLine) where P : struct, IPairs<S, I> where S : struct where I : struct
    {
        int taps = TapRows * TapColumns, pairs = (taps + 1) / 2, half = P.Channels / 2;
        nint* offsets = stackalloc nint[2 * pairs];
        short* weights = stackalloc short[2 * pairs * P.Channels];
        int* biases = stackalloc int[P.Channels];
        float* scales = stackalloc float[P.Channels];
        for (int i = 0; i < P.Channels; i++)
        {
            int place = i / 8 * 4 + i % 4 + (i % 8 < 4 ? 0 : half);
            (biases[place], scales[place]) = (Bias[c + i], Scales[c + i]);
        }
        for (int p = 0; p < pairs; p++)
        {
            int first = 2 * p, second = Math.Min(first + 1, taps - 1);
            (offsets[first], offsets[first + 1]) = (first / TapColumns * TapRow + first % TapColumns * TapColumn, second / TapColumns * TapRow + second % TapColumns * TapColumn);
            // An odd last tap goes with zeros.
            S w0 = P.Signed(Weights + (nint)first * Channels + c), w1 = second == first ? default : P.Signed(Weights + (nint)second * Channels + c);
            P.Store(P.Low(w0, w1), weights + first * P.Channels);
            P.Store(P.High(w0, w1), weights + (first + 1) * P.Channels);
        }

        I biasLow = P.Load(biases), biasHigh = P.Load(biases + half);
        Requantization to = To;
        nint width = Width, xPixel = XPixel, yPixel = YPixel;
        for (nint i = firstLine; i < endLine; i++)
        {
            byte* line = X + i * XLine + c, y = Y + i * YLine + c;
            for (nint j = 0; j < width; j += 2)
            {
                // The last two pixels of an odd row overlap; in a row of one they are the same.
                j = j > 0 && j + 2 > width ? width - 2 : j;
                byte* x = line + j * xPixel, next = width > 1 ? x + xPixel : x;
                I a0 = biasLow, a1 = biasHigh, b0 = biasLow, b1 = biasHigh;
                short* w = weights;
                for (nint p = 0; p < 2 * pairs; p += 2, w += 2 * P.Channels)
                {
                    nint first = offsets[p], second = offsets[p + 1];
                    S w0 = P.Load(w), w1 = P.Load(w + P.Channels);
                    S m = P.Unsigned(x + first), n = P.Unsigned(x + second), q = P.Unsigned(next + first), r = P.Unsigned(next + second);
                    a0 = P.Plus(a0, P.Multiply(P.Low(m, n), w0));
                    a1 = P.Plus(a1, P.Multiply(P.High(m, n), w1));
                    b0 = P.Plus(b0, P.Multiply(P.Low(q, r), w0));
                    b1 = P.Plus(b1, P.Multiply(P.High(q, r), w1));
                }
                byte* target = y + j * yPixel;
                P.Store(a0, a1, scales, to, target);
                if (width > 1)
                    P.Store(b0, b1, scales, to, target + yPixel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Stripe8(int c, int firstLine, int endLine)
    {
        for (int i = firstLine; i < endLine; i++)
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

    private readonly void Stripe1(int c, int firstLine, int endLine)
    {
        for (int i = firstLine; i < endLine; i++)
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

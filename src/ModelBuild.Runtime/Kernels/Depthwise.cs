using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// Depthwise convolution over channels-last data whose border is part of <paramref name="x"/>'s storage: y = clamp(x ∗ w + bias + residual, lo, hi), channel by channel.
    /// Weights [tap][channel]; distances in elements.
    /// </summary>
    public static void DepthwiseF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y,
        int images, int height, int width, int channels, int tapRows, int tapColumns,
        int xImage, int xLine, int xPixel, int tapRow, int tapColumn, int yImage, int yLine, int yPixel, int residualImage, int residualLine, int residualPixel, float lo, float hi)
    {
        for (nint image = 0; image < images; image++)
        {
            new Depthwise
            {
                X = x.F32 + image * xImage, Weights = weights.F32, Bias = bias.F32, Residual = residual.F32 == null ? null : residual.F32 + image * residualImage, Y = y.F32 + image * yImage,
                Height = height, Width = width, Channels = channels, TapRows = tapRows, TapColumns = tapColumns,
                XLine = xLine, XPixel = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YPixel = yPixel,
                ResidualLine = residualLine, ResidualPixel = residualPixel, Lo = lo, Hi = hi,
            }.Run(frame);
        }
    }
}

/// <summary>Depthwise convolution: a stripe of channels at a time, so that its taps stay in the first-level cache or, 3×3, in registers, and four pixels of a row at once.</summary>
internal unsafe struct Depthwise : ILoop
{
    public float* X, Weights, Bias, Residual, Y;
    public int Height, Width, Channels, TapRows, TapColumns;
    public nint XLine, XPixel, TapRow, TapColumn, YLine, YPixel, ResidualLine, ResidualPixel;
    public float Lo, Hi;

    // Every product loads its own operand, so one takes about twice as long as in a dense kernel.
    private const int Cost = 2;

    public readonly void Run(in Frame frame) => frame.Run(this, DepthwisePart.Count(Height, Channels), (long)Cost * Height * Width * Channels * TapRows * TapColumns);

    public readonly void Run(int from, int to)
    {
        var part = new DepthwisePart(Height, Channels, from, to);
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(part);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(part);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(part);
        else
            Run<V1>(part);
    }

    /// <summary>Whole vectors, of fewer lanes towards the last channels.</summary>
    private readonly void Run<V>(in DepthwisePart part) where V : struct, IVec<V>
    {
        int c = part.Channel;
        if (V.Lanes >= V512.Lanes)
            c = Stripes<V512>(c, part);
        if (V.Lanes >= V256.Lanes)
            c = Stripes<V256>(c, part);
        if (V.Lanes >= V128.Lanes)
            c = Stripes<V128>(c, part);
        Stripes<V1>(c, part);
    }

    private readonly int Stripes<V>(int c, in DepthwisePart part) where V : struct, IVec<V>
    {
        if (Width < 4)
        {
            for (; c <= part.EndChannel - V.Lanes; c += V.Lanes)
                Stripe<V, One, One>(c, part.Line, part.EndLine);
        }
        else if (TapRows == 3 && TapColumns == 3)
        {
            for (; c <= part.EndChannel - V.Lanes; c += V.Lanes)
                Stripe3x3<V>(c, part.Line, part.EndLine);
        }
        else
        {
            for (; c <= part.EndChannel - 2 * V.Lanes; c += 2 * V.Lanes)
                Stripe<V, Two, Four>(c, part.Line, part.EndLine);
            for (; c <= part.EndChannel - V.Lanes; c += V.Lanes)
                Stripe<V, One, Four>(c, part.Line, part.EndLine);
        }
        return c;
    }

    // Nine taps in registers: all that the loop loads is x, as an operand of the multiplication. The last pixels of a row overlap the ones before, rather than
    // being done by other code; what is written twice is the same.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Stripe3x3<V>(int c, nint firstLine, nint endLine) where V : struct, IVec<V>
    {
        nint channels = Channels, xPixel = XPixel, column = TapColumn, row = TapRow, yPixel = YPixel, residualPixel = ResidualPixel, width = Width;
        float* w = Weights + c;
        V w0 = V.Load(w), w1 = V.Load(w + channels), w2 = V.Load(w + 2 * channels), w3 = V.Load(w + 3 * channels), w4 = V.Load(w + 4 * channels);
        V w5 = V.Load(w + 5 * channels), w6 = V.Load(w + 6 * channels), w7 = V.Load(w + 7 * channels), w8 = V.Load(w + 8 * channels);
        V bias = Bias == null ? V.Zero : V.Load(Bias + c), lo = V.Broadcast(Lo), hi = V.Broadcast(Hi);
        for (nint i = firstLine; i < endLine; i++)
        {
            float* line = X + i * XLine + c, y = Y + i * YLine + c, residual = Residual == null ? null : Residual + i * ResidualLine + c;
            for (nint j = 0; j < width; j += 4)
            {
                j = j + 4 > width ? width - 4 : j;
                float* p = line + j * xPixel, q = p + xPixel, r = q + xPixel, s = r + xPixel;
                V a = bias, b = bias, d = bias, e = bias;
                a = V.MultiplyAdd(V.Load(p), w0, a); b = V.MultiplyAdd(V.Load(q), w0, b); d = V.MultiplyAdd(V.Load(r), w0, d); e = V.MultiplyAdd(V.Load(s), w0, e);
                a = V.MultiplyAdd(V.Load(p + column), w1, a); b = V.MultiplyAdd(V.Load(q + column), w1, b); d = V.MultiplyAdd(V.Load(r + column), w1, d); e = V.MultiplyAdd(V.Load(s + column), w1, e);
                a = V.MultiplyAdd(V.Load(p + 2 * column), w2, a); b = V.MultiplyAdd(V.Load(q + 2 * column), w2, b); d = V.MultiplyAdd(V.Load(r + 2 * column), w2, d); e = V.MultiplyAdd(V.Load(s + 2 * column), w2, e);
                p += row; q += row; r += row; s += row;
                a = V.MultiplyAdd(V.Load(p), w3, a); b = V.MultiplyAdd(V.Load(q), w3, b); d = V.MultiplyAdd(V.Load(r), w3, d); e = V.MultiplyAdd(V.Load(s), w3, e);
                a = V.MultiplyAdd(V.Load(p + column), w4, a); b = V.MultiplyAdd(V.Load(q + column), w4, b); d = V.MultiplyAdd(V.Load(r + column), w4, d); e = V.MultiplyAdd(V.Load(s + column), w4, e);
                a = V.MultiplyAdd(V.Load(p + 2 * column), w5, a); b = V.MultiplyAdd(V.Load(q + 2 * column), w5, b); d = V.MultiplyAdd(V.Load(r + 2 * column), w5, d); e = V.MultiplyAdd(V.Load(s + 2 * column), w5, e);
                p += row; q += row; r += row; s += row;
                a = V.MultiplyAdd(V.Load(p), w6, a); b = V.MultiplyAdd(V.Load(q), w6, b); d = V.MultiplyAdd(V.Load(r), w6, d); e = V.MultiplyAdd(V.Load(s), w6, e);
                a = V.MultiplyAdd(V.Load(p + column), w7, a); b = V.MultiplyAdd(V.Load(q + column), w7, b); d = V.MultiplyAdd(V.Load(r + column), w7, d); e = V.MultiplyAdd(V.Load(s + column), w7, e);
                a = V.MultiplyAdd(V.Load(p + 2 * column), w8, a); b = V.MultiplyAdd(V.Load(q + 2 * column), w8, b); d = V.MultiplyAdd(V.Load(r + 2 * column), w8, d); e = V.MultiplyAdd(V.Load(s + 2 * column), w8, e);
                float* to = y + j * yPixel;
                if (residual != null)
                {
                    float* add = residual + j * residualPixel;
                    a += V.Load(add); b += V.Load(add + residualPixel); d += V.Load(add + 2 * residualPixel); e += V.Load(add + 3 * residualPixel);
                }
                V.Max(lo, V.Min(hi, a)).Store(to);
                V.Max(lo, V.Min(hi, b)).Store(to + yPixel);
                V.Max(lo, V.Min(hi, d)).Store(to + 2 * yPixel);
                V.Max(lo, V.Min(hi, e)).Store(to + 3 * yPixel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Stripe<V, N, P>(int c, nint firstLine, nint endLine) where V : struct, IVec<V> where N : struct, ICount where P : struct, ICount
    {
        nint channels = Channels, xPixel = XPixel, column = TapColumn, row = TapRow, yPixel = YPixel, residualPixel = ResidualPixel, width = Width, rows = TapRows, columns = TapColumns;
        float* weights = Weights + c;
        V b0 = Bias == null ? V.Zero : V.Load(Bias + c), b1 = N.Value == 1 || Bias == null ? V.Zero : V.Load(Bias + c + V.Lanes), lo = V.Broadcast(Lo), hi = V.Broadcast(Hi);
        for (nint i = firstLine; i < endLine; i++)
        {
            float* line = X + i * XLine + c, y = Y + i * YLine + c, residual = Residual == null ? null : Residual + i * ResidualLine + c;
            for (nint j = 0; j < width; j += P.Value)
            {
                j = j + P.Value > width ? width - P.Value : j;
                V p0 = b0, p1 = b1, q0 = b0, q1 = b1, r0 = b0, r1 = b1, s0 = b0, s1 = b1;
                float* start = line + j * xPixel, w = weights;
                for (nint m = rows; m > 0; m--, start += row)
                {
                    float* t = start;
                    for (nint n = columns; n > 0; n--, t += column, w += channels)
                    {
                        V w0 = V.Load(w), w1 = N.Value > 1 ? V.Load(w + V.Lanes) : default;
                        p0 = V.MultiplyAdd(V.Load(t), w0, p0);
                        if (N.Value > 1) p1 = V.MultiplyAdd(V.Load(t + V.Lanes), w1, p1);
                        if (P.Value > 1)
                        {
                            float* u = t + 2 * xPixel;
                            q0 = V.MultiplyAdd(V.Load(t + xPixel), w0, q0);
                            if (N.Value > 1) q1 = V.MultiplyAdd(V.Load(t + xPixel + V.Lanes), w1, q1);
                            r0 = V.MultiplyAdd(V.Load(u), w0, r0);
                            if (N.Value > 1) r1 = V.MultiplyAdd(V.Load(u + V.Lanes), w1, r1);
                            s0 = V.MultiplyAdd(V.Load(u + xPixel), w0, s0);
                            if (N.Value > 1) s1 = V.MultiplyAdd(V.Load(u + xPixel + V.Lanes), w1, s1);
                        }
                    }
                }
                float* to = y + j * yPixel, add = residual == null ? null : residual + j * residualPixel;
                Finish<V, N>(p0, p1, lo, hi, to, add);
                if (P.Value > 1)
                {
                    Finish<V, N>(q0, q1, lo, hi, to + yPixel, add == null ? null : add + residualPixel);
                    Finish<V, N>(r0, r1, lo, hi, to + 2 * yPixel, add == null ? null : add + 2 * residualPixel);
                    Finish<V, N>(s0, s1, lo, hi, to + 3 * yPixel, add == null ? null : add + 3 * residualPixel);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<V, N>(V v0, V v1, V lo, V hi, float* y, float* residual) where V : struct, IVec<V> where N : struct, ICount
    {
        if (residual != null)
        {
            v0 += V.Load(residual);
            if (N.Value > 1)
                v1 += V.Load(residual + V.Lanes);
        }
        V.Max(lo, V.Min(hi, v0)).Store(y);
        if (N.Value > 1)
            V.Max(lo, V.Min(hi, v1)).Store(y + V.Lanes);
    }
}

/// <summary>What a thread does of a depthwise convolution: some lines of all channels or, where there are few lines, all lines of some channels.</summary>
internal readonly struct DepthwisePart
{
    // Whole vectors of every width.
    private const int Together = 32;

    public readonly int Line, EndLine, Channel, EndChannel;

    public DepthwisePart(int height, int channels, int from, int to)
    {
        (Line, EndLine, Channel, EndChannel) = Stripes(channels) > height
            ? (0, height, from * Together, Math.Min(channels, to * Together))
            : (from, to, 0, channels);
    }

    public static int Count(int height, int channels) => Math.Max(height, Stripes(channels));

    private static int Stripes(int channels) => (channels + Together - 1) / Together;
}

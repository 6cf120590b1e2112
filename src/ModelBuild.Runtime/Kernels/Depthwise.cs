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

/// <summary>Depthwise convolution: a stripe of channels at a time, so that its taps stay in the first-level cache, and four pixels of a row at once.</summary>
internal unsafe struct Depthwise : ILoop
{
    public float* X, Weights, Bias, Residual, Y;
    public int Height, Width, Channels, TapRows, TapColumns;
    public nint XLine, XPixel, TapRow, TapColumn, YLine, YPixel, ResidualLine, ResidualPixel;
    public float Lo, Hi;

    // Channels that threads share out together where there are few lines: whole stripes of every width.
    private const int Stripes = 32;

    private readonly int Parts => (Channels + Stripes - 1) / Stripes;

    // Every product loads its own operand, so one takes about four times as long as in a dense kernel.
    public readonly void Run(in Frame frame) => frame.Run(this, Math.Max(Height, Parts), 4L * Height * Width * Channels * TapRows * TapColumns);

    public void Run(int from, int to)
    {
        bool byChannels = Parts > Height;
        var (line, endLine) = byChannels ? (0, Height) : (from, to);
        var (c, end) = byChannels ? (from * Stripes, Math.Min(Channels, to * Stripes)) : (0, Channels);
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(line, endLine, c, end);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(line, endLine, c, end);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(line, endLine, c, end);
        else
            Run<V1>(line, endLine, c, end);
    }

    private void Run<V>(int line, int endLine, int c, int end) where V : struct, IVec<V>
    {
        for (; c <= end - 2 * V.Lanes; c += 2 * V.Lanes)
            Stripe<V, Two>(line, endLine, c);
        for (; c <= end - V.Lanes; c += V.Lanes)
            Stripe<V, One>(line, endLine, c);
        for (; c < end; c++)
            Stripe<V1, One>(line, endLine, c);
    }

    private void Stripe<V, N>(int line, int endLine, int c) where V : struct, IVec<V> where N : struct, ICount
    {
        for (int i = line; i < endLine; i++)
        {
            float* x = X + i * XLine + c, y = Y + i * YLine + c, residual = Residual == null ? null : Residual + i * ResidualLine + c;
            int j = 0;
            for (; j <= Width - 4; j += 4)
                Pixels<V, N, Four>(x + j * XPixel, y + j * YPixel, residual == null ? null : residual + j * ResidualPixel, c);
            for (; j < Width; j++)
                Pixels<V, N, One>(x + j * XPixel, y + j * YPixel, residual == null ? null : residual + j * ResidualPixel, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixels<V, N, P>(float* x, float* y, float* residual, int c) where V : struct, IVec<V> where N : struct, ICount where P : struct, ICount
    {
        V b0 = Bias == null ? V.Zero : V.Load(Bias + c), b1 = N.Value == 1 || Bias == null ? V.Zero : V.Load(Bias + c + V.Lanes);
        V p0 = b0, p1 = b1, q0 = b0, q1 = b1, r0 = b0, r1 = b1, s0 = b0, s1 = b1;
        float* w = Weights + c;
        nint pixel = XPixel;
        for (int i = 0; i < TapRows; i++)
        {
            float* t = x + i * TapRow;
            for (int j = 0; j < TapColumns; j++, t += TapColumn, w += Channels)
            {
                V w0 = V.Load(w), w1 = N.Value > 1 ? V.Load(w + V.Lanes) : default;
                p0 = V.MultiplyAdd(V.Load(t), w0, p0);
                if (N.Value > 1) p1 = V.MultiplyAdd(V.Load(t + V.Lanes), w1, p1);
                if (P.Value > 1)
                {
                    q0 = V.MultiplyAdd(V.Load(t + pixel), w0, q0);
                    if (N.Value > 1) q1 = V.MultiplyAdd(V.Load(t + pixel + V.Lanes), w1, q1);
                    r0 = V.MultiplyAdd(V.Load(t + 2 * pixel), w0, r0);
                    if (N.Value > 1) r1 = V.MultiplyAdd(V.Load(t + 2 * pixel + V.Lanes), w1, r1);
                    s0 = V.MultiplyAdd(V.Load(t + 3 * pixel), w0, s0);
                    if (N.Value > 1) s1 = V.MultiplyAdd(V.Load(t + 3 * pixel + V.Lanes), w1, s1);
                }
            }
        }
        Finish<V, N>(p0, p1, y, residual);
        if (P.Value > 1)
        {
            Finish<V, N>(q0, q1, y + YPixel, residual == null ? null : residual + ResidualPixel);
            Finish<V, N>(r0, r1, y + 2 * YPixel, residual == null ? null : residual + 2 * ResidualPixel);
            Finish<V, N>(s0, s1, y + 3 * YPixel, residual == null ? null : residual + 3 * ResidualPixel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Finish<V, N>(V v0, V v1, float* y, float* residual) where V : struct, IVec<V> where N : struct, ICount
    {
        if (residual != null)
        {
            v0 += V.Load(residual);
            if (N.Value > 1)
                v1 += V.Load(residual + V.Lanes);
        }
        V.Max(V.Broadcast(Lo), V.Min(V.Broadcast(Hi), v0)).Store(y);
        if (N.Value > 1)
            V.Max(V.Broadcast(Lo), V.Min(V.Broadcast(Hi), v1)).Store(y + V.Lanes);
    }
}

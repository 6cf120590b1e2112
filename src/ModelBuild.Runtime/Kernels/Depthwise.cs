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

/// <summary>Depthwise convolution: a stripe of channels at a time, so that its taps stay in the first-level cache, and up to eight pixels of a row at once.</summary>
internal unsafe struct Depthwise : ILoop
{
    public float* X, Weights, Bias, Residual, Y;
    public int Height, Width, Channels, TapRows, TapColumns;
    public nint XLine, XPixel, TapRow, TapColumn, YLine, YPixel, ResidualLine, ResidualPixel;
    public float Lo, Hi;

    private const int MostPixels = 8;

    // Operands of few products lie in registers, so one takes about twice as long as in a dense kernel.
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
        // As few steps as can be for a row, of about one length.
        int steps = (Width + MostPixels - 1) / MostPixels, pixels = steps == 0 ? 1 : (Width + steps - 1) / steps;
        for (; c <= part.EndChannel - V.Lanes; c += V.Lanes)
        {
            switch (pixels)
            {
                case 1: Stripe<V, One>(c, part); break;
                case 2: Stripe<V, Two>(c, part); break;
                case 3: Stripe<V, Three>(c, part); break;
                case 4: Stripe<V, Four>(c, part); break;
                case 5: Stripe<V, Five>(c, part); break;
                case 6: Stripe<V, Six>(c, part); break;
                case 7: Stripe<V, Seven>(c, part); break;
                default: Stripe<V, Eight>(c, part); break;
            }
        }
        return c;
    }

    private readonly void Stripe<V, P>(int c, in DepthwisePart part) where V : struct, IVec<V> where P : struct, ICount
    {
        // Stride and dilation of 1, or as good as.
        bool slides = XPixel == TapColumn;
        if (slides && TapColumns == 3)
            Stripe<V, P, Three>(this, c, part.Line, part.EndLine);
        else if (slides && TapColumns == 5)
            Stripe<V, P, Five>(this, c, part.Line, part.EndLine);
        else
            Stripe<V, P, One>(this, c, part.Line, part.EndLine);
    }

    // P pixels of a row stay in registers over all taps; a row of T taps slides over them, other kernels (T = 1) are done tap by tap. The last pixels of a row overlap
    // the ones before, rather than being done by other code; what is written twice is the same.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Stripe<V, P, T>(in Depthwise k, int c, nint firstLine, nint endLine) where V : struct, IVec<V> where P : struct, ICount where T : struct, ICount
    {
        nint channels = k.Channels, rows = k.TapRows, columns = k.TapColumns, column = k.TapColumn * sizeof(float), row = k.TapRow * sizeof(float), width = k.Width;
        nint pixel = k.XPixel * sizeof(float), pixel3 = 3 * pixel, pixel5 = 5 * pixel, pixel7 = 7 * pixel;
        V bias = k.Bias == null ? V.Zero : V.Load(k.Bias + c);
        for (nint i = firstLine; i < endLine; i++)
        {
            float* line = k.X + i * k.XLine + c, y = k.Y + i * k.YLine + c, residual = k.Residual == null ? null : k.Residual + i * k.ResidualLine + c;
            for (nint j = 0; j < width; j += P.Value)
            {
                j = j + P.Value > width ? width - P.Value : j;
                byte* x = (byte*)(line + j * k.XPixel);
                float* w = k.Weights + c;
                V a = bias, b = bias, d = bias, e = bias, f = bias, g = bias, h = bias, l = bias;
                for (nint m = rows; m > 0; m--, x += row)
                {
                    if (T.Value == 3)
                    {
                        Slide3<V, P>(x, pixel, w, channels, ref a, ref b, ref d, ref e, ref f, ref g, ref h, ref l);
                        w += 3 * channels;
                    }
                    else if (T.Value == 5)
                    {
                        Slide5<V, P>(x, pixel, w, channels, ref a, ref b, ref d, ref e, ref f, ref g, ref h, ref l);
                        w += 5 * channels;
                    }
                    else
                    {
                        byte* t = x;
                        for (nint n = columns; n > 0; n--, t += column, w += channels)
                            Tap<V, P>(t, pixel, pixel3, pixel5, pixel7, V.Load(w), ref a, ref b, ref d, ref e, ref f, ref g, ref h, ref l);
                    }
                }
                Write<V, P>(k, y + j * k.YPixel, residual == null ? null : residual + j * k.ResidualPixel, a, b, d, e, f, g, h, l);
            }
        }
    }

    // A kernel's row of three taps, side by side: each pixel is loaded once, for all taps that it meets.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slide3<V, P>(byte* x, nint pixel, float* w, nint channels, ref V a, ref V b, ref V d, ref V e, ref V f, ref V g, ref V h, ref V l)
        where V : struct, IVec<V> where P : struct, ICount
    {
        V w0 = V.Load(w), w1 = V.Load(w + channels), w2 = V.Load(w + 2 * channels);
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w1); if (P.Value > 1) V.Accumulate(ref b, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w2); if (P.Value > 1) V.Accumulate(ref b, t, w1); if (P.Value > 2) V.Accumulate(ref d, t, w0); x += pixel; }
        if (P.Value > 1) { V t = V.Load((float*)x); V.Accumulate(ref b, t, w2); if (P.Value > 2) V.Accumulate(ref d, t, w1); if (P.Value > 3) V.Accumulate(ref e, t, w0); x += pixel; }
        if (P.Value > 2) { V t = V.Load((float*)x); V.Accumulate(ref d, t, w2); if (P.Value > 3) V.Accumulate(ref e, t, w1); if (P.Value > 4) V.Accumulate(ref f, t, w0); x += pixel; }
        if (P.Value > 3) { V t = V.Load((float*)x); V.Accumulate(ref e, t, w2); if (P.Value > 4) V.Accumulate(ref f, t, w1); if (P.Value > 5) V.Accumulate(ref g, t, w0); x += pixel; }
        if (P.Value > 4) { V t = V.Load((float*)x); V.Accumulate(ref f, t, w2); if (P.Value > 5) V.Accumulate(ref g, t, w1); if (P.Value > 6) V.Accumulate(ref h, t, w0); x += pixel; }
        if (P.Value > 5) { V t = V.Load((float*)x); V.Accumulate(ref g, t, w2); if (P.Value > 6) V.Accumulate(ref h, t, w1); if (P.Value > 7) V.Accumulate(ref l, t, w0); x += pixel; }
        if (P.Value > 6) { V t = V.Load((float*)x); V.Accumulate(ref h, t, w2); if (P.Value > 7) V.Accumulate(ref l, t, w1); x += pixel; }
        if (P.Value > 7) { V t = V.Load((float*)x); V.Accumulate(ref l, t, w2); }
    }

    // A kernel's row of five taps, side by side: each pixel is loaded once, for all taps that it meets.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slide5<V, P>(byte* x, nint pixel, float* w, nint channels, ref V a, ref V b, ref V d, ref V e, ref V f, ref V g, ref V h, ref V l)
        where V : struct, IVec<V> where P : struct, ICount
    {
        V w0 = V.Load(w), w1 = V.Load(w + channels), w2 = V.Load(w + 2 * channels), w3 = V.Load(w + 3 * channels), w4 = V.Load(w + 4 * channels);
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w1); if (P.Value > 1) V.Accumulate(ref b, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w2); if (P.Value > 1) V.Accumulate(ref b, t, w1); if (P.Value > 2) V.Accumulate(ref d, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w3); if (P.Value > 1) V.Accumulate(ref b, t, w2); if (P.Value > 2) V.Accumulate(ref d, t, w1); if (P.Value > 3) V.Accumulate(ref e, t, w0); x += pixel; }
        { V t = V.Load((float*)x); V.Accumulate(ref a, t, w4); if (P.Value > 1) V.Accumulate(ref b, t, w3); if (P.Value > 2) V.Accumulate(ref d, t, w2); if (P.Value > 3) V.Accumulate(ref e, t, w1); if (P.Value > 4) V.Accumulate(ref f, t, w0); x += pixel; }
        if (P.Value > 1) { V t = V.Load((float*)x); V.Accumulate(ref b, t, w4); if (P.Value > 2) V.Accumulate(ref d, t, w3); if (P.Value > 3) V.Accumulate(ref e, t, w2); if (P.Value > 4) V.Accumulate(ref f, t, w1); if (P.Value > 5) V.Accumulate(ref g, t, w0); x += pixel; }
        if (P.Value > 2) { V t = V.Load((float*)x); V.Accumulate(ref d, t, w4); if (P.Value > 3) V.Accumulate(ref e, t, w3); if (P.Value > 4) V.Accumulate(ref f, t, w2); if (P.Value > 5) V.Accumulate(ref g, t, w1); if (P.Value > 6) V.Accumulate(ref h, t, w0); x += pixel; }
        if (P.Value > 3) { V t = V.Load((float*)x); V.Accumulate(ref e, t, w4); if (P.Value > 4) V.Accumulate(ref f, t, w3); if (P.Value > 5) V.Accumulate(ref g, t, w2); if (P.Value > 6) V.Accumulate(ref h, t, w1); if (P.Value > 7) V.Accumulate(ref l, t, w0); x += pixel; }
        if (P.Value > 4) { V t = V.Load((float*)x); V.Accumulate(ref f, t, w4); if (P.Value > 5) V.Accumulate(ref g, t, w3); if (P.Value > 6) V.Accumulate(ref h, t, w2); if (P.Value > 7) V.Accumulate(ref l, t, w1); x += pixel; }
        if (P.Value > 5) { V t = V.Load((float*)x); V.Accumulate(ref g, t, w4); if (P.Value > 6) V.Accumulate(ref h, t, w3); if (P.Value > 7) V.Accumulate(ref l, t, w2); x += pixel; }
        if (P.Value > 6) { V t = V.Load((float*)x); V.Accumulate(ref h, t, w4); if (P.Value > 7) V.Accumulate(ref l, t, w3); x += pixel; }
        if (P.Value > 7) { V t = V.Load((float*)x); V.Accumulate(ref l, t, w4); }
    }

    // One tap of up to eight pixels, whose distances (in bytes) an address can say.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tap<V, P>(byte* x, nint pixel, nint pixel3, nint pixel5, nint pixel7, V w, ref V a, ref V b, ref V d, ref V e, ref V f, ref V g, ref V h, ref V l)
        where V : struct, IVec<V> where P : struct, ICount
    {
        V.Accumulate(ref a, V.Load((float*)x), w);
        if (P.Value > 1) V.Accumulate(ref b, V.Load((float*)(x + pixel)), w);
        if (P.Value > 2) V.Accumulate(ref d, V.Load((float*)(x + 2 * pixel)), w);
        if (P.Value > 3) V.Accumulate(ref e, V.Load((float*)(x + pixel3)), w);
        if (P.Value > 4) V.Accumulate(ref f, V.Load((float*)(x + 4 * pixel)), w);
        if (P.Value > 5) V.Accumulate(ref g, V.Load((float*)(x + pixel5)), w);
        if (P.Value > 6) V.Accumulate(ref h, V.Load((float*)(x + 2 * pixel3)), w);
        if (P.Value > 7) V.Accumulate(ref l, V.Load((float*)(x + pixel7)), w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<V, P>(in Depthwise k, float* y, float* residual, V a, V b, V d, V e, V f, V g, V h, V l) where V : struct, IVec<V> where P : struct, ICount
    {
        nint next = k.YPixel;
        if (residual != null)
        {
            nint add = k.ResidualPixel;
            a += V.Load(residual);
            if (P.Value > 1) b += V.Load(residual + add);
            if (P.Value > 2) d += V.Load(residual + 2 * add);
            if (P.Value > 3) e += V.Load(residual + 3 * add);
            if (P.Value > 4) f += V.Load(residual + 4 * add);
            if (P.Value > 5) g += V.Load(residual + 5 * add);
            if (P.Value > 6) h += V.Load(residual + 6 * add);
            if (P.Value > 7) l += V.Load(residual + 7 * add);
        }
        V lo = V.Broadcast(k.Lo), hi = V.Broadcast(k.Hi);
        V.Max(lo, V.Min(hi, a)).Store(y);
        if (P.Value > 1) V.Max(lo, V.Min(hi, b)).Store(y + next);
        if (P.Value > 2) V.Max(lo, V.Min(hi, d)).Store(y + 2 * next);
        if (P.Value > 3) V.Max(lo, V.Min(hi, e)).Store(y + 3 * next);
        if (P.Value > 4) V.Max(lo, V.Min(hi, f)).Store(y + 4 * next);
        if (P.Value > 5) V.Max(lo, V.Min(hi, g)).Store(y + 5 * next);
        if (P.Value > 6) V.Max(lo, V.Min(hi, h)).Store(y + 6 * next);
        if (P.Value > 7) V.Max(lo, V.Min(hi, l)).Store(y + 7 * next);
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

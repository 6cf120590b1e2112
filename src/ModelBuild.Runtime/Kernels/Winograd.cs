using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// 3×3 convolution of stride 1 over channels-last data by Winograd's minimal filtering, F(2×2, 3×3) or F(4×4, 3×3) (Lavin and Gray 2016): y = clamp(x ∗ w + bias +
    /// residual, lo, hi), with 4/9 or 1/4 of the multiplications, summed in another order. Distances in elements; weights [frequency][panel of 32 outputs][k][output],
    /// transformed; <paramref name="work"/> has room for what one thread is at, <paramref name="workBytes"/>.
    /// </summary>
    /// <param name="tile">Outputs of a tile on each axis: 2 or 4.</param>
    public static void WinogradF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y, Place work,
        int images, int height, int width, int channels, int depth, int tile, int block, int workBytes,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel, int residualImage, int residualLine, int residualPixel, float lo, float hi)
    {
        for (nint image = 0; image < images; image++)
        {
            new Winograd
            {
                X = x.F32 + image * xImage, Weights = weights.F32, Bias = bias.F32, Residual = residual.F32 == null ? null : residual.F32 + image * residualImage, Y = y.F32 + image * yImage,
                Height = height, Width = width, Channels = channels, Depth = depth, Tile = tile, Block = block,
                XLine = xLine, XPixel = xPixel, YLine = yLine, YPixel = yPixel, ResidualLine = residualLine, ResidualPixel = residualPixel, Lo = lo, Hi = hi,
            }.Run(frame, work, workBytes);
        }
    }
}

/// <summary>
/// A block of tiles at a time, so that what lies between the steps stays in the cache: inputs to frequencies, a matrix product for each frequency, and back.
/// Frequencies lie [frequency][tile][channel].
/// </summary>
internal unsafe struct Winograd : IRoomLoop
{
    public float* X, Weights, Bias, Residual, Y;
    public int Height, Width, Channels, Depth, Tile, Block;

    // Of the outputs, so that there is something for each thread where blocks are few. Each part transforms its inputs anew, which is little where outputs are many.
    private int _parts;

    public nint XLine, XPixel, YLine, YPixel, ResidualLine, ResidualPixel;
    public float Lo, Hi;

    // Between frequencies, so that they don't all fall on the same lines of the cache, and a last vector has somewhere to go.
    private const int Gap = 16;

    private readonly int Across => (Width + Tile - 1) / Tile;

    private readonly int Tiles => (Height + Tile - 1) / Tile * Across;

    private readonly int Blocks => (Tiles + Block - 1) / Block;

    private readonly int Side => Tile + 2;

    /// <summary>What a block needs, in bytes: both sides of the products, and one tile of x.</summary>
    public static int Room(int tile, int block, int depth, int channels)
    {
        int frequencies = (tile + 2) * (tile + 2);
        return checked(sizeof(float) * (frequencies * (block * (depth + channels) + 2 * Gap) + frequencies * depth + Gap));
    }

    public void Run(in Frame frame, Place room, int roomBytes)
    {
        long work = (long)Tiles * Side * Side * Channels * Depth;
        _parts = frame.Parts(Blocks, (Channels + Tiling.Panel - 1) / Tiling.Panel, work);
        frame.Run(this, Blocks * _parts, work, room, roomBytes);
    }

    public readonly void Run(int from, int to, byte* room)
    {
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(from, to, (float*)room);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(from, to, (float*)room);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(from, to, (float*)room);
        else
            Run<V1>(from, to, (float*)room);
    }

    private readonly void Run<V>(int from, int to, float* room) where V : struct, IVec<V>
    {
        int frequencies = Side * Side, panels = (Channels + Tiling.Panel - 1) / Tiling.Panel;
        for (int i = from; i < to; i++)
        {
            int block = i / _parts, part = i % _parts;
            int first = (int)((long)Tiles * block / Blocks), count = (int)((long)Tiles * (block + 1) / Blocks) - first;
            int channel = panels * part / _parts * Tiling.Panel, channels = Math.Min(panels * (part + 1) / _parts * Tiling.Panel, Channels) - channel;
            nint xFrequency = count * Depth + Gap, yFrequency = count * channels + Gap;
            float* xs = room, ys = xs + frequencies * xFrequency, patch = ys + frequencies * yFrequency;
            int row = first / Across, column = first % Across;
            for (int t = 0; t < count; t++)
            {
                FromPixels<V>(row * Tile, column * Tile, xs + t * Depth, xFrequency, patch);
                if (++column < Across)
                    continue;
                column = 0;
                row++;
            }
            Multiply<V>(xs, xFrequency, ys, yFrequency, count, channel, channels);
            row = first / Across;
            column = first % Across;
            for (int t = 0; t < count; t++)
            {
                ToPixels<V>(row * Tile, column * Tile, ys + t * channels, yFrequency, channel, channels);
                if (++column < Across)
                    continue;
                column = 0;
                row++;
            }
        }
    }

    // As Dense does it, without asking anew for each frequency how to cut the same rows.
    [SkipLocalsInit]
    private readonly void Multiply<V>(float* xs, nint xFrequency, float* ys, nint yFrequency, int count, int channel, int channels) where V : struct, IVec<V>
    {
        float* zeros = stackalloc float[Tiling.Panel];
        new Span<float>(zeros, Tiling.Panel).Clear();
        float** pointers = stackalloc float*[Tiling.MostRows];
        nint start = 0;
        var tile = new DenseTile { Taps = &start, Slices = 1, Depth = Depth, XRow = Depth * sizeof(float), Y = pointers, Lo = float.NegativeInfinity, Hi = float.PositiveInfinity };
        int cuts = (count + Dense.Height - 1) / Dense.Height;
        for (int f = 0; f < Side * Side; f++, xs += xFrequency, ys += yFrequency)
        {
            float* w = Weights + (f * Channels + channel) * (nint)Depth;
            for (int column = 0; column < channels; column += Tiling.Panel, w += Depth * tile.Step)
            {
                int live = Math.Min(Tiling.Panel, channels - column), row = 0;
                tile.Step = live;
                for (int cut = 1; cut <= cuts; cut++)
                {
                    int next = count * cut / cuts;
                    tile.Rows = next - row;
                    tile.X0 = xs + row * Depth;
                    tile.X1 = tile.X0 + (tile.Rows + 1) / 2 * Depth;
                    for (int r = 0; r < tile.Rows; r++)
                        tile.Y[r] = ys + (row + r) * channels;
                    for (int done = 0; done < live; done += 2 * V.Lanes)
                        tile.Run<V>(w + done, zeros + done, column + done, live - done);
                    row = next;
                }
            }
        }
    }

    private readonly void FromPixels<V>(int row, int column, float* to, nint frequency, float* patch) where V : struct, IVec<V>
    {
        float* x = X + row * XLine + column * XPixel;
        nint line = XLine, pixel = XPixel;
        int rows = Height + 2 - row, columns = Width + 2 - column;
        if (rows < Side || columns < Side)
        {
            // The last tiles may reach past the border. What lies there counts for nothing, but may be no number.
            new Span<float>(patch, Side * Side * Depth).Clear();
            for (int i = 0; i < Math.Min(rows, Side); i++)
            {
                for (int j = 0; j < Math.Min(columns, Side); j++)
                    new ReadOnlySpan<float>(x + i * line + j * pixel, Depth).CopyTo(new Span<float>(patch + (i * Side + j) * Depth, Depth));
            }
            x = patch;
            line = Side * Depth;
            pixel = Depth;
        }
        if (Tile == 2)
            FromPixels2<V>(x, line, pixel, to, frequency, Depth);
        else
            FromPixels4<V>(x, line, pixel, to, frequency, Depth);
    }

    private readonly void ToPixels<V>(int row, int column, float* from, nint frequency, int channel, int channels) where V : struct, IVec<V>
    {
        var to = new WinogradTile
        {
            Y = Y + row * YLine + column * YPixel + channel, YLine = YLine, YPixel = YPixel, Bias = Bias == null ? null : Bias + channel, Lo = Lo, Hi = Hi,
            Residual = Residual == null ? null : Residual + row * ResidualLine + column * ResidualPixel + channel, ResidualLine = ResidualLine, ResidualPixel = ResidualPixel,
            Rows = Math.Min(Tile, Height - row), Columns = Math.Min(Tile, Width - column), Channels = channels,
        };
        if (Tile == 2)
            to.Write2<V>(from, frequency);
        else
            to.Write4<V>(from, frequency);
    }

    // Bᵀ d B with rows of Bᵀ: (1 0 −1 0), (0 1 1 0), (0 −1 1 0), (0 1 0 −1). Vectors over channels; one that reaches past the last writes what the next tile, or the gap, has room for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FromPixels2<V>(float* x, nint line, nint pixel, float* to, nint frequency, nint channels) where V : struct, IVec<V>
    {
        for (nint c = 0; c < channels; c += V.Lanes, x += V.Lanes, to += V.Lanes)
        {
            float* p = x;
            V a0 = V.Load(p), a1 = V.Load(p + pixel), a2 = V.Load(p + 2 * pixel), a3 = V.Load(p + 3 * pixel);
            p += line;
            V b0 = V.Load(p), b1 = V.Load(p + pixel), b2 = V.Load(p + 2 * pixel), b3 = V.Load(p + 3 * pixel);
            p += line;
            V c0 = V.Load(p), c1 = V.Load(p + pixel), c2 = V.Load(p + 2 * pixel), c3 = V.Load(p + 3 * pixel);
            p += line;
            V d0 = V.Load(p), d1 = V.Load(p + pixel), d2 = V.Load(p + 2 * pixel), d3 = V.Load(p + 3 * pixel);
            float* f = to;
            Row2(a0 - c0, a1 - c1, a2 - c2, a3 - c3, f, frequency);
            f += 4 * frequency;
            Row2(b0 + c0, b1 + c1, b2 + c2, b3 + c3, f, frequency);
            f += 4 * frequency;
            Row2(c0 - b0, c1 - b1, c2 - b2, c3 - b3, f, frequency);
            f += 4 * frequency;
            Row2(b0 - d0, b1 - d1, b2 - d2, b3 - d3, f, frequency);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row2<V>(V a, V b, V c, V d, float* to, nint frequency) where V : struct, IVec<V>
    {
        (a - c).Store(to);
        (b + c).Store(to + frequency);
        (c - b).Store(to + 2 * frequency);
        (b - d).Store(to + 3 * frequency);
    }

    // The same for six by six inputs, two rows of frequencies at a time, as they are made of the same sums. Nothing is kept in memory on the way: where that lies by chance as x
    // does in its page, loads would wait for stores. Each part is a method of its own: all of it together is more than the JIT inlines.
    private static void FromPixels4<V>(float* x, nint line, nint pixel, float* to, nint frequency, nint channels) where V : struct, IVec<V>
    {
        MiddleRows<V>(x, line, pixel, to, frequency, channels);
        OuterRows<V>(x, line, pixel, to, frequency, channels);
        EndRow<V>(x, line, pixel, to, frequency, channels);
        EndRow<V>(x + line, line, pixel, to + 30 * frequency, frequency, channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MiddleRows<V>(float* x, nint line, nint pixel, float* to, nint frequency, nint channels) where V : struct, IVec<V>
    {
        V factor = V.Broadcast(4);
        for (nint c = 0; c < channels; c += V.Lanes)
        {
            float* y = x + line + c, f = to + c;
            Middle(y, line, factor, out V p0, out V q0);
            Middle(y + pixel, line, factor, out V p1, out V q1);
            Middle(y + 2 * pixel, line, factor, out V p2, out V q2);
            Middle(y + 3 * pixel, line, factor, out V p3, out V q3);
            Middle(y + 4 * pixel, line, factor, out V p4, out V q4);
            Middle(y + 5 * pixel, line, factor, out V p5, out V q5);
            Six(p0, p1, p2, p3, p4, p5, f + 6 * frequency, frequency);
            Six(q0, q1, q2, q3, q4, q5, f + 12 * frequency, frequency);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void OuterRows<V>(float* x, nint line, nint pixel, float* to, nint frequency, nint channels) where V : struct, IVec<V>
    {
        V factor = V.Broadcast(2);
        for (nint c = 0; c < channels; c += V.Lanes)
        {
            float* y = x + line + c, f = to + c;
            Outer(y, line, factor, out V p0, out V q0);
            Outer(y + pixel, line, factor, out V p1, out V q1);
            Outer(y + 2 * pixel, line, factor, out V p2, out V q2);
            Outer(y + 3 * pixel, line, factor, out V p3, out V q3);
            Outer(y + 4 * pixel, line, factor, out V p4, out V q4);
            Outer(y + 5 * pixel, line, factor, out V p5, out V q5);
            Six(p0, p1, p2, p3, p4, p5, f + 18 * frequency, frequency);
            Six(q0, q1, q2, q3, q4, q5, f + 24 * frequency, frequency);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void EndRow<V>(float* x, nint line, nint pixel, float* to, nint frequency, nint channels) where V : struct, IVec<V>
    {
        V four = V.Broadcast(4), five = V.Broadcast(5);
        for (nint c = 0; c < channels; c += V.Lanes)
        {
            float* y = x + c;
            Six(End(y, line, four, five), End(y + pixel, line, four, five), End(y + 2 * pixel, line, four, five), End(y + 3 * pixel, line, four, five), End(y + 4 * pixel, line, four, five),
                End(y + 5 * pixel, line, four, five), to + c, frequency);
        }
    }

    // (−4 −4 1 1) and (4 −4 −1 1) of four lines.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Middle<V>(float* x, nint line, V four, out V p, out V q) where V : struct, IVec<V>
    {
        V even = V.MultiplyAdd(-four, V.Load(x + line), V.Load(x + 3 * line)), odd = V.MultiplyAdd(-four, V.Load(x), V.Load(x + 2 * line));
        p = even + odd;
        q = even - odd;
    }

    // (−2 −1 2 1) and (2 −1 −2 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer<V>(float* x, nint line, V two, out V p, out V q) where V : struct, IVec<V>
    {
        V even = V.Load(x + 3 * line) - V.Load(x + line), odd = two * (V.Load(x + 2 * line) - V.Load(x));
        p = even + odd;
        q = even - odd;
    }

    // (4 0 −5 0 1) of five lines.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V End<V>(float* x, nint line, V four, V five) where V : struct, IVec<V> => V.MultiplyAdd(four, V.Load(x), V.Load(x + 4 * line)) - five * V.Load(x + 2 * line);

    // Rows of Bᵀ: (4 0 −5 0 1 0), (0 −4 −4 1 1 0), (0 4 −4 −1 1 0), (0 −2 −1 2 1 0), (0 2 −1 −2 1 0), (0 4 0 −5 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Six<V>(V a, V b, V c, V d, V e, V f, float* to, nint step) where V : struct, IVec<V>
    {
        V two = V.Broadcast(2), four = V.Broadcast(4), five = V.Broadcast(5);
        V even = V.MultiplyAdd(-four, c, e), odd = V.MultiplyAdd(-four, b, d);
        V evens = e - c, odds = two * (d - b);
        (V.MultiplyAdd(four, a, e) - five * c).Store(to);
        (even + odd).Store(to + step);
        (even - odd).Store(to + 2 * step);
        (evens + odds).Store(to + 3 * step);
        (evens - odds).Store(to + 4 * step);
        (V.MultiplyAdd(four, b, f) - five * d).Store(to + 5 * step);
    }
}

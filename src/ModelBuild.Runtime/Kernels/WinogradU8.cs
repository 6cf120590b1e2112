using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// 3×3 convolution of stride 1 over channels-last u8 by s8 weights, exact to the bit, by Winograd's minimal filtering in integers: y = requantize(x ∗ w + bias).
    /// Distances in elements; weights int16 [frequency][panel of 32 outputs][k / 2][output][2], transformed; <paramref name="work"/> has room for what one thread is at.
    /// </summary>
    /// <param name="tile">Outputs of a tile on each axis: 4, where sums with bias stay below 2^25, or 2, where they stay below 2^29.</param>
    public static void WinogradU8S8(
        in Frame frame, Place x, Place weights, Place bias, Place scales, Place y, Place work,
        int images, int height, int width, int channels, int depth, int tile, int block, int workBytes,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel, int zero, int lo, int hi)
    {
        for (nint image = 0; image < images; image++)
        {
            new WinogradU8
            {
                X = x.Address + image * xImage, Weights = (short*)weights.Address, Bias = bias.I32, Scales = scales.F32, Y = y.Address + image * yImage,
                Height = height, Width = width, Channels = channels, Depth = depth, Tile = tile, Block = block,
                XLine = xLine, XPixel = xPixel, YLine = yLine, YPixel = yPixel, To = new(zero, lo, hi),
            }.Run(frame, work, workBytes);
        }
    }
}

/// <summary>
/// As <see cref="Winograd"/>, without its fractions: G's rows are multiplied by what makes them whole, (4 6 6 24 24 1) or (1 2 2 1)·2, and what is then too much, 24² = 576 or 4 in all,
/// is taken out behind: of 576 = 64·9 the nine by its inverse modulo 2^32, the power of two by the scale. Sums on the way may wrap; the last ones fit, as the build proves.
/// </summary>
internal unsafe struct WinogradU8 : IRoomLoop
{
    public byte* X, Y;
    public short* Weights;
    public int* Bias;
    public float* Scales;
    public int Height, Width, Channels, Depth, Tile, Block;

    // As Winograd's.
    private int _parts;

    public nint XLine, XPixel, YLine, YPixel;
    public Requantization To;

    // Between frequencies, so that they don't all fall on the same lines of the cache, and a last vector has somewhere to go.
    private const int Gap = 32;

    private readonly int Across => (Width + Tile - 1) / Tile;

    private readonly int Tiles => (Height + Tile - 1) / Tile * Across;

    private readonly int Blocks => (Tiles + Block - 1) / Block;

    private readonly int Side => Tile + 2;

    private readonly int Pairs => (Depth + 1) / 2;

    // Whole vectors of outputs.
    private static int Pitch(int channels) => (channels + 15) / 16 * 16;

    /// <summary>What a block needs, in bytes: both sides of the products, and one tile of x.</summary>
    public static int Room(int tile, int block, int depth, int channels)
    {
        int frequencies = (tile + 2) * (tile + 2), even = (depth + 1) / 2 * 2, pitch = Pitch(channels);
        return checked(frequencies * (sizeof(short) * (block * even + Gap) + sizeof(int) * (block * pitch + Gap)) + frequencies * depth + 64);
    }

    public void Run(in Frame frame, Place room, int roomBytes)
    {
        long work = (long)Tiles * Side * Side * Channels * Depth / 2;
        _parts = frame.Parts(Blocks, (Channels + Tiling.Panel - 1) / Tiling.Panel, work);
        frame.Run(this, Blocks * _parts, work, room, roomBytes);
    }

    public readonly void Run(int from, int to, byte* room)
    {
        if (Avx512BW.IsSupported)
            Run<Shorts512, Vector512<short>, Vector512<int>>(from, to, room);
        else if (Avx2.IsSupported)
            Run<Shorts256, Vector256<short>, Vector256<int>>(from, to, room);
        else if (Sse2.IsSupported || AdvSimd.Arm64.IsSupported)
            Run<Shorts128, Vector128<short>, Vector128<int>>(from, to, room);
        else
            Run<Shorts1, (short, short), int>(from, to, room);
    }

    private readonly void Run<D, S, I>(int from, int to, byte* room) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        int frequencies = Side * Side, panels = (Channels + Tiling.Panel - 1) / Tiling.Panel;
        for (int i = from; i < to; i++)
        {
            int block = i / _parts, part = i % _parts;
            int first = (int)((long)Tiles * block / Blocks), count = (int)((long)Tiles * (block + 1) / Blocks) - first;
            int channel = panels * part / _parts * Tiling.Panel, channels = Math.Min(panels * (part + 1) / _parts * Tiling.Panel, Channels) - channel, pitch = Pitch(channels);
            nint even = 2 * Pairs, xFrequency = count * even + Gap, yFrequency = count * pitch + Gap;
            int* ys = (int*)room;
            short* xs = (short*)(ys + frequencies * yFrequency);
            byte* patch = (byte*)(xs + frequencies * xFrequency);
            int row = first / Across, column = first % Across;
            for (int t = 0; t < count; t++)
            {
                FromPixels<D, S, I>(row * Tile, column * Tile, xs + t * even, xFrequency, patch);
                if (++column < Across)
                    continue;
                column = 0;
                row++;
            }
            Multiply<D, S, I>(xs, xFrequency, ys, yFrequency, count, channel, channels);
            row = first / Across;
            column = first % Across;
            for (int t = 0; t < count; t++)
            {
                ToPixels<D, S, I>(row * Tile, column * Tile, ys + t * pitch, yFrequency, channel, channels);
                if (++column < Across)
                    continue;
                column = 0;
                row++;
            }
        }
    }

    private readonly void Multiply<D, S, I>(short* xs, nint xFrequency, int* ys, nint yFrequency, int count, int channel, int channels) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        int most = D.Lanes == 16 ? 12 : 5, cuts = (count + most - 1) / most, pitch = Pitch(channels);
        for (int f = 0; f < Side * Side; f++, xs += xFrequency, ys += yFrequency)
        {
            short* w = Weights + (f * Channels + channel) * (nint)(2 * Pairs);
            for (int column = 0; column < channels; column += Tiling.Panel)
            {
                int live = Math.Min(Tiling.Panel, channels - column), row = 0;
                for (int cut = 1; cut <= cuts; cut++)
                {
                    int next = count * cut / cuts;
                    for (int done = 0; done < live; done += 2 * D.Lanes)
                    {
                        var tile = new ShortsTile { X = xs + row * 2 * Pairs, Row = Pairs * 2 * sizeof(short), Pairs = Pairs, W = w + 2 * done, Step = 2 * live, Y = ys + row * pitch + column + done, YRow = pitch };
                        tile.Run<D, S, I>(next - row, live - done);
                    }
                    row = next;
                }
                w += live * 2 * Pairs;
            }
        }
    }

    private readonly void FromPixels<D, S, I>(int row, int column, short* to, nint frequency, byte* patch) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        byte* x = X + row * XLine + column * XPixel;
        nint line = XLine, pixel = XPixel;
        int rows = Height + 2 - row, columns = Width + 2 - column;
        if (rows < Side || columns < Side)
        {
            // The last tiles may reach past the border, and past x. What is read there counts for nothing.
            for (int i = 0; i < Math.Min(rows, Side); i++)
            {
                for (int j = 0; j < Math.Min(columns, Side); j++)
                    new ReadOnlySpan<byte>(x + i * line + j * pixel, Depth).CopyTo(new Span<byte>(patch + (i * Side + j) * Depth, Depth));
            }
            x = patch;
            line = Side * Depth;
            pixel = Depth;
        }
        if (Tile == 2)
            FromPixels2<D, S, I>(x, line, pixel, to, frequency, Depth);
        else
            FromPixels4<D, S, I>(x, line, pixel, to, frequency, Depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FromPixels2<D, S, I>(byte* x, nint line, nint pixel, short* to, nint frequency, nint channels) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        for (nint c = 0; c < channels; c += 2 * D.Lanes, x += 2 * D.Lanes, to += 2 * D.Lanes)
        {
            byte* p = x;
            S a0 = D.Unsigned(p), a1 = D.Unsigned(p + pixel), a2 = D.Unsigned(p + 2 * pixel), a3 = D.Unsigned(p + 3 * pixel);
            p += line;
            S b0 = D.Unsigned(p), b1 = D.Unsigned(p + pixel), b2 = D.Unsigned(p + 2 * pixel), b3 = D.Unsigned(p + 3 * pixel);
            p += line;
            S c0 = D.Unsigned(p), c1 = D.Unsigned(p + pixel), c2 = D.Unsigned(p + 2 * pixel), c3 = D.Unsigned(p + 3 * pixel);
            p += line;
            S d0 = D.Unsigned(p), d1 = D.Unsigned(p + pixel), d2 = D.Unsigned(p + 2 * pixel), d3 = D.Unsigned(p + 3 * pixel);
            short* f = to;
            Row2<D, S, I>(D.Minus(a0, c0), D.Minus(a1, c1), D.Minus(a2, c2), D.Minus(a3, c3), f, frequency);
            f += 4 * frequency;
            Row2<D, S, I>(D.Plus(b0, c0), D.Plus(b1, c1), D.Plus(b2, c2), D.Plus(b3, c3), f, frequency);
            f += 4 * frequency;
            Row2<D, S, I>(D.Minus(c0, b0), D.Minus(c1, b1), D.Minus(c2, b2), D.Minus(c3, b3), f, frequency);
            f += 4 * frequency;
            Row2<D, S, I>(D.Minus(b0, d0), D.Minus(b1, d1), D.Minus(b2, d2), D.Minus(b3, d3), f, frequency);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row2<D, S, I>(S a, S b, S c, S d, short* to, nint frequency) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        D.Store(D.Minus(a, c), to);
        D.Store(D.Plus(b, c), to + frequency);
        D.Store(D.Minus(c, b), to + 2 * frequency);
        D.Store(D.Minus(b, d), to + 3 * frequency);
    }

    // As Winograd's: two rows of frequencies at a time, nothing in memory on the way.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FromPixels4<D, S, I>(byte* x, nint line, nint pixel, short* to, nint frequency, nint channels) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        for (nint c = 0; c < channels; c += 2 * D.Lanes, x += 2 * D.Lanes, to += 2 * D.Lanes)
        {
            byte* y = x + line;
            Middle<D, S, I>(y, line, out S p0, out S q0);
            Middle<D, S, I>(y + pixel, line, out S p1, out S q1);
            Middle<D, S, I>(y + 2 * pixel, line, out S p2, out S q2);
            Middle<D, S, I>(y + 3 * pixel, line, out S p3, out S q3);
            Middle<D, S, I>(y + 4 * pixel, line, out S p4, out S q4);
            Middle<D, S, I>(y + 5 * pixel, line, out S p5, out S q5);
            Six<D, S, I>(p0, p1, p2, p3, p4, p5, to + 6 * frequency, frequency);
            Six<D, S, I>(q0, q1, q2, q3, q4, q5, to + 12 * frequency, frequency);
            Outer<D, S, I>(y, line, out p0, out q0);
            Outer<D, S, I>(y + pixel, line, out p1, out q1);
            Outer<D, S, I>(y + 2 * pixel, line, out p2, out q2);
            Outer<D, S, I>(y + 3 * pixel, line, out p3, out q3);
            Outer<D, S, I>(y + 4 * pixel, line, out p4, out q4);
            Outer<D, S, I>(y + 5 * pixel, line, out p5, out q5);
            Six<D, S, I>(p0, p1, p2, p3, p4, p5, to + 18 * frequency, frequency);
            Six<D, S, I>(q0, q1, q2, q3, q4, q5, to + 24 * frequency, frequency);
            Six<D, S, I>(End<D, S, I>(x, line), End<D, S, I>(x + pixel, line), End<D, S, I>(x + 2 * pixel, line), End<D, S, I>(x + 3 * pixel, line), End<D, S, I>(x + 4 * pixel, line),
                End<D, S, I>(x + 5 * pixel, line), to, frequency);
            Six<D, S, I>(End<D, S, I>(y, line), End<D, S, I>(y + pixel, line), End<D, S, I>(y + 2 * pixel, line), End<D, S, I>(y + 3 * pixel, line), End<D, S, I>(y + 4 * pixel, line),
                End<D, S, I>(y + 5 * pixel, line), to + 30 * frequency, frequency);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Middle<D, S, I>(byte* x, nint line, out S p, out S q) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        S b = D.Unsigned(x), c = D.Unsigned(x + line), d = D.Unsigned(x + 2 * line), e = D.Unsigned(x + 3 * line);
        S even = D.Minus(e, Twice<D, S, I>(Twice<D, S, I>(c))), odd = D.Minus(d, Twice<D, S, I>(Twice<D, S, I>(b)));
        p = D.Plus(even, odd);
        q = D.Minus(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer<D, S, I>(byte* x, nint line, out S p, out S q) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        S even = D.Minus(D.Unsigned(x + 3 * line), D.Unsigned(x + line)), odd = Twice<D, S, I>(D.Minus(D.Unsigned(x + 2 * line), D.Unsigned(x)));
        p = D.Plus(even, odd);
        q = D.Minus(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static S End<D, S, I>(byte* x, nint line) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        S c = D.Unsigned(x + 2 * line);
        return D.Plus(Twice<D, S, I>(Twice<D, S, I>(D.Minus(D.Unsigned(x), c))), D.Minus(D.Unsigned(x + 4 * line), c));
    }

    // Bᵀ as Winograd has it, by sums alone: 4a − 5c + e = 4(a − c) + (e − c).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Six<D, S, I>(S a, S b, S c, S d, S e, S f, short* to, nint step) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        S evens = D.Minus(e, c), odds = Twice<D, S, I>(D.Minus(d, b));
        S even = D.Minus(e, Twice<D, S, I>(Twice<D, S, I>(c))), odd = D.Minus(d, Twice<D, S, I>(Twice<D, S, I>(b)));
        D.Store(D.Plus(Twice<D, S, I>(Twice<D, S, I>(D.Minus(a, c))), evens), to);
        D.Store(D.Plus(even, odd), to + step);
        D.Store(D.Minus(even, odd), to + 2 * step);
        D.Store(D.Plus(evens, odds), to + 3 * step);
        D.Store(D.Minus(evens, odds), to + 4 * step);
        D.Store(D.Plus(Twice<D, S, I>(Twice<D, S, I>(D.Minus(b, d))), D.Minus(f, d)), to + 5 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static S Twice<D, S, I>(S v) where D : struct, IShorts<S, I> where S : struct where I : struct => D.Plus(v, v);

    private readonly void ToPixels<D, S, I>(int row, int column, int* from, nint frequency, int channel, int channels) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        var to = new WinogradTileU8
        {
            Y = Y + row * YLine + column * YPixel + channel, YLine = YLine, YPixel = YPixel, Bias = Bias + channel, Scales = Scales + channel, To = To,
            Rows = Math.Min(Tile, Height - row), Columns = Math.Min(Tile, Width - column), Channels = channels,
        };
        if (Tile == 2)
            to.Write2<D, S, I>(from, frequency);
        else
            to.Write4<D, S, I>(from, frequency);
    }
}

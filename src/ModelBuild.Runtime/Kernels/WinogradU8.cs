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
    private readonly int Pitch => (Channels + 15) / 16 * 16;

    /// <summary>What a block needs, in bytes: both sides of the products, and one tile of x.</summary>
    public static int Room(int tile, int block, int depth, int channels)
    {
        int frequencies = (tile + 2) * (tile + 2), even = (depth + 1) / 2 * 2, pitch = (channels + 15) / 16 * 16;
        return checked(frequencies * (sizeof(short) * (block * even + Gap) + sizeof(int) * (block * pitch + Gap)) + frequencies * depth + 64);
    }

    public readonly void Run(in Frame frame, Place work, int workBytes) =>
        frame.Run(this, Blocks, (long)Tiles * Side * Side * Channels * Depth / 2, work, workBytes);

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
        int frequencies = Side * Side;
        for (int block = from; block < to; block++)
        {
            int first = (int)((long)Tiles * block / Blocks), count = (int)((long)Tiles * (block + 1) / Blocks) - first;
            nint even = 2 * Pairs, xFrequency = count * even + Gap, yFrequency = count * Pitch + Gap;
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
            Multiply<D, S, I>(xs, xFrequency, ys, yFrequency, count);
            row = first / Across;
            column = first % Across;
            for (int t = 0; t < count; t++)
            {
                ToPixels<D, S, I>(row * Tile, column * Tile, ys + t * Pitch, yFrequency);
                if (++column < Across)
                    continue;
                column = 0;
                row++;
            }
        }
    }

    private readonly void Multiply<D, S, I>(short* xs, nint xFrequency, int* ys, nint yFrequency, int count) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        int most = D.Lanes == 16 ? 12 : 5, cuts = (count + most - 1) / most;
        short* w = Weights;
        for (int f = 0; f < Side * Side; f++, xs += xFrequency, ys += yFrequency)
        {
            for (int column = 0; column < Channels; column += Tiling.Panel)
            {
                int live = Math.Min(Tiling.Panel, Channels - column), row = 0;
                for (int cut = 1; cut <= cuts; cut++)
                {
                    int next = count * cut / cuts;
                    for (int done = 0; done < live; done += 2 * D.Lanes)
                    {
                        var tile = new ShortsTile { X = xs + row * 2 * Pairs, Row = Pairs * 2 * sizeof(short), Pairs = Pairs, W = w + 2 * done, Step = 2 * live, Y = ys + row * Pitch + column + done, YRow = Pitch };
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

    private readonly void ToPixels<D, S, I>(int row, int column, int* from, nint frequency) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        var to = new WinogradTileU8
        {
            Y = Y + row * YLine + column * YPixel, YLine = YLine, YPixel = YPixel, Bias = Bias, Scales = Scales, To = To,
            Rows = Math.Min(Tile, Height - row), Columns = Math.Min(Tile, Width - column), Channels = Channels,
        };
        if (Tile == 2)
            to.Write2<D, S, I>(from, frequency);
        else
            to.Write4<D, S, I>(from, frequency);
    }
}

/// <summary>Some rows of int16 times one or two vectors of a panel.</summary>
internal unsafe struct ShortsTile
{
    public short* X, W;
    public int* Y;
    public nint Row, Pairs, Step, YRow;

    /// <summary>Whole vectors of weights are read, and whole ones written: rows of y have room for them.</summary>
    public readonly void Run<D, S, I>(int rows, int columns) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        if (columns > D.Lanes)
            Run<D, S, I, Two>(rows);
        else
            Run<D, S, I, One>(rows);
    }

    private readonly void Run<D, S, I, N>(int rows) where D : struct, IShorts<S, I> where S : struct where I : struct where N : struct, ICount
    {
        switch (rows)
        {
            case 1: Tile<D, S, I, N, One>(this); break;
            case 2: Tile<D, S, I, N, Two>(this); break;
            case 3: Tile<D, S, I, N, Three>(this); break;
            case 4: Tile<D, S, I, N, Four>(this); break;
            case 5: Tile<D, S, I, N, Five>(this); break;
            case 6: Tile<D, S, I, N, Six>(this); break;
            case 7: Tile<D, S, I, N, Seven>(this); break;
            case 8: Tile<D, S, I, N, Eight>(this); break;
            case 9: Tile<D, S, I, N, Nine>(this); break;
            case 10: Tile<D, S, I, N, Ten>(this); break;
            case 11: Tile<D, S, I, N, Eleven>(this); break;
            default: Tile<D, S, I, N, Twelve>(this); break;
        }
    }

    // As DenseTile's: rows from two pointers, by multiples of their distance that an address can say; nothing is called.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<D, S, I, N, R>(in ShortsTile tile) where D : struct, IShorts<S, I> where S : struct where I : struct where N : struct, ICount where R : struct, ICount
    {
        I a0 = D.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0, e0 = a0, e1 = a0, f0 = a0, f1 = a0;
        I g0 = a0, g1 = a0, h0 = a0, h1 = a0, i0 = a0, i1 = a0, j0 = a0, j1 = a0, k0 = a0, k1 = a0, l0 = a0, l1 = a0;
        nint row = tile.Row, row3 = 3 * row, row5 = 5 * row, step = tile.Step;
        short* w = tile.W, p = tile.X, q = (short*)((byte*)p + 6 * row), stop = p + 2 * tile.Pairs;
        for (; p < stop; p += 2, q += 2, w += step)
        {
            S w0 = D.Load(w), w1 = N.Value > 1 ? D.Load(w + 2 * D.Lanes) : default;
            { S t = D.Pair(p); a0 = D.Plus(a0, D.Multiply(t, w0)); if (N.Value > 1) a1 = D.Plus(a1, D.Multiply(t, w1)); }
            if (R.Value > 1) { S t = D.Pair(At(p, row)); b0 = D.Plus(b0, D.Multiply(t, w0)); if (N.Value > 1) b1 = D.Plus(b1, D.Multiply(t, w1)); }
            if (R.Value > 2) { S t = D.Pair(At(p, 2 * row)); c0 = D.Plus(c0, D.Multiply(t, w0)); if (N.Value > 1) c1 = D.Plus(c1, D.Multiply(t, w1)); }
            if (R.Value > 3) { S t = D.Pair(At(p, row3)); d0 = D.Plus(d0, D.Multiply(t, w0)); if (N.Value > 1) d1 = D.Plus(d1, D.Multiply(t, w1)); }
            if (R.Value > 4) { S t = D.Pair(At(p, 4 * row)); e0 = D.Plus(e0, D.Multiply(t, w0)); if (N.Value > 1) e1 = D.Plus(e1, D.Multiply(t, w1)); }
            if (R.Value > 5) { S t = D.Pair(At(p, row5)); f0 = D.Plus(f0, D.Multiply(t, w0)); if (N.Value > 1) f1 = D.Plus(f1, D.Multiply(t, w1)); }
            if (R.Value > 6) { S t = D.Pair(q); g0 = D.Plus(g0, D.Multiply(t, w0)); if (N.Value > 1) g1 = D.Plus(g1, D.Multiply(t, w1)); }
            if (R.Value > 7) { S t = D.Pair(At(q, row)); h0 = D.Plus(h0, D.Multiply(t, w0)); if (N.Value > 1) h1 = D.Plus(h1, D.Multiply(t, w1)); }
            if (R.Value > 8) { S t = D.Pair(At(q, 2 * row)); i0 = D.Plus(i0, D.Multiply(t, w0)); if (N.Value > 1) i1 = D.Plus(i1, D.Multiply(t, w1)); }
            if (R.Value > 9) { S t = D.Pair(At(q, row3)); j0 = D.Plus(j0, D.Multiply(t, w0)); if (N.Value > 1) j1 = D.Plus(j1, D.Multiply(t, w1)); }
            if (R.Value > 10) { S t = D.Pair(At(q, 4 * row)); k0 = D.Plus(k0, D.Multiply(t, w0)); if (N.Value > 1) k1 = D.Plus(k1, D.Multiply(t, w1)); }
            if (R.Value > 11) { S t = D.Pair(At(q, row5)); l0 = D.Plus(l0, D.Multiply(t, w0)); if (N.Value > 1) l1 = D.Plus(l1, D.Multiply(t, w1)); }
        }
        int* y = tile.Y;
        nint next = tile.YRow;
        Put<D, S, I, N>(y, a0, a1);
        if (R.Value > 1) Put<D, S, I, N>(y + next, b0, b1);
        if (R.Value > 2) Put<D, S, I, N>(y + 2 * next, c0, c1);
        if (R.Value > 3) Put<D, S, I, N>(y + 3 * next, d0, d1);
        if (R.Value > 4) Put<D, S, I, N>(y + 4 * next, e0, e1);
        if (R.Value > 5) Put<D, S, I, N>(y + 5 * next, f0, f1);
        if (R.Value > 6) Put<D, S, I, N>(y + 6 * next, g0, g1);
        if (R.Value > 7) Put<D, S, I, N>(y + 7 * next, h0, h1);
        if (R.Value > 8) Put<D, S, I, N>(y + 8 * next, i0, i1);
        if (R.Value > 9) Put<D, S, I, N>(y + 9 * next, j0, j1);
        if (R.Value > 10) Put<D, S, I, N>(y + 10 * next, k0, k1);
        if (R.Value > 11) Put<D, S, I, N>(y + 11 * next, l0, l1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short* At(short* x, nint bytes) => (short*)((byte*)x + bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<D, S, I, N>(int* y, I v0, I v1) where D : struct, IShorts<S, I> where S : struct where I : struct where N : struct, ICount
    {
        D.Store(v0, y);
        if (N.Value > 1)
            D.Store(v1, y + D.Lanes);
    }
}

/// <summary>Where the pixels of a tile go.</summary>
internal unsafe struct WinogradTileU8
{
    public byte* Y;
    public int* Bias;
    public float* Scales;
    public nint YLine, YPixel, Channels;
    public int Rows, Columns;
    public Requantization To;

    // 1/9 modulo 2^32.
    private const int Ninth = 954437177;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public readonly void Write2<D, S, I>(int* from, nint frequency) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        for (nint c = 0; c < Channels; c += D.Lanes)
        {
            int* f = from + c;
            I a0 = D.Load(f), a1 = D.Load(f + frequency), a2 = D.Load(f + 2 * frequency), a3 = D.Load(f + 3 * frequency);
            f += 4 * frequency;
            I b0 = D.Load(f), b1 = D.Load(f + frequency), b2 = D.Load(f + 2 * frequency), b3 = D.Load(f + 3 * frequency);
            f += 4 * frequency;
            I c0 = D.Load(f), c1 = D.Load(f + frequency), c2 = D.Load(f + 2 * frequency), c3 = D.Load(f + 3 * frequency);
            f += 4 * frequency;
            I d0 = D.Load(f), d1 = D.Load(f + frequency), d2 = D.Load(f + 2 * frequency), d3 = D.Load(f + 3 * frequency);
            I bias = D.Shift(D.Load(Bias + c), 2);
            I s0 = D.Plus(D.Plus(a0, b0), c0), s1 = D.Plus(D.Plus(a1, b1), c1), s2 = D.Plus(D.Plus(a2, b2), c2), s3 = D.Plus(D.Plus(a3, b3), c3);
            Put<D, S, I>(0, 0, c, D.Plus(D.Plus(s0, s1), D.Plus(s2, bias)), 1 / 4f);
            Put<D, S, I>(0, 1, c, D.Plus(D.Minus(D.Minus(s1, s2), s3), bias), 1 / 4f);
            s0 = D.Minus(D.Minus(b0, c0), d0); s1 = D.Minus(D.Minus(b1, c1), d1); s2 = D.Minus(D.Minus(b2, c2), d2); s3 = D.Minus(D.Minus(b3, c3), d3);
            Put<D, S, I>(1, 0, c, D.Plus(D.Plus(s0, s1), D.Plus(s2, bias)), 1 / 4f);
            Put<D, S, I>(1, 1, c, D.Plus(D.Minus(D.Minus(s1, s2), s3), bias), 1 / 4f);
        }
    }

    // Rows of Aᵀ times (6 4 4 1 1 24): what G's rows, made whole, lack of 24.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public readonly void Write4<D, S, I>(int* from, nint frequency) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        for (nint c = 0; c < Channels; c += D.Lanes)
        {
            int* f = from + c;
            I bias = D.Shift(D.Load(Bias + c), 6);
            Sums<D, S, I>(f, frequency, out I p0, out I q0);
            Sums<D, S, I>(f + frequency, frequency, out I p1, out I q1);
            Sums<D, S, I>(f + 2 * frequency, frequency, out I p2, out I q2);
            Sums<D, S, I>(f + 3 * frequency, frequency, out I p3, out I q3);
            Sums<D, S, I>(f + 4 * frequency, frequency, out I p4, out I q4);
            Sums<D, S, I>(f + 5 * frequency, frequency, out I p5, out I q5);
            Line<D, S, I>(0, c, p0, p1, p2, p3, p4, p5, bias);
            Line<D, S, I>(2, c, q0, q1, q2, q3, q4, q5, bias);
            Differences<D, S, I>(f, frequency, out p0, out q0);
            Differences<D, S, I>(f + frequency, frequency, out p1, out q1);
            Differences<D, S, I>(f + 2 * frequency, frequency, out p2, out q2);
            Differences<D, S, I>(f + 3 * frequency, frequency, out p3, out q3);
            Differences<D, S, I>(f + 4 * frequency, frequency, out p4, out q4);
            Differences<D, S, I>(f + 5 * frequency, frequency, out p5, out q5);
            Line<D, S, I>(1, c, p0, p1, p2, p3, p4, p5, bias);
            Line<D, S, I>(3, c, q0, q1, q2, q3, q4, q5, bias);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<D, S, I>(int* f, nint frequency, out I p, out I q) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        I m0 = D.Load(f), sum = D.Shift(D.Plus(D.Load(f + 6 * frequency), D.Load(f + 12 * frequency)), 2), sums = D.Plus(D.Load(f + 18 * frequency), D.Load(f + 24 * frequency));
        p = D.Plus(D.Plus(D.Shift(m0, 2), D.Shift(m0, 1)), D.Plus(sum, sums));
        q = D.Plus(sum, D.Shift(sums, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Differences<D, S, I>(int* f, nint frequency, out I p, out I q) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        I difference = D.Shift(D.Minus(D.Load(f + 6 * frequency), D.Load(f + 12 * frequency)), 2), differences = D.Shift(D.Minus(D.Load(f + 18 * frequency), D.Load(f + 24 * frequency)), 1);
        I m5 = D.Load(f + 30 * frequency);
        p = D.Plus(difference, differences);
        q = D.Plus(D.Plus(difference, D.Shift(differences, 2)), D.Plus(D.Shift(m5, 4), D.Shift(m5, 3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Line<D, S, I>(int row, nint c, I m0, I m1, I m2, I m3, I m4, I m5, I bias) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        if (row >= Rows)
            return;
        I sum = D.Shift(D.Plus(m1, m2), 2), difference = D.Shift(D.Minus(m1, m2), 2), sums = D.Plus(m3, m4), differences = D.Shift(D.Minus(m3, m4), 1);
        Put<D, S, I>(row, 0, c, D.Plus(D.Times(D.Plus(D.Plus(D.Shift(m0, 2), D.Shift(m0, 1)), D.Plus(sum, sums)), Ninth), bias), 1 / 64f);
        Put<D, S, I>(row, 1, c, D.Plus(D.Times(D.Plus(difference, differences), Ninth), bias), 1 / 64f);
        Put<D, S, I>(row, 2, c, D.Plus(D.Times(D.Plus(sum, D.Shift(sums, 2)), Ninth), bias), 1 / 64f);
        Put<D, S, I>(row, 3, c, D.Plus(D.Times(D.Plus(D.Plus(difference, D.Shift(differences, 2)), D.Plus(D.Shift(m5, 4), D.Shift(m5, 3))), Ninth), bias), 1 / 64f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Put<D, S, I>(int row, int column, nint channel, I sum, float part) where D : struct, IShorts<S, I> where S : struct where I : struct
    {
        if (row >= Rows || column >= Columns)
            return;
        int count = (int)(Channels - channel);
        D.Store(sum, Scales + channel, part, To, Y + row * YLine + column * YPixel + channel, count < D.Lanes ? count : D.Lanes);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>
/// The matrix product under integer convolution, Gemm and MatMul, as <see cref="Dense"/> is for floats: u8 pixels times s8 panels in int32, then bytes by
/// <see cref="Requantization"/>, or the sums themselves. Weights: [panel of 32][tap][k / 4][panel width][4], zeros where k is no multiple of four.
/// </summary>
internal unsafe struct DenseU8 : IMovable, ILoop
{
    public byte* X;
    public sbyte* Weights;
    public int* Bias;
    public float* Scales;

    /// <summary>One of the two: bytes, or sums.</summary>
    public byte* Y;
    public int* Sums;

    public int Rows, RowsPerLine, Columns, K, TapRows, TapColumns;
    public nint XLine, XRow, TapRow, TapColumn, YLine, YRow, XImage, YImage, XGroup, WeightsGroup;
    public Requantization To;

    // VNNI's sums live in sixteen registers, and sources may lie in others; AVX-512 and Arm have 32 for both.
    private readonly int Height => AvxVnni.IsSupported ? Columns <= 8 ? 14 : 7 : Avx512BW.IsSupported || AdvSimd.IsSupported ? 8 : 4;

    // Rows at one distance from each other; a row a line is that too.
    private readonly bool IsEven => RowsPerLine == 1 || XLine == RowsPerLine * XRow;

    private readonly Tiling Tiling => new(Rows, IsEven ? Rows : RowsPerLine, Columns, Height, (long)Columns * ((K + 3) / 4 * 4) * TapRows * TapColumns);

    // Bytes are multiplied about twice as fast as floats.
    public readonly long Work => (long)Rows * Columns * K * TapRows * TapColumns / 2;

    public void Move(nint image, nint group)
    {
        X += image * XImage + group * XGroup;
        Weights += group * WeightsGroup;
        Y = Y == null ? null : Y + image * YImage + group * Columns;
        Sums = Sums == null ? null : Sums + image * YImage + group * Columns;
        Bias = Bias == null ? null : Bias + group * Columns;
        Scales = Scales == null ? null : Scales + group * Columns;
    }

    public readonly void Run(in Frame frame) => frame.Run(this, Tiling.Parts, Work);

    public readonly void RunAll() => Run(0, Tiling.Parts);

    public readonly void Run(int from, int to)
    {
        if (AvxVnni.IsSupported)
            Run<DotVnni, Vector256<int>, Vector256<int>>(from, to);
        else if (Avx512BW.IsSupported)
            Run<Dot512, Vector512<int>, Halves512>(from, to);
        else if (Avx2.IsSupported)
            Run<Dot256, Vector256<int>, Halves256>(from, to);
        else if (Dp.IsSupported)
            Run<DotArm, Vector128<int>, Shifted128>(from, to);
        else if (Sse2.IsSupported || AdvSimd.Arm64.IsSupported)
            Run<Dot128, Vector128<int>, Halves128>(from, to);
        else
            Run<Dot1, int, uint>(from, to);
    }

    [SkipLocalsInit]
    private readonly void Run<D, V, Q>(int from, int to) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        int slices = TapRows * TapColumns, quads = (K + 3) / 4;
        nint* taps = stackalloc nint[slices];
        for (int i = 0; i < slices; i++)
            taps[i] = i / TapColumns * TapRow + i % TapColumns * TapColumn;

        int* bias = Bias, zeros = stackalloc int[2 * Tiling.Panel];
        if (bias == null)
            new Span<int>(zeros, 2 * Tiling.Panel).Clear();
        nint* places = stackalloc nint[Tiling.MostRows];
        var tile = new IntegerTile { Taps = taps, Slices = slices, Depth = quads * 4, XRow = RowsPerLine == 1 ? XLine : XRow, Places = places, Y = Y, Sums = Sums, To = To };

        // All panels for some rows, or all rows for a panel.
        Tiling tiling = Tiling;
        tiling.Part(from, to, out int firstTile, out int endTile, out int firstColumn, out int endColumn);
        for (int first = firstColumn; first < endColumn; first += tiling.Width)
        {
            int end = Math.Min(endColumn, first + tiling.Width);
            int row = tiling.Row(firstTile);
            for (int number = firstTile; number < endTile; number++)
            {
                int next = tiling.Row(number + 1);
                tile.Rows = next - row;
                Point(ref tile, row);
                for (int column = first; column < end; column += Tiling.Panel)
                {
                    int live = Math.Min(Tiling.Panel, Columns - column);
                    tile.Step = live * 4;
                    tile.W = Weights + (nint)column * slices * quads * 4;
                    for (int done = 0; done < live; done += 2 * D.Lanes)
                        tile.Run<D, V, Q>(done, (bias == null ? zeros : bias + column) + done, Scales + column + done, column + done, live - done);
                }
                row = next;
            }
        }
    }

    // Where the rows of a tile lie. Those of y may turn into another line anywhere; mostly they don't.
    private readonly void Point(ref IntegerTile tile, int row)
    {
        int line = row / RowsPerLine, pixel = row - line * RowsPerLine, half = (tile.Rows + 1) / 2;
        tile.X0 = X + line * XLine + pixel * XRow;
        tile.X1 = pixel + half < RowsPerLine ? tile.X0 + half * XRow : X + (row + half) / RowsPerLine * XLine + (row + half) % RowsPerLine * XRow;
        nint at = line * YLine + pixel * YRow, turn = YLine - RowsPerLine * YRow;
        if (pixel + tile.Rows <= RowsPerLine)
        {
            for (int r = 0; r < tile.Rows; r++, at += YRow)
                tile.Places[r] = at;
            return;
        }
        for (int r = 0; r < tile.Rows; r++, at += YRow)
        {
            tile.Places[r] = at;
            if (++pixel < RowsPerLine)
                continue;
            pixel = 0;
            at += turn;
        }
    }
}

/// <summary>Some rows of x, at one distance from each other in each half of them, times one or two vectors of a panel.</summary>
internal unsafe struct IntegerTile
{
    /// <summary>The first row, and the first of the second half.</summary>
    public byte* X0, X1;
    public int Rows;
    public nint XRow;
    public nint* Taps;
    public nint Slices, Depth, Step;
    public sbyte* W;

    /// <summary>Where each row of the result begins, in elements after <see cref="Y"/> or <see cref="Sums"/>, of which one is null.</summary>
    public nint* Places;
    public byte* Y;
    public int* Sums;
    public Requantization To;

    /// <summary>Columns from <paramref name="at"/> on, two vectors at most. Weights, bias and scales are read in whole vectors: what lies behind them is weights or padding.</summary>
    public readonly void Run<D, V, Q>(nint done, int* bias, float* scales, nint at, int columns) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        sbyte* w = W + 4 * done;
        if (columns > D.Lanes)
            Run<D, V, Q, Two>(w, bias, scales, at, Math.Min(columns - D.Lanes, D.Lanes));
        else
            Run<D, V, Q, One>(w, bias, scales, at, columns);
    }

    private readonly void Run<D, V, Q, N>(sbyte* w, int* bias, float* scales, nint at, int last) where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        if (Y != null)
            Run<D, V, Q, N, Requantized>(w, bias, scales, at, last);
        else
            Run<D, V, Q, N, Raw>(w, bias, scales, at, last);
    }

    private readonly void Run<D, V, Q, N, O>(sbyte* w, int* bias, float* scales, nint at, int last) where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where O : struct, IOutput
    {
        switch (Rows)
        {
            case 1: Row<D, V, Q, N, O>(this, w, bias, scales, at, last); break;
            case 2: Tile<D, V, Q, N, O, Two>(this, w, bias, scales, at, last); break;
            case 3: Tile<D, V, Q, N, O, Three>(this, w, bias, scales, at, last); break;
            case 4: Tile<D, V, Q, N, O, Four>(this, w, bias, scales, at, last); break;
            case 5: Tile<D, V, Q, N, O, Five>(this, w, bias, scales, at, last); break;
            case 6: Tile<D, V, Q, N, O, Six>(this, w, bias, scales, at, last); break;
            case 7: Tile<D, V, Q, N, O, Seven>(this, w, bias, scales, at, last); break;
            case 8: Tile<D, V, Q, N, O, Eight>(this, w, bias, scales, at, last); break;
            case 9: Tile<D, V, Q, N, O, Nine>(this, w, bias, scales, at, last); break;
            case 10: Tile<D, V, Q, N, O, Ten>(this, w, bias, scales, at, last); break;
            case 11: Tile<D, V, Q, N, O, Eleven>(this, w, bias, scales, at, last); break;
            case 12: Tile<D, V, Q, N, O, Twelve>(this, w, bias, scales, at, last); break;
            case 13: Tile<D, V, Q, N, O, Thirteen>(this, w, bias, scales, at, last); break;
            default: Tile<D, V, Q, N, O, Fourteen>(this, w, bias, scales, at, last); break;
        }
    }

    // As DenseTile's: rows from two pointers, by multiples of their distance that an address can say. Nothing is called from here: a call would put every sum into
    // memory, in each step of the loop.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<D, V, Q, N, O, R>(in IntegerTile tile, sbyte* w, int* bias, float* scales, nint at, int last)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where O : struct, IOutput where R : struct, ICount
    {
        V a0 = D.Sums(bias), a1 = N.Value > 1 ? D.Sums(bias + D.Lanes) : D.Zero;
        V b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1, e0 = a0, e1 = a1, f0 = a0, f1 = a1, g0 = a0, g1 = a1;
        V h0 = a0, h1 = a1, i0 = a0, i1 = a1, j0 = a0, j1 = a1, k0 = a0, k1 = a1, l0 = a0, l1 = a1, m0 = a0, m1 = a1, n0 = a0, n1 = a1;
        nint* tap = tile.Taps, end = tap + tile.Slices;
        nint row = tile.XRow, row3 = 3 * row, row5 = 5 * row, step = tile.Step;
        for (; tap < end; tap++)
        {
            byte* p = tile.X0 + *tap, q = tile.X1 + *tap, stop = p + tile.Depth;
            for (; p < stop; p += 4, q += 4, w += step)
            {
                Q w0 = D.Load(w), w1 = N.Value > 1 ? D.Load(w + 4 * D.Lanes) : default;
                { Q t = D.Broadcast(p); a0 = D.Add(a0, t, w0); if (N.Value > 1) a1 = D.Add(a1, t, w1); }
                if (R.Value > 2) { Q t = D.Broadcast(p + row); b0 = D.Add(b0, t, w0); if (N.Value > 1) b1 = D.Add(b1, t, w1); }
                if (R.Value > 4) { Q t = D.Broadcast(p + 2 * row); c0 = D.Add(c0, t, w0); if (N.Value > 1) c1 = D.Add(c1, t, w1); }
                if (R.Value > 6) { Q t = D.Broadcast(p + row3); d0 = D.Add(d0, t, w0); if (N.Value > 1) d1 = D.Add(d1, t, w1); }
                if (R.Value > 8) { Q t = D.Broadcast(p + 4 * row); e0 = D.Add(e0, t, w0); if (N.Value > 1) e1 = D.Add(e1, t, w1); }
                if (R.Value > 10) { Q t = D.Broadcast(p + row5); f0 = D.Add(f0, t, w0); if (N.Value > 1) f1 = D.Add(f1, t, w1); }
                if (R.Value > 12) { Q t = D.Broadcast(p + 2 * row3); g0 = D.Add(g0, t, w0); if (N.Value > 1) g1 = D.Add(g1, t, w1); }
                if (R.Value > 1) { Q t = D.Broadcast(q); h0 = D.Add(h0, t, w0); if (N.Value > 1) h1 = D.Add(h1, t, w1); }
                if (R.Value > 3) { Q t = D.Broadcast(q + row); i0 = D.Add(i0, t, w0); if (N.Value > 1) i1 = D.Add(i1, t, w1); }
                if (R.Value > 5) { Q t = D.Broadcast(q + 2 * row); j0 = D.Add(j0, t, w0); if (N.Value > 1) j1 = D.Add(j1, t, w1); }
                if (R.Value > 7) { Q t = D.Broadcast(q + row3); k0 = D.Add(k0, t, w0); if (N.Value > 1) k1 = D.Add(k1, t, w1); }
                if (R.Value > 9) { Q t = D.Broadcast(q + 4 * row); l0 = D.Add(l0, t, w0); if (N.Value > 1) l1 = D.Add(l1, t, w1); }
                if (R.Value > 11) { Q t = D.Broadcast(q + row5); m0 = D.Add(m0, t, w0); if (N.Value > 1) m1 = D.Add(m1, t, w1); }
                if (R.Value > 13) { Q t = D.Broadcast(q + 2 * row3); n0 = D.Add(n0, t, w0); if (N.Value > 1) n1 = D.Add(n1, t, w1); }
            }
        }
        nint* places = tile.Places;
        Write<D, V, Q, N, O>(tile, places[0] + at, a0, a1, scales, last);
        if (R.Value > 2) Write<D, V, Q, N, O>(tile, places[1] + at, b0, b1, scales, last);
        if (R.Value > 4) Write<D, V, Q, N, O>(tile, places[2] + at, c0, c1, scales, last);
        if (R.Value > 6) Write<D, V, Q, N, O>(tile, places[3] + at, d0, d1, scales, last);
        if (R.Value > 8) Write<D, V, Q, N, O>(tile, places[4] + at, e0, e1, scales, last);
        if (R.Value > 10) Write<D, V, Q, N, O>(tile, places[5] + at, f0, f1, scales, last);
        if (R.Value > 12) Write<D, V, Q, N, O>(tile, places[6] + at, g0, g1, scales, last);
        if (R.Value > 1) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2] + at, h0, h1, scales, last);
        if (R.Value > 3) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 1] + at, i0, i1, scales, last);
        if (R.Value > 5) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 2] + at, j0, j1, scales, last);
        if (R.Value > 7) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 3] + at, k0, k1, scales, last);
        if (R.Value > 9) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 4] + at, l0, l1, scales, last);
        if (R.Value > 11) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 5] + at, m0, m1, scales, last);
        if (R.Value > 13) Write<D, V, Q, N, O>(tile, places[(R.Value + 1) / 2 + 6] + at, n0, n1, scales, last);
    }

    // One row alone: four steps of k at once, as each sum waits for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row<D, V, Q, N, O>(in IntegerTile tile, sbyte* w, int* bias, float* scales, nint at, int last)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where O : struct, IOutput
    {
        V a0 = D.Sums(bias), a1 = N.Value > 1 ? D.Sums(bias + D.Lanes) : D.Zero, b0 = D.Zero, b1 = D.Zero, c0 = D.Zero, c1 = D.Zero, d0 = D.Zero, d1 = D.Zero;
        Q t;
        nint slices = tile.Slices, depth = tile.Depth, step = tile.Step;
        for (nint s = 0; s < slices; s++)
        {
            byte* x = tile.X0 + tile.Taps[s];
            nint k = 0;
            for (; k <= depth - 16; k += 16, w += 4 * step)
            {
                t = D.Broadcast(x + k); a0 = D.Add(a0, t, D.Load(w)); if (N.Value > 1) a1 = D.Add(a1, t, D.Load(w + 4 * D.Lanes));
                t = D.Broadcast(x + k + 4); b0 = D.Add(b0, t, D.Load(w + step)); if (N.Value > 1) b1 = D.Add(b1, t, D.Load(w + step + 4 * D.Lanes));
                t = D.Broadcast(x + k + 8); c0 = D.Add(c0, t, D.Load(w + 2 * step)); if (N.Value > 1) c1 = D.Add(c1, t, D.Load(w + 2 * step + 4 * D.Lanes));
                t = D.Broadcast(x + k + 12); d0 = D.Add(d0, t, D.Load(w + 3 * step)); if (N.Value > 1) d1 = D.Add(d1, t, D.Load(w + 3 * step + 4 * D.Lanes));
            }
            for (; k < depth; k += 4, w += step)
            {
                t = D.Broadcast(x + k);
                a0 = D.Add(a0, t, D.Load(w));
                if (N.Value > 1) a1 = D.Add(a1, t, D.Load(w + 4 * D.Lanes));
            }
        }
        a0 = D.Plus(D.Plus(a0, b0), D.Plus(c0, d0));
        a1 = D.Plus(D.Plus(a1, b1), D.Plus(c1, d1));
        Write<D, V, Q, N, O>(tile, tile.Places[0] + at, a0, a1, scales, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<D, V, Q, N, O>(in IntegerTile tile, nint at, V v0, V v1, float* scales, int last)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where O : struct, IOutput
    {
        if (O.IsRaw)
        {
            D.Store(v0, tile.Sums + at, N.Value > 1 ? D.Lanes : last);
            if (N.Value > 1)
                D.Store(v1, tile.Sums + at + D.Lanes, last);
        }
        else if (N.Value > 1)
            D.Store(v0, v1, scales, tile.To, tile.Y + at, last);
        else
            D.Store(v0, scales, tile.To, tile.Y + at, last);
    }
}

/// <summary>Whether sums leave a product as they are: a constant to the JIT.</summary>
internal interface IOutput
{
    static abstract bool IsRaw { get; }
}

internal struct Raw : IOutput { public static bool IsRaw => true; }
internal struct Requantized : IOutput { public static bool IsRaw => false; }

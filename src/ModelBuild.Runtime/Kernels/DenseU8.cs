using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    // As in Dense.
    private static int Height => AvxVnni.IsSupported ? 6 : Avx512BW.IsSupported ? 8 : 4;

    private readonly int Tiles => (Rows + Height - 1) / Height;

    private readonly int Panels => (Columns + Dense.Panel - 1) / Dense.Panel;

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

    public readonly void Run(in Frame frame) => frame.Run(this, Math.Max(Tiles, Panels), Work);

    public void RunAll() => Run(0, Math.Max(Tiles, Panels));

    public void Run(int from, int to)
    {
        bool byPanels = Panels > Tiles;
        var (row, endRow) = byPanels ? (0, Rows) : (from * Height, Math.Min(Rows, to * Height));
        var (column, endColumn) = byPanels ? (from * Dense.Panel, Math.Min(Columns, to * Dense.Panel)) : (0, Columns);
        if (AvxVnni.IsSupported)
            Run<DotVnni, Vector256<int>, Vector256<int>>(row, endRow, column, endColumn);
        else if (Avx512BW.IsSupported)
            Run<Dot512, Vector512<int>, Halves512>(row, endRow, column, endColumn);
        else if (Avx2.IsSupported)
            Run<Dot256, Vector256<int>, Halves256>(row, endRow, column, endColumn);
        else if (Sse2.IsSupported)
            Run<Dot128, Vector128<int>, Halves128>(row, endRow, column, endColumn);
        else
            Run<Dot1, int, uint>(row, endRow, column, endColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Run<D, V, Q>(int firstRow, int endRow, int firstColumn, int endColumn) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        int slices = TapRows * TapColumns, quads = (K + 3) / 4;
        nint* taps = stackalloc nint[slices];
        for (int i = 0; i < slices; i++)
            taps[i] = i / TapColumns * TapRow + i % TapColumns * TapColumn;

        byte** x = stackalloc byte*[8];
        for (int row = firstRow; row < endRow; row += Height)
        {
            int rows = Math.Min(Height, endRow - row);
            for (int r = 0; r < rows; r++)
                x[r] = X + (row + r) / RowsPerLine * XLine + (row + r) % RowsPerLine * XRow;
            for (int column = firstColumn; column < endColumn; column += Dense.Panel)
            {
                int width = Math.Min(Dense.Panel, Columns - column);
                sbyte* panel = Weights + (nint)column * slices * quads * 4;
                for (int done = 0; done < width; done += 2 * D.Lanes)
                {
                    int live = Math.Min(2 * D.Lanes, width - done);
                    sbyte* w = panel + done * 4;
                    if (live > D.Lanes)
                        Strip<D, V, Q, Two>(rows, x, taps, slices, quads, w, width * 4, row, column + done, live);
                    else
                        Strip<D, V, Q, One>(rows, x, taps, slices, quads, w, width * 4, row, column + done, live);
                }
            }
        }
    }

    private void Strip<D, V, Q, N>(int rows, byte** x, nint* taps, int slices, int quads, sbyte* w, nint step, int row, int column, int live)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        switch (rows)
        {
            case 1: Tile<D, V, Q, N, One>(x, taps, slices, quads, w, step, row, column, live); break;
            case 2: Tile<D, V, Q, N, Two>(x, taps, slices, quads, w, step, row, column, live); break;
            case 3: Tile<D, V, Q, N, Three>(x, taps, slices, quads, w, step, row, column, live); break;
            case 4: Tile<D, V, Q, N, Four>(x, taps, slices, quads, w, step, row, column, live); break;
            case 5: Tile<D, V, Q, N, Five>(x, taps, slices, quads, w, step, row, column, live); break;
            case 6: Tile<D, V, Q, N, Six>(x, taps, slices, quads, w, step, row, column, live); break;
            case 7: Tile<D, V, Q, N, Seven>(x, taps, slices, quads, w, step, row, column, live); break;
            default: Tile<D, V, Q, N, Eight>(x, taps, slices, quads, w, step, row, column, live); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private void Tile<D, V, Q, N, R>(byte** x, nint* taps, int slices, int quads, sbyte* w, nint step, int row, int column, int live)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where R : struct, ICount
    {
        V a0 = D.Zero, a1 = D.Zero, b0 = D.Zero, b1 = D.Zero, c0 = D.Zero, c1 = D.Zero, d0 = D.Zero, d1 = D.Zero;
        V e0 = D.Zero, e1 = D.Zero, f0 = D.Zero, f1 = D.Zero, g0 = D.Zero, g1 = D.Zero, h0 = D.Zero, h1 = D.Zero;
        nint depth = (nint)quads * 4;
        for (int s = 0; s < slices; s++)
        {
            nint tap = taps[s];
            byte* pa = x[0] + tap;
            byte* pb = R.Value > 1 ? x[1] + tap : pa, pc = R.Value > 2 ? x[2] + tap : pa, pd = R.Value > 3 ? x[3] + tap : pa, pe = R.Value > 4 ? x[4] + tap : pa;
            byte* pf = R.Value > 5 ? x[5] + tap : pa, pg = R.Value > 6 ? x[6] + tap : pa, ph = R.Value > 7 ? x[7] + tap : pa;
            for (nint k = 0; k < depth; k += 4, w += step)
            {
                Q w0 = D.Load(w), w1 = N.Value > 1 ? D.Load(w + 4 * D.Lanes) : default, t;
                t = D.Broadcast(pa + k); a0 = D.Add(a0, t, w0); if (N.Value > 1) a1 = D.Add(a1, t, w1);
                if (R.Value > 1) { t = D.Broadcast(pb + k); b0 = D.Add(b0, t, w0); if (N.Value > 1) b1 = D.Add(b1, t, w1); }
                if (R.Value > 2) { t = D.Broadcast(pc + k); c0 = D.Add(c0, t, w0); if (N.Value > 1) c1 = D.Add(c1, t, w1); }
                if (R.Value > 3) { t = D.Broadcast(pd + k); d0 = D.Add(d0, t, w0); if (N.Value > 1) d1 = D.Add(d1, t, w1); }
                if (R.Value > 4) { t = D.Broadcast(pe + k); e0 = D.Add(e0, t, w0); if (N.Value > 1) e1 = D.Add(e1, t, w1); }
                if (R.Value > 5) { t = D.Broadcast(pf + k); f0 = D.Add(f0, t, w0); if (N.Value > 1) f1 = D.Add(f1, t, w1); }
                if (R.Value > 6) { t = D.Broadcast(pg + k); g0 = D.Add(g0, t, w0); if (N.Value > 1) g1 = D.Add(g1, t, w1); }
                if (R.Value > 7) { t = D.Broadcast(ph + k); h0 = D.Add(h0, t, w0); if (N.Value > 1) h1 = D.Add(h1, t, w1); }
            }
        }

        Finish<D, V, Q, N>(a0, a1, row, column, live);
        if (R.Value > 1) Finish<D, V, Q, N>(b0, b1, row + 1, column, live);
        if (R.Value > 2) Finish<D, V, Q, N>(c0, c1, row + 2, column, live);
        if (R.Value > 3) Finish<D, V, Q, N>(d0, d1, row + 3, column, live);
        if (R.Value > 4) Finish<D, V, Q, N>(e0, e1, row + 4, column, live);
        if (R.Value > 5) Finish<D, V, Q, N>(f0, f1, row + 5, column, live);
        if (R.Value > 6) Finish<D, V, Q, N>(g0, g1, row + 6, column, live);
        if (R.Value > 7) Finish<D, V, Q, N>(h0, h1, row + 7, column, live);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Finish<D, V, Q, N>(V v0, V v1, int row, int column, int live) where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        nint at = row / RowsPerLine * YLine + row % RowsPerLine * YRow + column;
        if (live == N.Value * D.Lanes && Y != null)
        {
            D.Store(v0, Bias + column, Scales + column, To, Y + at);
            if (N.Value > 1)
                D.Store(v1, Bias + column + D.Lanes, Scales + column + D.Lanes, To, Y + at + D.Lanes);
            return;
        }
        Partial<D, V, Q>(v0, v1, column, live, at);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private readonly void Partial<D, V, Q>(V v0, V v1, int column, int live, nint at) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        int* sums = stackalloc int[2 * D.Lanes];
        D.Store(v0, sums);
        D.Store(v1, sums + D.Lanes);
        for (int i = 0; i < live; i++)
        {
            int sum = sums[i] + (Bias == null ? 0 : Bias[column + i]);
            if (Y != null)
                Y[at + i] = To.Apply(sum, Scales[column + i]);
            else
                Sums[at + i] = sum;
        }
    }
}

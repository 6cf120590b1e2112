using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>
/// The matrix product under convolution, Gemm and MatMul: rows of x (pixels) times panels of weights. A row is read in <c>slices</c> of <c>K</c>
/// contiguous elements, so a k×k convolution over channels-last data is the same loop as a matrix product.
/// </summary>
internal unsafe struct Dense : IMovable, ILoop
{
    // x: row r lies at X + (r / RowsPerLine) * XLine + (r % RowsPerLine) * XRow; y and the residual likewise.
    public float* X, Weights, Bias, Residual, Y;
    public int Rows, RowsPerLine, Columns, K, TapRows, TapColumns;
    public nint XLine, XRow, TapRow, TapColumn, YLine, YRow, ResidualLine, ResidualRow;

    /// <summary>Elements between images, and between groups of one image; a group has Columns of y, bias and residual.</summary>
    public nint XImage, YImage, ResidualImage, XGroup, WeightsGroup;

    /// <summary>Columns of a panel; the last panel is as wide as what remains. Weights: [panel][slice][k][panel width].</summary>
    public const int Panel = 32;

    /// <summary>Elements between two k of one panel; 0: the panel's own width (packed). Otherwise weights are a row-major [K, Columns] matrix.</summary>
    public nint WeightsRow;

    public float Lo, Hi;

    // Rows of one tile: as many as there are registers for.
    private static int Height => Vector512.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 6 : 4;

    // What threads share out: tiles of rows, or panels of columns where there are more of them, as the weights weigh more there.
    private readonly int Tiles => (Rows + Height - 1) / Height;

    private readonly int Panels => (Columns + Panel - 1) / Panel;

    public readonly long Work => (long)Rows * Columns * K * TapRows * TapColumns;

    public void Move(nint image, nint group)
    {
        X += image * XImage + group * XGroup;
        Weights += group * WeightsGroup;
        Y += image * YImage + group * Columns;
        Bias = Bias == null ? null : Bias + group * Columns;
        Residual = Residual == null ? null : Residual + image * ResidualImage + group * Columns;
    }

    public readonly void Run(in Frame frame) => frame.Run(this, Math.Max(Tiles, Panels), Work);

    public void RunAll() => Run(0, Math.Max(Tiles, Panels));

    public void Run(int from, int to)
    {
        bool byPanels = Panels > Tiles;
        var (row, endRow) = byPanels ? (0, Rows) : (from * Height, Math.Min(Rows, to * Height));
        var (column, endColumn) = byPanels ? (from * Panel, Math.Min(Columns, to * Panel)) : (0, Columns);
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(row, endRow, column, endColumn);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(row, endRow, column, endColumn);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(row, endRow, column, endColumn);
        else
            Run<V1>(row, endRow, column, endColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Run<V>(int firstRow, int endRow, int firstColumn, int endColumn) where V : struct, IVec<V>
    {
        int slices = TapRows * TapColumns;
        nint* taps = stackalloc nint[slices];
        for (int i = 0; i < slices; i++)
            taps[i] = i / TapColumns * TapRow + i % TapColumns * TapColumn;

        float** x = stackalloc float*[8];
        for (int row = firstRow; row < endRow; row += Height)
        {
            int rows = Math.Min(Height, endRow - row);
            for (int r = 0; r < rows; r++)
                x[r] = At(X, XLine, XRow, row + r);
            for (int column = firstColumn; column < endColumn; column += Panel)
            {
                int width = Math.Min(Panel, Columns - column);
                float* weights = WeightsRow != 0 ? Weights + column : Weights + (nint)column * slices * K;
                nint step = WeightsRow != 0 ? WeightsRow : width;
                for (int done = 0; done < width; done += 2 * V.Lanes)
                {
                    int live = Math.Min(2 * V.Lanes, width - done);
                    float* w = weights + done;
                    int c = column + done;
                    if (live > V.Lanes)
                        Strip<V, Two>(rows, x, taps, slices, w, step, row, c, live);
                    else
                        Strip<V, One>(rows, x, taps, slices, w, step, row, c, live);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float* start, nint line, nint row, int index, int rowsPerLine) =>
        start + index / rowsPerLine * line + index % rowsPerLine * row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float* At(float* start, nint line, nint row, int index) => At(start, line, row, index, RowsPerLine);

    private void Strip<V, N>(int rows, float** x, nint* taps, int slices, float* w, nint step, int row, int column, int live)
        where V : struct, IVec<V> where N : struct, ICount
    {
        switch (rows)
        {
            case 1: Tile<V, N, One>(x, taps, slices, w, step, row, column, live); break;
            case 2: Tile<V, N, Two>(x, taps, slices, w, step, row, column, live); break;
            case 3: Tile<V, N, Three>(x, taps, slices, w, step, row, column, live); break;
            case 4: Tile<V, N, Four>(x, taps, slices, w, step, row, column, live); break;
            case 5: Tile<V, N, Five>(x, taps, slices, w, step, row, column, live); break;
            case 6: Tile<V, N, Six>(x, taps, slices, w, step, row, column, live); break;
            case 7: Tile<V, N, Seven>(x, taps, slices, w, step, row, column, live); break;
            default: Tile<V, N, Eight>(x, taps, slices, w, step, row, column, live); break;
        }
    }

    // R rows × N vectors of outputs stay in registers over all of K. R and N are constants to the JIT: the branches below are gone in what it emits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private void Tile<V, N, R>(float** x, nint* taps, int slices, float* w, nint step, int row, int column, int live)
        where V : struct, IVec<V> where N : struct, ICount where R : struct, ICount
    {
        V a0 = V.Zero, a1 = V.Zero, b0 = V.Zero, b1 = V.Zero, c0 = V.Zero, c1 = V.Zero, d0 = V.Zero, d1 = V.Zero;
        V e0 = V.Zero, e1 = V.Zero, f0 = V.Zero, f1 = V.Zero, g0 = V.Zero, g1 = V.Zero, h0 = V.Zero, h1 = V.Zero;
        nint depth = K;
        for (int s = 0; s < slices; s++)
        {
            nint tap = taps[s];
            float* pa = x[0] + tap;
            float* pb = R.Value > 1 ? x[1] + tap : pa, pc = R.Value > 2 ? x[2] + tap : pa, pd = R.Value > 3 ? x[3] + tap : pa, pe = R.Value > 4 ? x[4] + tap : pa;
            float* pf = R.Value > 5 ? x[5] + tap : pa, pg = R.Value > 6 ? x[6] + tap : pa, ph = R.Value > 7 ? x[7] + tap : pa;
            for (nint k = 0; k < depth; k++, w += step)
            {
                V w0 = V.Load(w), w1 = N.Value > 1 ? V.Load(w + V.Lanes) : default, t;
                t = V.Broadcast(pa[k]); a0 = V.MultiplyAdd(t, w0, a0); if (N.Value > 1) a1 = V.MultiplyAdd(t, w1, a1);
                if (R.Value > 1) { t = V.Broadcast(pb[k]); b0 = V.MultiplyAdd(t, w0, b0); if (N.Value > 1) b1 = V.MultiplyAdd(t, w1, b1); }
                if (R.Value > 2) { t = V.Broadcast(pc[k]); c0 = V.MultiplyAdd(t, w0, c0); if (N.Value > 1) c1 = V.MultiplyAdd(t, w1, c1); }
                if (R.Value > 3) { t = V.Broadcast(pd[k]); d0 = V.MultiplyAdd(t, w0, d0); if (N.Value > 1) d1 = V.MultiplyAdd(t, w1, d1); }
                if (R.Value > 4) { t = V.Broadcast(pe[k]); e0 = V.MultiplyAdd(t, w0, e0); if (N.Value > 1) e1 = V.MultiplyAdd(t, w1, e1); }
                if (R.Value > 5) { t = V.Broadcast(pf[k]); f0 = V.MultiplyAdd(t, w0, f0); if (N.Value > 1) f1 = V.MultiplyAdd(t, w1, f1); }
                if (R.Value > 6) { t = V.Broadcast(pg[k]); g0 = V.MultiplyAdd(t, w0, g0); if (N.Value > 1) g1 = V.MultiplyAdd(t, w1, g1); }
                if (R.Value > 7) { t = V.Broadcast(ph[k]); h0 = V.MultiplyAdd(t, w0, h0); if (N.Value > 1) h1 = V.MultiplyAdd(t, w1, h1); }
            }
        }

        Finish<V, N>(a0, a1, row, column, live);
        if (R.Value > 1) Finish<V, N>(b0, b1, row + 1, column, live);
        if (R.Value > 2) Finish<V, N>(c0, c1, row + 2, column, live);
        if (R.Value > 3) Finish<V, N>(d0, d1, row + 3, column, live);
        if (R.Value > 4) Finish<V, N>(e0, e1, row + 4, column, live);
        if (R.Value > 5) Finish<V, N>(f0, f1, row + 5, column, live);
        if (R.Value > 6) Finish<V, N>(g0, g1, row + 6, column, live);
        if (R.Value > 7) Finish<V, N>(h0, h1, row + 7, column, live);
    }

    // Bias, residual and clamp, then the store; a tile whose last columns lie outside goes through a small buffer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    private readonly void Finish<V, N>(V v0, V v1, int row, int column, int live) where V : struct, IVec<V> where N : struct, ICount
    {
        float* y = At(Y, YLine, YRow, row) + column;
        float* residual = Residual == null ? null : At(Residual, ResidualLine, ResidualRow, row) + column;
        if (live == N.Value * V.Lanes)
        {
            Finish(v0, column, residual, 0).Store(y);
            if (N.Value > 1)
                Finish(v1, column, residual, V.Lanes).Store(y + V.Lanes);
            return;
        }
        Partial<V, N>(v0, v1, column, live, y, residual);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private readonly void Partial<V, N>(V v0, V v1, int column, int live, float* y, float* residual) where V : struct, IVec<V> where N : struct, ICount
    {
        float* whole = stackalloc float[2 * V.Lanes];
        v0.Store(whole);
        v1.Store(whole + V.Lanes);
        for (int i = 0; i < live; i++)
        {
            float v = whole[i];
            if (Bias != null)
                v += Bias[column + i];
            if (residual != null)
                v += residual[i];
            y[i] = v < Lo ? Lo : v > Hi ? Hi : v;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly V Finish<V>(V v, int column, float* residual, int lane) where V : struct, IVec<V>
    {
        if (Bias != null)
            v += V.Load(Bias + column + lane);
        if (residual != null)
            v += V.Load(residual + lane);
        return V.Max(V.Broadcast(Lo), V.Min(V.Broadcast(Hi), v));
    }
}

internal interface ICount
{
    static abstract int Value { get; }
}

internal struct One : ICount { public static int Value => 1; }
internal struct Two : ICount { public static int Value => 2; }
internal struct Three : ICount { public static int Value => 3; }
internal struct Four : ICount { public static int Value => 4; }
internal struct Five : ICount { public static int Value => 5; }
internal struct Six : ICount { public static int Value => 6; }
internal struct Seven : ICount { public static int Value => 7; }
internal struct Eight : ICount { public static int Value => 8; }

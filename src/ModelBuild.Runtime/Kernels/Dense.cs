using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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

    /// <summary>
    /// Elements between two k of one panel; 0: the panel's own width, as weights are [panel][slice][k][panel width]. Otherwise they are a row-major
    /// [K, Columns] matrix.
    /// </summary>
    public nint WeightsRow;

    public float Lo, Hi;

    // Rows of a tile at most: with two vectors each, sums fill the registers but for two of weights and one of x.
    public static int Height => Vector512.IsHardwareAccelerated ? 14 : 6;

    // Rows at one distance from each other; a row a line is that too.
    private readonly bool IsEven => RowsPerLine == 1 || XLine == RowsPerLine * XRow;

    private readonly Tiling Tiling => new(Rows, IsEven ? Rows : RowsPerLine, Columns, Height, (long)Columns * K * TapRows * TapColumns * sizeof(float));

    public readonly long Work => (long)Rows * Columns * K * TapRows * TapColumns;

    public void Move(nint image, nint group)
    {
        X += image * XImage + group * XGroup;
        Weights += group * WeightsGroup;
        Y += image * YImage + group * Columns;
        Bias = Bias == null ? null : Bias + group * Columns;
        Residual = Residual == null ? null : Residual + image * ResidualImage + group * Columns;
    }

    /// <summary>A product of two matrices.</summary>
    public static void Multiply(
        in Frame frame, float* x, float* weights, float* bias, float* residual, float* y, int rows, int depth, int columns, int xRow, int weightsRow, int yRow, int residualRow, float lo, float hi) =>
        new Dense
        {
            X = x, Weights = weights, Bias = bias, Residual = residual, Y = y, Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1,
            XRow = xRow, WeightsRow = weightsRow, YRow = yRow, ResidualRow = residualRow, Lo = lo, Hi = hi,
        }.Run(frame);

    public readonly void Run(in Frame frame) => frame.Run(this, Tiling.Parts, Work);

    public readonly void RunAll() => Run(0, Tiling.Parts);

    public readonly void Run(int from, int to)
    {
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(from, to);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(from, to);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(from, to);
        else
            Run<V1>(from, to);
    }

    [SkipLocalsInit]
    private readonly void Run<V>(int from, int to) where V : struct, IVec<V>
    {
        int slices = TapRows * TapColumns;
        nint* taps = stackalloc nint[slices];
        for (int i = 0; i < slices; i++)
            taps[i] = i / TapColumns * TapRow + i % TapColumns * TapColumn;

        float* bias = Bias;
        float* zeros = stackalloc float[Tiling.Panel];
        if (bias == null)
            new Span<float>(zeros, Tiling.Panel).Clear();

        float** pointers = stackalloc float*[2 * Tiling.MostRows];
        var tile = new DenseTile { Taps = taps, Slices = slices, Depth = K, XRow = (RowsPerLine == 1 ? XLine : XRow) * sizeof(float), Y = pointers, Residual = pointers + Tiling.MostRows, Lo = Lo, Hi = Hi };

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
                    float* w = WeightsRow != 0 ? Weights + column : Weights + (nint)column * slices * K;
                    tile.Step = WeightsRow != 0 ? WeightsRow : live;
                    for (int done = 0; done < live; done += 2 * V.Lanes)
                        tile.Run<V>(w + done, (bias == null ? zeros : bias + column) + done, column + done, live - done);
                }
                row = next;
            }
        }
    }

    // Where the rows of a tile lie. Those of y may turn into another line anywhere; mostly they don't.
    private readonly void Point(ref DenseTile tile, int row)
    {
        int line = row / RowsPerLine, pixel = row - line * RowsPerLine, half = (tile.Rows + 1) / 2;
        tile.X0 = X + line * XLine + pixel * XRow;
        tile.X1 = pixel + half < RowsPerLine ? tile.X0 + half * XRow : X + (row + half) / RowsPerLine * XLine + (row + half) % RowsPerLine * XRow;
        float* y = Y + line * YLine + pixel * YRow, residual = Residual == null ? null : Residual + line * ResidualLine + pixel * ResidualRow;
        tile.HasResidual = residual != null;
        if (pixel + tile.Rows <= RowsPerLine && residual == null)
        {
            for (int r = 0; r < tile.Rows; r++, y += YRow)
                tile.Y[r] = y;
            return;
        }
        nint turn = YLine - RowsPerLine * YRow, residualTurn = ResidualLine - RowsPerLine * ResidualRow;
        for (int r = 0; r < tile.Rows; r++, y += YRow)
        {
            tile.Y[r] = y;
            if (residual != null)
            {
                tile.Residual[r] = residual;
                residual += ResidualRow;
            }
            if (++pixel < RowsPerLine)
                continue;
            pixel = 0;
            y += turn;
            residual = residual == null ? null : residual + residualTurn;
        }
    }
}

/// <summary>Some rows of x, at one distance from each other in each half of them, times one or two vectors of a panel.</summary>
internal unsafe struct DenseTile
{
    /// <summary>The first row, and the first of the second half.</summary>
    public float* X0, X1;
    public int Rows;
    public nint XRow;
    public nint* Taps;
    public nint Slices, Depth, Step;
    public float** Y, Residual;
    public bool HasResidual;
    public float Lo, Hi;

    // Floats of weights that are asked for before they are used: those of large layers come from memory.
    private const int Ahead = 1024;

    /// <summary>Columns from <paramref name="at"/> on, two vectors at most. Weights, bias and residual are read in whole vectors: what lies behind them is weights, scratch or padding.</summary>
    public readonly void Run<V>(float* w, float* bias, nint at, int columns) where V : struct, IVec<V>
    {
        if (columns > V.Lanes)
            Run<V, Two>(w, bias, at, Math.Min(columns - V.Lanes, V.Lanes));
        else
            Run<V, One>(w, bias, at, columns);
    }

    /// <summary>The same of one row.</summary>
    public readonly void Row<V>(float* w, float* bias, nint at, int columns) where V : struct, IVec<V>
    {
        if (columns > V.Lanes)
            Row<V, Two>(this, w, bias, at, Math.Min(columns - V.Lanes, V.Lanes));
        else
            Row<V, One>(this, w, bias, at, columns);
    }

    private readonly void Run<V, N>(float* w, float* bias, nint at, int last) where V : struct, IVec<V> where N : struct, ICount
    {
        switch (Rows)
        {
            case 1: Row<V, N>(this, w, bias, at, last); break;
            case 2: Tile<V, N, Two>(this, w, bias, at, last); break;
            case 3: Tile<V, N, Three>(this, w, bias, at, last); break;
            case 4: Tile<V, N, Four>(this, w, bias, at, last); break;
            case 5: Tile<V, N, Five>(this, w, bias, at, last); break;
            case 6: Tile<V, N, Six>(this, w, bias, at, last); break;
            case 7: Tile<V, N, Seven>(this, w, bias, at, last); break;
            case 8: Tile<V, N, Eight>(this, w, bias, at, last); break;
            case 9: Tile<V, N, Nine>(this, w, bias, at, last); break;
            case 10: Tile<V, N, Ten>(this, w, bias, at, last); break;
            case 11: Tile<V, N, Eleven>(this, w, bias, at, last); break;
            case 12: Tile<V, N, Twelve>(this, w, bias, at, last); break;
            case 13: Tile<V, N, Thirteen>(this, w, bias, at, last); break;
            default: Tile<V, N, Fourteen>(this, w, bias, at, last); break;
        }
    }

    // R rows × N vectors of outputs stay in registers over all of K. R and N are constants to the JIT: the branches below are gone in what it emits.
    // Rows are reached from two pointers by multiples of their distance that an address can say, so that all of them cost a handful of registers.
    // Nothing is called from here: a call would put every sum into memory, in each step of the loop.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<V, N, R>(in DenseTile tile, float* w, float* bias, nint at, int last) where V : struct, IVec<V> where N : struct, ICount where R : struct, ICount
    {
        V a0 = V.Load(bias), a1 = N.Value > 1 ? V.Load(bias + V.Lanes) : V.Zero;
        V b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1, e0 = a0, e1 = a1, f0 = a0, f1 = a1, g0 = a0, g1 = a1;
        V h0 = a0, h1 = a1, i0 = a0, i1 = a1, j0 = a0, j1 = a1, k0 = a0, k1 = a1, l0 = a0, l1 = a1, m0 = a0, m1 = a1, n0 = a0, n1 = a1;
        nint* tap = tile.Taps, end = tap + tile.Slices;
        nint row = tile.XRow, row3 = 3 * row, row5 = 5 * row, step = tile.Step;
        for (; tap < end; tap++)
        {
            float* p = tile.X0 + *tap, q = tile.X1 + *tap, stop = p + tile.Depth;
            for (; p < stop; p++, q++, w += step)
            {
                V w0 = V.Load(w), w1 = N.Value > 1 ? V.Load(w + V.Lanes) : default;
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(w + Ahead);
                    if (N.Value * V.Lanes > 16)
                        Sse.Prefetch0(w + Ahead + 16);
                }
                { V t = V.Broadcast(*p); V.Accumulate(ref a0, t, w0); if (N.Value > 1) V.Accumulate(ref a1, t, w1); }
                if (R.Value > 2) { V t = V.Broadcast(At(p, row)); V.Accumulate(ref b0, t, w0); if (N.Value > 1) V.Accumulate(ref b1, t, w1); }
                if (R.Value > 4) { V t = V.Broadcast(At(p, 2 * row)); V.Accumulate(ref c0, t, w0); if (N.Value > 1) V.Accumulate(ref c1, t, w1); }
                if (R.Value > 6) { V t = V.Broadcast(At(p, row3)); V.Accumulate(ref d0, t, w0); if (N.Value > 1) V.Accumulate(ref d1, t, w1); }
                if (R.Value > 8) { V t = V.Broadcast(At(p, 4 * row)); V.Accumulate(ref e0, t, w0); if (N.Value > 1) V.Accumulate(ref e1, t, w1); }
                if (R.Value > 10) { V t = V.Broadcast(At(p, row5)); V.Accumulate(ref f0, t, w0); if (N.Value > 1) V.Accumulate(ref f1, t, w1); }
                if (R.Value > 12) { V t = V.Broadcast(At(p, 2 * row3)); V.Accumulate(ref g0, t, w0); if (N.Value > 1) V.Accumulate(ref g1, t, w1); }
                if (R.Value > 1) { V t = V.Broadcast(*q); V.Accumulate(ref h0, t, w0); if (N.Value > 1) V.Accumulate(ref h1, t, w1); }
                if (R.Value > 3) { V t = V.Broadcast(At(q, row)); V.Accumulate(ref i0, t, w0); if (N.Value > 1) V.Accumulate(ref i1, t, w1); }
                if (R.Value > 5) { V t = V.Broadcast(At(q, 2 * row)); V.Accumulate(ref j0, t, w0); if (N.Value > 1) V.Accumulate(ref j1, t, w1); }
                if (R.Value > 7) { V t = V.Broadcast(At(q, row3)); V.Accumulate(ref k0, t, w0); if (N.Value > 1) V.Accumulate(ref k1, t, w1); }
                if (R.Value > 9) { V t = V.Broadcast(At(q, 4 * row)); V.Accumulate(ref l0, t, w0); if (N.Value > 1) V.Accumulate(ref l1, t, w1); }
                if (R.Value > 11) { V t = V.Broadcast(At(q, row5)); V.Accumulate(ref m0, t, w0); if (N.Value > 1) V.Accumulate(ref m1, t, w1); }
                if (R.Value > 13) { V t = V.Broadcast(At(q, 2 * row3)); V.Accumulate(ref n0, t, w0); if (N.Value > 1) V.Accumulate(ref n1, t, w1); }
            }
        }
        float** y = tile.Y, residual = tile.Residual;
        if (tile.HasResidual)
        {
            Add<V, N>(residual[0] + at, ref a0, ref a1);
            if (R.Value > 2) Add<V, N>(residual[1] + at, ref b0, ref b1);
            if (R.Value > 4) Add<V, N>(residual[2] + at, ref c0, ref c1);
            if (R.Value > 6) Add<V, N>(residual[3] + at, ref d0, ref d1);
            if (R.Value > 8) Add<V, N>(residual[4] + at, ref e0, ref e1);
            if (R.Value > 10) Add<V, N>(residual[5] + at, ref f0, ref f1);
            if (R.Value > 12) Add<V, N>(residual[6] + at, ref g0, ref g1);
            if (R.Value > 1) Add<V, N>(residual[(R.Value + 1) / 2] + at, ref h0, ref h1);
            if (R.Value > 3) Add<V, N>(residual[(R.Value + 1) / 2 + 1] + at, ref i0, ref i1);
            if (R.Value > 5) Add<V, N>(residual[(R.Value + 1) / 2 + 2] + at, ref j0, ref j1);
            if (R.Value > 7) Add<V, N>(residual[(R.Value + 1) / 2 + 3] + at, ref k0, ref k1);
            if (R.Value > 9) Add<V, N>(residual[(R.Value + 1) / 2 + 4] + at, ref l0, ref l1);
            if (R.Value > 11) Add<V, N>(residual[(R.Value + 1) / 2 + 5] + at, ref m0, ref m1);
            if (R.Value > 13) Add<V, N>(residual[(R.Value + 1) / 2 + 6] + at, ref n0, ref n1);
        }
        V lo = V.Broadcast(tile.Lo), hi = V.Broadcast(tile.Hi);
        Finish<V, N>(y[0] + at, a0, a1, lo, hi, last);
        if (R.Value > 2) Finish<V, N>(y[1] + at, b0, b1, lo, hi, last);
        if (R.Value > 4) Finish<V, N>(y[2] + at, c0, c1, lo, hi, last);
        if (R.Value > 6) Finish<V, N>(y[3] + at, d0, d1, lo, hi, last);
        if (R.Value > 8) Finish<V, N>(y[4] + at, e0, e1, lo, hi, last);
        if (R.Value > 10) Finish<V, N>(y[5] + at, f0, f1, lo, hi, last);
        if (R.Value > 12) Finish<V, N>(y[6] + at, g0, g1, lo, hi, last);
        if (R.Value > 1) Finish<V, N>(y[(R.Value + 1) / 2] + at, h0, h1, lo, hi, last);
        if (R.Value > 3) Finish<V, N>(y[(R.Value + 1) / 2 + 1] + at, i0, i1, lo, hi, last);
        if (R.Value > 5) Finish<V, N>(y[(R.Value + 1) / 2 + 2] + at, j0, j1, lo, hi, last);
        if (R.Value > 7) Finish<V, N>(y[(R.Value + 1) / 2 + 3] + at, k0, k1, lo, hi, last);
        if (R.Value > 9) Finish<V, N>(y[(R.Value + 1) / 2 + 4] + at, l0, l1, lo, hi, last);
        if (R.Value > 11) Finish<V, N>(y[(R.Value + 1) / 2 + 5] + at, m0, m1, lo, hi, last);
        if (R.Value > 13) Finish<V, N>(y[(R.Value + 1) / 2 + 6] + at, n0, n1, lo, hi, last);
    }

    // One row alone: four steps of k at once, as each sum waits for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row<V, N>(in DenseTile tile, float* w, float* bias, nint at, int last) where V : struct, IVec<V> where N : struct, ICount
    {
        V a0 = V.Load(bias), a1 = N.Value > 1 ? V.Load(bias + V.Lanes) : V.Zero, b0 = V.Zero, b1 = V.Zero, c0 = V.Zero, c1 = V.Zero, d0 = V.Zero, d1 = V.Zero, t;
        nint* taps = tile.Taps;
        nint slices = tile.Slices, depth = tile.Depth, step = tile.Step;
        for (nint s = 0; s < slices; s++)
        {
            float* x = tile.X0 + taps[s];
            nint k = 0;
            for (; k <= depth - 4; k += 4, w += 4 * step)
            {
                t = V.Broadcast(x[k]); a0 = V.MultiplyAdd(V.Load(w), t, a0); if (N.Value > 1) a1 = V.MultiplyAdd(V.Load(w + V.Lanes), t, a1);
                t = V.Broadcast(x[k + 1]); b0 = V.MultiplyAdd(V.Load(w + step), t, b0); if (N.Value > 1) b1 = V.MultiplyAdd(V.Load(w + step + V.Lanes), t, b1);
                t = V.Broadcast(x[k + 2]); c0 = V.MultiplyAdd(V.Load(w + 2 * step), t, c0); if (N.Value > 1) c1 = V.MultiplyAdd(V.Load(w + 2 * step + V.Lanes), t, c1);
                t = V.Broadcast(x[k + 3]); d0 = V.MultiplyAdd(V.Load(w + 3 * step), t, d0); if (N.Value > 1) d1 = V.MultiplyAdd(V.Load(w + 3 * step + V.Lanes), t, d1);
            }
            for (; k < depth; k++, w += step)
            {
                t = V.Broadcast(x[k]);
                a0 = V.MultiplyAdd(V.Load(w), t, a0);
                if (N.Value > 1) a1 = V.MultiplyAdd(V.Load(w + V.Lanes), t, a1);
            }
        }
        a0 += b0 + (c0 + d0);
        a1 += b1 + (c1 + d1);
        if (tile.HasResidual)
            Add<V, N>(tile.Residual[0] + at, ref a0, ref a1);
        Finish<V, N>(tile.Y[0] + at, a0, a1, V.Broadcast(tile.Lo), V.Broadcast(tile.Hi), last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float At(float* x, nint bytes) => *(float*)((byte*)x + bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<V, N>(float* residual, ref V v0, ref V v1) where V : struct, IVec<V> where N : struct, ICount
    {
        v0 += V.Load(residual);
        if (N.Value > 1) v1 += V.Load(residual + V.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<V, N>(float* y, V v0, V v1, V lo, V hi, int last) where V : struct, IVec<V> where N : struct, ICount
    {
        v0 = V.Max(lo, V.Min(hi, v0));
        if (N.Value > 1)
        {
            v0.Store(y);
            v0 = V.Max(lo, V.Min(hi, v1));
            y += V.Lanes;
        }
        if (last == V.Lanes)
            v0.Store(y);
        else
            v0.Store(y, last);
    }
}

/// <summary>A short vector times a matrix: what <see cref="Dense"/> asks before it begins would take as long as the product.</summary>
internal static unsafe class DenseRow
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float* x, float* weights, float* bias, float* residual, float* y, int depth, int columns, int weightsRow, float lo, float hi)
    {
        nint start = 0;
        var tile = new DenseTile
        {
            X0 = x, Rows = 1, Taps = &start, Slices = 1, Depth = depth, Y = &y, Residual = &residual, HasResidual = residual != null, Lo = lo, Hi = hi,
        };
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(ref tile, weights, bias, depth, columns, weightsRow);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(ref tile, weights, bias, depth, columns, weightsRow);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(ref tile, weights, bias, depth, columns, weightsRow);
        else
            Run<V1>(ref tile, weights, bias, depth, columns, weightsRow);
    }

    [SkipLocalsInit]
    private static void Run<V>(ref DenseTile tile, float* weights, float* bias, nint depth, int columns, nint weightsRow) where V : struct, IVec<V>
    {
        float* zeros = stackalloc float[Tiling.Panel];
        if (bias == null)
            new Span<float>(zeros, Tiling.Panel).Clear();
        for (int column = 0; column < columns; column += Tiling.Panel)
        {
            int live = Math.Min(Tiling.Panel, columns - column);
            tile.Step = weightsRow != 0 ? weightsRow : live;
            float* w = weights + column * (weightsRow != 0 ? 1 : depth);
            for (int done = 0; done < live; done += 2 * V.Lanes)
                tile.Row<V>(w + done, (bias == null ? zeros : bias + column) + done, column + done, live - done);
        }
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
internal struct Nine : ICount { public static int Value => 9; }
internal struct Ten : ICount { public static int Value => 10; }
internal struct Eleven : ICount { public static int Value => 11; }
internal struct Twelve : ICount { public static int Value => 12; }
internal struct Thirteen : ICount { public static int Value => 13; }
internal struct Fourteen : ICount { public static int Value => 14; }

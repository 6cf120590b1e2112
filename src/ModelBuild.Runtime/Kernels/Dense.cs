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

    /// <summary>
    /// Elements between two k of one panel; 0: the panel's own width, as weights are [panel][slice][k][panel width]. Otherwise they are a row-major
    /// [K, Columns] matrix.
    /// </summary>
    public nint WeightsRow;

    public float Lo, Hi;

    // Rows of a tile at most: with two vectors each, accumulators fill half of the 512-bit registers, and a third row more would spill the 256-bit ones.
    private static int Height => Vector512.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 6 : 4;

    private readonly Tiling Tiling => new(Rows, Columns, Height, (long)Columns * K * TapRows * TapColumns * sizeof(float));

    public readonly long Work => (long)Rows * Columns * K * TapRows * TapColumns;

    public void Move(nint image, nint group)
    {
        X += image * XImage + group * XGroup;
        Weights += group * WeightsGroup;
        Y += image * YImage + group * Columns;
        Bias = Bias == null ? null : Bias + group * Columns;
        Residual = Residual == null ? null : Residual + image * ResidualImage + group * Columns;
    }

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

        float** pointers = stackalloc float*[RowPointers.Count];
        var rows = new RowPointers(pointers);

        // All panels for some rows, or all rows for a panel.
        Tiling tiling = Tiling;
        tiling.Part(from, to, out int firstTile, out int endTile, out int firstColumn, out int endColumn);
        for (int first = firstColumn; first < endColumn; first += tiling.Width)
        {
            int end = Math.Min(endColumn, first + tiling.Width);
            int row = tiling.Row(firstTile);
            for (int tile = firstTile; tile < endTile; tile++)
            {
                int next = tiling.Row(tile + 1), count = next - row;
                Point(&rows, row, count);
                for (int column = first; column < end; column += Tiling.Panel)
                {
                    int live = Math.Min(Tiling.Panel, Columns - column);
                    float* w = WeightsRow != 0 ? Weights + column : Weights + (nint)column * slices * K;
                    var panel = new DensePanel { Rows = &rows, Count = count, Taps = taps, Slices = slices, Depth = K, Step = WeightsRow != 0 ? WeightsRow : live, Lo = Lo, Hi = Hi, Start = column, W = w, Bias = bias == null ? zeros : bias + column };
                    panel.Run<V>(live);
                }
                row = next;
            }
        }
    }

    private readonly void Point(RowPointers* rows, int row, int count)
    {
        int line = row / RowsPerLine, column = row - line * RowsPerLine;
        for (int r = 0; r < count; r++)
        {
            rows->X[r] = X + line * XLine + column * XRow;
            rows->Y[r] = Y + line * YLine + column * YRow;
            rows->Residual[r] = Residual == null ? null : Residual + line * ResidualLine + column * ResidualRow;
            if (++column == RowsPerLine)
            {
                column = 0;
                line++;
            }
        }
    }
}

/// <summary>Where the rows of a tile begin: eight pointers each.</summary>
internal unsafe struct RowPointers
{
    public float** X, Y, Residual;

    public const int Count = 3 * 8;

    public RowPointers(float** memory)
    {
        X = memory;
        Y = memory + 8;
        Residual = memory + 16;
    }
}

/// <summary>Some rows times one panel.</summary>
internal unsafe struct DensePanel
{
    public RowPointers* Rows;
    public int Count, Start;
    public nint* Taps;
    public nint Slices, Depth, Step;
    public float* W, Bias;
    public float Lo, Hi;

    /// <summary>As many columns as go by whole vectors, of fewer lanes towards the end; what then remains goes through a buffer.</summary>
    public void Run<V>(int live) where V : struct, IVec<V>
    {
        nint done = 0;
        if (V.Lanes >= V512.Lanes)
            done = Whole<V512>(done, live);
        if (V.Lanes >= V256.Lanes && done < live)
            done = Whole<V256>(done, live);
        if (V.Lanes >= V128.Lanes && done < live)
            done = Whole<V128>(done, live);
        if (V.Lanes == V1.Lanes)
            done = Whole<V1>(done, live);
        if (done < live)
            Rest(done, (int)(live - done));
    }

    private nint Whole<V>(nint done, int live) where V : struct, IVec<V>
    {
        for (; done <= live - 2 * V.Lanes; done += 2 * V.Lanes)
            Tiles<V, Two>(Rows, done, Bias + done);
        if (done <= live - V.Lanes)
        {
            Tiles<V, One>(Rows, done, Bias + done);
            done += V.Lanes;
        }
        return done;
    }

    /// <summary>Up to three columns. Weights are read past their end, which is followed by others or by padding; nothing is written there.</summary>
    [SkipLocalsInit]
    private void Rest(nint done, int live)
    {
        const int lanes = 4;
        float* buffer = stackalloc float[(2 * 8 + 1) * lanes], residuals = buffer + 8 * lanes, bias = residuals + 8 * lanes;
        float** pointers = stackalloc float*[RowPointers.Count];
        var rows = new RowPointers(pointers) { X = Rows->X };
        nint at = Start + done;
        for (int i = 0; i < lanes; i++)
            bias[i] = i < live ? Bias[done + i] : 0;
        for (int r = 0; r < Count; r++)
        {
            rows.Y[r] = buffer + r * lanes - at;
            rows.Residual[r] = null;
            if (Rows->Residual[r] == null)
                continue;
            rows.Residual[r] = residuals + r * lanes - at;
            for (int i = 0; i < lanes; i++)
                residuals[r * lanes + i] = i < live ? Rows->Residual[r][at + i] : 0;
        }
        Tiles<V128, One>(&rows, done, bias);
        for (int r = 0; r < Count; r++)
        {
            for (int i = 0; i < live; i++)
                Rows->Y[r][at + i] = buffer[r * lanes + i];
        }
    }

    private void Tiles<V, N>(RowPointers* rows, nint done, float* bias) where V : struct, IVec<V> where N : struct, ICount
    {
        float* w = W + done;
        nint at = Start + done;
        switch (Count)
        {
            case 1: Row<V, N>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 2: Tile<V, N, Two>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 3: Tile<V, N, Three>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 4: Tile<V, N, Four>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 5: Tile<V, N, Five>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 6: Tile<V, N, Six>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            case 7: Tile<V, N, Seven>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
            default: Tile<V, N, Eight>(rows, Taps, Slices, Depth, w, Step, bias, at, Lo, Hi); break;
        }
    }

    // R rows × N vectors of outputs stay in registers over all of K. R and N are constants to the JIT: the branches below are gone in what it emits.
    // Nothing is called from here: a call would put every accumulator into memory, in each step of the loop.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<V, N, R>(RowPointers* rows, nint* taps, nint slices, nint depth, float* w, nint step, float* bias, nint at, float lo, float hi)
        where V : struct, IVec<V> where N : struct, ICount where R : struct, ICount
    {
        V a0 = V.Load(bias), a1 = N.Value > 1 ? V.Load(bias + V.Lanes) : V.Zero;
        V b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
        V e0 = a0, e1 = a1, f0 = a0, f1 = a1, g0 = a0, g1 = a1, h0 = a0, h1 = a1;
        for (nint s = 0; s < slices; s++)
        {
            nint tap = taps[s];
            float* pa = rows->X[0] + tap;
            float* pb = R.Value > 1 ? rows->X[1] + tap : pa, pc = R.Value > 2 ? rows->X[2] + tap : pa, pd = R.Value > 3 ? rows->X[3] + tap : pa;
            float* pe = R.Value > 4 ? rows->X[4] + tap : pa, pf = R.Value > 5 ? rows->X[5] + tap : pa, pg = R.Value > 6 ? rows->X[6] + tap : pa, ph = R.Value > 7 ? rows->X[7] + tap : pa;
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
        Finish<V, N>(a0, a1, rows->Y[0], rows->Residual[0], at, lo, hi);
        if (R.Value > 1) Finish<V, N>(b0, b1, rows->Y[1], rows->Residual[1], at, lo, hi);
        if (R.Value > 2) Finish<V, N>(c0, c1, rows->Y[2], rows->Residual[2], at, lo, hi);
        if (R.Value > 3) Finish<V, N>(d0, d1, rows->Y[3], rows->Residual[3], at, lo, hi);
        if (R.Value > 4) Finish<V, N>(e0, e1, rows->Y[4], rows->Residual[4], at, lo, hi);
        if (R.Value > 5) Finish<V, N>(f0, f1, rows->Y[5], rows->Residual[5], at, lo, hi);
        if (R.Value > 6) Finish<V, N>(g0, g1, rows->Y[6], rows->Residual[6], at, lo, hi);
        if (R.Value > 7) Finish<V, N>(h0, h1, rows->Y[7], rows->Residual[7], at, lo, hi);
    }

    // One row alone: four steps of k at once, as each sum waits for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row<V, N>(RowPointers* rows, nint* taps, nint slices, nint depth, float* w, nint step, float* bias, nint at, float lo, float hi)
        where V : struct, IVec<V> where N : struct, ICount
    {
        V a0 = V.Load(bias), a1 = N.Value > 1 ? V.Load(bias + V.Lanes) : V.Zero, b0 = V.Zero, b1 = V.Zero, c0 = V.Zero, c1 = V.Zero, d0 = V.Zero, d1 = V.Zero, t;
        for (nint s = 0; s < slices; s++)
        {
            float* x = rows->X[0] + taps[s];
            nint k = 0;
            for (; k <= depth - 4; k += 4, w += 4 * step)
            {
                t = V.Broadcast(x[k]); a0 = V.MultiplyAdd(t, V.Load(w), a0); if (N.Value > 1) a1 = V.MultiplyAdd(t, V.Load(w + V.Lanes), a1);
                t = V.Broadcast(x[k + 1]); b0 = V.MultiplyAdd(t, V.Load(w + step), b0); if (N.Value > 1) b1 = V.MultiplyAdd(t, V.Load(w + step + V.Lanes), b1);
                t = V.Broadcast(x[k + 2]); c0 = V.MultiplyAdd(t, V.Load(w + 2 * step), c0); if (N.Value > 1) c1 = V.MultiplyAdd(t, V.Load(w + 2 * step + V.Lanes), c1);
                t = V.Broadcast(x[k + 3]); d0 = V.MultiplyAdd(t, V.Load(w + 3 * step), d0); if (N.Value > 1) d1 = V.MultiplyAdd(t, V.Load(w + 3 * step + V.Lanes), d1);
            }
            for (; k < depth; k++, w += step)
            {
                t = V.Broadcast(x[k]);
                a0 = V.MultiplyAdd(t, V.Load(w), a0);
                if (N.Value > 1) a1 = V.MultiplyAdd(t, V.Load(w + V.Lanes), a1);
            }
        }
        Finish<V, N>(a0 + b0 + (c0 + d0), a1 + b1 + (c1 + d1), rows->Y[0], rows->Residual[0], at, lo, hi);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<V, N>(V v0, V v1, float* y, float* residual, nint at, float lo, float hi) where V : struct, IVec<V> where N : struct, ICount
    {
        if (residual != null)
        {
            v0 += V.Load(residual + at);
            if (N.Value > 1) v1 += V.Load(residual + at + V.Lanes);
        }
        V.Max(V.Broadcast(lo), V.Min(V.Broadcast(hi), v0)).Store(y + at);
        if (N.Value > 1) V.Max(V.Broadcast(lo), V.Min(V.Broadcast(hi), v1)).Store(y + at + V.Lanes);
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

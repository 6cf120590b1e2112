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

    // VNNI's sums live in sixteen registers, operands included; AVX-512 and Arm have 32.
    private static int Height => AvxVnni.IsSupported ? 6 : Avx512BW.IsSupported || AdvSimd.IsSupported ? 8 : 4;

    private readonly Tiling Tiling => new(Rows, Rows, Columns, Height, (long)Columns * ((K + 3) / 4 * 4) * TapRows * TapColumns);

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

        int* bias = Bias, zeros = stackalloc int[Tiling.Panel];
        if (bias == null)
            new Span<int>(zeros, Tiling.Panel).Clear();
        void** pointers = stackalloc void*[IntegerRows.Count];
        var rows = new IntegerRows(pointers);

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
                    var panel = new IntegerPanel
                    {
                        Rows = &rows, Count = count, Taps = taps, Slices = slices, Depth = quads * 4, Step = live * 4, Start = column,
                        W = Weights + (nint)column * slices * quads * 4, Bias = bias == null ? zeros : bias + column, Scales = Scales + column, To = To,
                    };
                    panel.Run<D, V, Q>(live);
                }
                row = next;
            }
        }
    }

    private readonly void Point(IntegerRows* rows, int row, int count)
    {
        int line = row / RowsPerLine, column = row - line * RowsPerLine;
        for (int r = 0; r < count; r++)
        {
            nint at = line * YLine + column * YRow;
            rows->X[r] = X + line * XLine + column * XRow;
            rows->Y[r] = Y == null ? null : Y + at;
            rows->Sums[r] = Sums == null ? null : Sums + at;
            if (++column == RowsPerLine)
            {
                column = 0;
                line++;
            }
        }
    }
}

/// <summary>Where the rows of a tile begin: eight pointers each; of Y and Sums, one kind is null.</summary>
internal unsafe struct IntegerRows
{
    public byte** X, Y;
    public int** Sums;

    public const int Count = 3 * 8;

    public IntegerRows(void** memory)
    {
        X = (byte**)memory;
        Y = (byte**)memory + 8;
        Sums = (int**)memory + 16;
    }
}

/// <summary>Some rows times one panel.</summary>
internal unsafe struct IntegerPanel
{
    public IntegerRows* Rows;
    public int Count, Start;
    public nint* Taps;
    public nint Slices, Depth, Step;
    public sbyte* W;
    public int* Bias;
    public float* Scales;
    public Requantization To;

    public void Run<D, V, Q>(int live) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        nint done = 0;
        for (; done <= live - 2 * D.Lanes; done += 2 * D.Lanes)
            Tiles<D, V, Q, Two>(Rows, done, Bias + done, Scales + done);
        if (done <= live - D.Lanes)
        {
            Tiles<D, V, Q, One>(Rows, done, Bias + done, Scales + done);
            done += D.Lanes;
        }
        if (done < live)
            Rest<D, V, Q>(done, (int)(live - done));
    }

    /// <summary>Fewer columns than lanes. Weights are read past their end, which is followed by others or by padding; nothing is written there.</summary>
    [SkipLocalsInit]
    private void Rest<D, V, Q>(nint done, int live) where D : struct, IDot<V, Q> where V : struct where Q : struct
    {
        void** pointers = stackalloc void*[IntegerRows.Count];
        var rows = new IntegerRows(pointers) { X = Rows->X };
        int* bias = stackalloc int[D.Lanes], sums = stackalloc int[8 * D.Lanes];
        float* scales = stackalloc float[D.Lanes];
        byte* bytes = stackalloc byte[8 * D.Lanes];
        nint at = Start + done;
        bool whole = Rows->Y[0] != null;
        for (int i = 0; i < D.Lanes; i++)
        {
            bias[i] = i < live ? Bias[done + i] : 0;
            scales[i] = whole && i < live ? Scales[done + i] : 0;
        }
        for (int r = 0; r < Count; r++)
        {
            rows.Y[r] = whole ? bytes + r * D.Lanes - at : null;
            rows.Sums[r] = whole ? null : sums + r * D.Lanes - at;
        }
        Tiles<D, V, Q, One>(&rows, done, bias, scales);
        for (int r = 0; r < Count; r++)
        {
            for (int i = 0; i < live; i++)
            {
                if (whole)
                    Rows->Y[r][at + i] = bytes[r * D.Lanes + i];
                else
                    Rows->Sums[r][at + i] = sums[r * D.Lanes + i];
            }
        }
    }

    private void Tiles<D, V, Q, N>(IntegerRows* rows, nint done, int* bias, float* scales)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        sbyte* w = W + 4 * done;
        nint at = Start + done;
        switch (Count)
        {
            case 1: Row<D, V, Q, N>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 2: Tile<D, V, Q, N, Two>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 3: Tile<D, V, Q, N, Three>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 4: Tile<D, V, Q, N, Four>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 5: Tile<D, V, Q, N, Five>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 6: Tile<D, V, Q, N, Six>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            case 7: Tile<D, V, Q, N, Seven>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
            default: Tile<D, V, Q, N, Eight>(rows, Taps, Slices, Depth, w, Step, bias, scales, at, To); break;
        }
    }

    // Nothing is called from here: a call would put every sum into memory, in each step of the loop.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<D, V, Q, N, R>(IntegerRows* rows, nint* taps, nint slices, nint depth, sbyte* w, nint step, int* bias, float* scales, nint at, in Requantization to)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount where R : struct, ICount
    {
        V a0 = D.Sums(bias), a1 = N.Value > 1 ? D.Sums(bias + D.Lanes) : D.Zero;
        V b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
        V e0 = a0, e1 = a1, f0 = a0, f1 = a1, g0 = a0, g1 = a1, h0 = a0, h1 = a1;
        for (nint s = 0; s < slices; s++)
        {
            nint tap = taps[s];
            byte* pa = rows->X[0] + tap;
            byte* pb = R.Value > 1 ? rows->X[1] + tap : pa, pc = R.Value > 2 ? rows->X[2] + tap : pa, pd = R.Value > 3 ? rows->X[3] + tap : pa;
            byte* pe = R.Value > 4 ? rows->X[4] + tap : pa, pf = R.Value > 5 ? rows->X[5] + tap : pa, pg = R.Value > 6 ? rows->X[6] + tap : pa, ph = R.Value > 7 ? rows->X[7] + tap : pa;
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
        Finish<D, V, Q, N>(a0, a1, rows->Y[0], rows->Sums[0], scales, at, to);
        if (R.Value > 1) Finish<D, V, Q, N>(b0, b1, rows->Y[1], rows->Sums[1], scales, at, to);
        if (R.Value > 2) Finish<D, V, Q, N>(c0, c1, rows->Y[2], rows->Sums[2], scales, at, to);
        if (R.Value > 3) Finish<D, V, Q, N>(d0, d1, rows->Y[3], rows->Sums[3], scales, at, to);
        if (R.Value > 4) Finish<D, V, Q, N>(e0, e1, rows->Y[4], rows->Sums[4], scales, at, to);
        if (R.Value > 5) Finish<D, V, Q, N>(f0, f1, rows->Y[5], rows->Sums[5], scales, at, to);
        if (R.Value > 6) Finish<D, V, Q, N>(g0, g1, rows->Y[6], rows->Sums[6], scales, at, to);
        if (R.Value > 7) Finish<D, V, Q, N>(h0, h1, rows->Y[7], rows->Sums[7], scales, at, to);
    }

    // One row alone: four steps of k at once, as each sum waits for the one before it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row<D, V, Q, N>(IntegerRows* rows, nint* taps, nint slices, nint depth, sbyte* w, nint step, int* bias, float* scales, nint at, in Requantization to)
        where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        V a0 = D.Sums(bias), a1 = N.Value > 1 ? D.Sums(bias + D.Lanes) : D.Zero, b0 = D.Zero, b1 = D.Zero, c0 = D.Zero, c1 = D.Zero, d0 = D.Zero, d1 = D.Zero;
        Q t;
        for (nint s = 0; s < slices; s++)
        {
            byte* x = rows->X[0] + taps[s];
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
        Finish<D, V, Q, N>(D.Plus(D.Plus(a0, b0), D.Plus(c0, d0)), D.Plus(D.Plus(a1, b1), D.Plus(c1, d1)), rows->Y[0], rows->Sums[0], scales, at, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<D, V, Q, N>(V v0, V v1, byte* y, int* sums, float* scales, nint at, in Requantization to) where D : struct, IDot<V, Q> where V : struct where Q : struct where N : struct, ICount
    {
        if (y != null)
        {
            D.Store(v0, scales, to, y + at);
            if (N.Value > 1) D.Store(v1, scales + D.Lanes, to, y + at + D.Lanes);
        }
        else
        {
            D.Store(v0, sums + at);
            if (N.Value > 1) D.Store(v1, sums + at + D.Lanes);
        }
    }
}

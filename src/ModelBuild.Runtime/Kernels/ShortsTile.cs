using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

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

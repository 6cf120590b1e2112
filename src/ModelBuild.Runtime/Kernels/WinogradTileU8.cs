using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

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

using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

/// <summary>Where the pixels of a tile go, and what is added to them.</summary>
internal unsafe struct WinogradTile
{
    public float* Y, Bias, Residual;
    public nint YLine, YPixel, ResidualLine, ResidualPixel, Channels;
    public int Rows, Columns;
    public float Lo, Hi;

    // Aᵀ m A with rows of Aᵀ: (1 1 1 0), (0 1 −1 −1).
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public readonly void Write2<V>(float* from, nint frequency) where V : struct, IVec<V>
    {
        for (nint c = 0; c < Channels; c += V.Lanes)
        {
            float* f = from + c;
            V a0 = V.Load(f), a1 = V.Load(f + frequency), a2 = V.Load(f + 2 * frequency), a3 = V.Load(f + 3 * frequency);
            f += 4 * frequency;
            V b0 = V.Load(f), b1 = V.Load(f + frequency), b2 = V.Load(f + 2 * frequency), b3 = V.Load(f + 3 * frequency);
            f += 4 * frequency;
            V c0 = V.Load(f), c1 = V.Load(f + frequency), c2 = V.Load(f + 2 * frequency), c3 = V.Load(f + 3 * frequency);
            f += 4 * frequency;
            V d0 = V.Load(f), d1 = V.Load(f + frequency), d2 = V.Load(f + 2 * frequency), d3 = V.Load(f + 3 * frequency);
            V bias = Bias == null ? V.Zero : V.Load(Bias + c), lo = V.Broadcast(Lo), hi = V.Broadcast(Hi);
            V s0 = a0 + b0 + c0, s1 = a1 + b1 + c1, s2 = a2 + b2 + c2, s3 = a3 + b3 + c3;
            Put(0, 0, c, s0 + s1 + s2 + bias, lo, hi);
            Put(0, 1, c, s1 - s2 - s3 + bias, lo, hi);
            s0 = b0 - c0 - d0; s1 = b1 - c1 - d1; s2 = b2 - c2 - d2; s3 = b3 - c3 - d3;
            Put(1, 0, c, s0 + s1 + s2 + bias, lo, hi);
            Put(1, 1, c, s1 - s2 - s3 + bias, lo, hi);
        }
    }

    // Rows of Aᵀ: (1 1 1 1 1 0), (0 1 −1 2 −2 0), (0 1 1 4 4 0), (0 1 −1 8 −8 1): the first and third are made of the same sums, and so are the others.
    public readonly void Write4<V>(float* from, nint frequency) where V : struct, IVec<V>
    {
        EvenLines<V>(from, frequency);
        OddLines<V>(from, frequency);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void EvenLines<V>(float* from, nint frequency) where V : struct, IVec<V>
    {
        V two = V.Broadcast(2), four = V.Broadcast(4), eight = V.Broadcast(8), lo = V.Broadcast(Lo), hi = V.Broadcast(Hi);
        for (nint c = 0; c < Channels; c += V.Lanes)
        {
            float* f = from + c;
            V bias = Bias == null ? V.Zero : V.Load(Bias + c);
            Sums(f, frequency, four, out V p0, out V q0);
            Sums(f + frequency, frequency, four, out V p1, out V q1);
            Sums(f + 2 * frequency, frequency, four, out V p2, out V q2);
            Sums(f + 3 * frequency, frequency, four, out V p3, out V q3);
            Sums(f + 4 * frequency, frequency, four, out V p4, out V q4);
            Sums(f + 5 * frequency, frequency, four, out V p5, out V q5);
            Line(0, c, p0, p1, p2, p3, p4, p5, bias, two, four, eight, lo, hi);
            Line(2, c, q0, q1, q2, q3, q4, q5, bias, two, four, eight, lo, hi);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void OddLines<V>(float* from, nint frequency) where V : struct, IVec<V>
    {
        V two = V.Broadcast(2), four = V.Broadcast(4), eight = V.Broadcast(8), lo = V.Broadcast(Lo), hi = V.Broadcast(Hi);
        for (nint c = 0; c < Channels; c += V.Lanes)
        {
            float* f = from + c;
            V bias = Bias == null ? V.Zero : V.Load(Bias + c);
            Differences(f, frequency, two, eight, out V p0, out V q0);
            Differences(f + frequency, frequency, two, eight, out V p1, out V q1);
            Differences(f + 2 * frequency, frequency, two, eight, out V p2, out V q2);
            Differences(f + 3 * frequency, frequency, two, eight, out V p3, out V q3);
            Differences(f + 4 * frequency, frequency, two, eight, out V p4, out V q4);
            Differences(f + 5 * frequency, frequency, two, eight, out V p5, out V q5);
            Line(1, c, p0, p1, p2, p3, p4, p5, bias, two, four, eight, lo, hi);
            Line(3, c, q0, q1, q2, q3, q4, q5, bias, two, four, eight, lo, hi);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<V>(float* f, nint frequency, V four, out V p, out V q) where V : struct, IVec<V>
    {
        V sum = V.Load(f + 6 * frequency) + V.Load(f + 12 * frequency), sums = V.Load(f + 18 * frequency) + V.Load(f + 24 * frequency);
        p = V.Load(f) + sum + sums;
        q = V.MultiplyAdd(four, sums, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Differences<V>(float* f, nint frequency, V two, V eight, out V p, out V q) where V : struct, IVec<V>
    {
        V difference = V.Load(f + 6 * frequency) - V.Load(f + 12 * frequency), differences = V.Load(f + 18 * frequency) - V.Load(f + 24 * frequency);
        p = V.MultiplyAdd(two, differences, difference);
        q = V.MultiplyAdd(eight, differences, difference) + V.Load(f + 30 * frequency);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Line<V>(int row, nint c, V m0, V m1, V m2, V m3, V m4, V m5, V bias, V two, V four, V eight, V lo, V hi) where V : struct, IVec<V>
    {
        if (row >= Rows)
            return;
        V sum = m1 + m2, difference = m1 - m2, sums = m3 + m4, differences = m3 - m4;
        Put(row, 0, c, m0 + sum + sums + bias, lo, hi);
        Put(row, 1, c, V.MultiplyAdd(two, differences, difference) + bias, lo, hi);
        Put(row, 2, c, V.MultiplyAdd(four, sums, sum) + bias, lo, hi);
        Put(row, 3, c, V.MultiplyAdd(eight, differences, difference) + m5 + bias, lo, hi);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Put<V>(int row, int column, nint channel, V value, V lo, V hi) where V : struct, IVec<V>
    {
        if (row >= Rows || column >= Columns)
            return;
        if (Residual != null)
            value += V.Load(Residual + row * ResidualLine + column * ResidualPixel + channel);
        value = V.Max(lo, V.Min(hi, value));
        float* y = Y + row * YLine + column * YPixel + channel;
        if (channel + V.Lanes <= Channels)
            value.Store(y);
        else
            value.Store(y, (int)(Channels - channel));
    }
}

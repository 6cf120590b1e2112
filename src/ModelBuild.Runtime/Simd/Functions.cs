using System.Runtime.CompilerServices;

namespace ModelBuild.Generated.Simd;

/// <summary>
/// Functions of the calculus, for any number of lanes. The polynomials are minimax fits by Remez' exchange, made for this file; errors are the
/// largest seen over a dense sample of all floats against double precision, in units of the last place.
/// </summary>
internal static class Functions
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, of which the first has so few bits that its multiples by a power's exponent are exact.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>e^x; 0 below −87, infinity above 88.72.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : struct, IVec<V>
    {
        V n = Reduce(x, out V p);
        return (p + V.Broadcast(1) + (p + V.Broadcast(1))) * V.Exponent(n + V.Broadcast(126));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V> => V.Broadcast(1) / (V.Broadcast(1) + Exp(-x));

    /// <summary>x = n·ln 2 + r with |r| ≤ ln 2 / 2: n, and p = e^r − 1.</summary>
    /// <remarks>
    /// e^x = 2^n·(1 + p). At the ends 2^n is no float: callers take 2^(n−1), which is 0 for the least n, and twice the rest. A NaN stays in p.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduce<V>(V x, out V p) where V : struct, IVec<V>
    {
        x = V.Min(V.Broadcast(89), V.Max(V.Broadcast(-87.5f), x));
        V n = V.Round(x * V.Broadcast(Log2E));
        V r = V.MultiplyAdd(n, V.Broadcast(-Ln2Low), V.MultiplyAdd(n, V.Broadcast(-Ln2High), x));
        V q = V.MultiplyAdd(r, V.Broadcast(0.001394642647f), V.Broadcast(0.008366571521f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.04166628248f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.1666654312f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.5f));
        p = V.MultiplyAdd(r * r, q, r);
        return n;
    }
}

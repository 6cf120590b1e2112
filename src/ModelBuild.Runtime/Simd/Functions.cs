using System.Runtime.CompilerServices;

namespace ModelBuild.Generated.Simd;

/// <summary>
/// Transcendental functions for any number of lanes. Polynomials and rational functions are minimax fits in relative error, by Remez' exchange,
/// calculated for this file. NaN yields NaN.
/// </summary>
internal static class Functions
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; the first has so few bits that its multiples by an exponent are exact.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>e^x; 0 below −87, infinity above 88.72.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : struct, IVec<V>
    {
        V half = HalfPower(x, out V p), q = p + V.Broadcast(1);
        return (q + q) * half;
    }

    /// <summary>e^x − 1, all digits of it near 0 too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1<V>(V x) where V : struct, IVec<V>
    {
        V half = HalfPower(x, out V p), y = V.MultiplyAdd(half, p, half - V.Broadcast(0.5f));
        return y + y;
    }

    /// <summary>2^(n−1) and p = e^r − 1, with x = n·ln 2 + r and |r| ≤ ln 2 / 2.</summary>
    /// <remarks>e^x = 2·2^(n−1)·(1 + p). 2^n itself is no float at the upper end; at the lower one 2^(n−1) is 0.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V HalfPower<V>(V x, out V p) where V : struct, IVec<V>
    {
        x = V.Min(V.Broadcast(89), V.Max(V.Broadcast(-87.5f), x));
        V n = V.Round(x * V.Broadcast(Log2E));
        V r = V.MultiplyAdd(n, V.Broadcast(-Ln2Low), V.MultiplyAdd(n, V.Broadcast(-Ln2High), x));
        // (e^r − 1 − r) / r², error 1.3e-8 of e^r − 1.
        V q = V.MultiplyAdd(r, V.Broadcast(0.001394642647f), V.Broadcast(0.008366571521f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.04166628248f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.1666654312f));
        q = V.MultiplyAdd(r, q, V.Broadcast(0.5f));
        p = V.MultiplyAdd(r * r, q, r);
        return V.Exponent(n + V.Broadcast(126));
    }

    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x) where V : struct, IVec<V>
    {
        // Subnormal values are made normal by 2^23.
        V small = V.Less(x, V.Broadcast(1.17549435e-38f));
        V e = V.Split(V.Select(small, x * V.Broadcast(8388608), x), out V m) - V.Select(small, V.Broadcast(23), V.Zero), f = m - V.Broadcast(1);
        // (ln(1 + f) − f + f²/2) / f³, error 7e-10 of f.
        V p = V.MultiplyAdd(f, V.Broadcast(0.0691609433211f), V.Broadcast(-0.117889442228f));
        p = V.MultiplyAdd(f, p, V.Broadcast(0.118721411606f));
        p = V.MultiplyAdd(f, p, V.Broadcast(-0.123844574252f));
        p = V.MultiplyAdd(f, p, V.Broadcast(0.142188008565f));
        p = V.MultiplyAdd(f, p, V.Broadcast(-0.16669248271f));
        p = V.MultiplyAdd(f, p, V.Broadcast(0.200022181929f));
        p = V.MultiplyAdd(f, p, V.Broadcast(-0.249999865592f));
        p = V.MultiplyAdd(f, p, V.Broadcast(0.33333310597f));
        V square = f * f, low = V.MultiplyAdd(V.Broadcast(-0.5f), square, V.MultiplyAdd(square * f, p, e * V.Broadcast(Ln2Low)));
        V y = V.MultiplyAdd(e, V.Broadcast(Ln2High), f + low);
        V beyond = V.Select(V.Less(x, V.Zero), V.Broadcast(float.NaN), V.Broadcast(float.NegativeInfinity));
        return V.Select(V.Less(V.Zero, x), V.Select(V.Less(x, V.Broadcast(float.PositiveInfinity)), y, x), V.Select(V.IsNaN(x), x, beyond));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V> => V.Broadcast(1) / (V.Broadcast(1) + Exp(-x));

    /// <summary>ln(1 + e) for e from 0 to 1, all digits of it near 0 too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1P<V>(V e) where V : struct, IVec<V>
    {
        // Error 9.4e-10.
        V p = V.MultiplyAdd(e, V.Broadcast(0.0034172837227f), V.Broadcast(0.23815757863f));
        p = V.MultiplyAdd(e, p, V.Broadcast(1.0662185502f));
        p = V.MultiplyAdd(e, p, V.Broadcast(1));
        V q = V.MultiplyAdd(e, V.Broadcast(0.0752873057089f), V.Broadcast(0.687936381828f));
        q = V.MultiplyAdd(e, q, V.Broadcast(1.56621841967f));
        q = V.MultiplyAdd(e, q, V.Broadcast(1));
        return e * p / q;
    }

    /// <summary>tanh(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : struct, IVec<V>
    {
        // Beyond 9.02 the nearest float is 1. Error 9.5e-10.
        x = V.Min(V.Broadcast(9.02f), V.Max(V.Broadcast(-9.02f), x));
        V u = x * x;
        V p = V.MultiplyAdd(u, V.Broadcast(5.07623127046e-8f), V.Broadcast(3.15891155655e-5f));
        p = V.MultiplyAdd(u, p, V.Broadcast(0.00400851209702f));
        p = V.MultiplyAdd(u, p, V.Broadcast(0.137853666399f));
        p = V.MultiplyAdd(u, p, V.Broadcast(1));
        V q = V.MultiplyAdd(u, V.Broadcast(7.37444098231e-10f), V.Broadcast(1.61748860567e-6f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.000420741266534f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.027737524037f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.471186990469f));
        q = V.MultiplyAdd(u, q, V.Broadcast(1));
        return Unit(x * p / q);
    }

    /// <summary>erf(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x) where V : struct, IVec<V>
    {
        // Beyond 3.93 the nearest float is 1. Error 1.9e-8.
        x = V.Min(V.Broadcast(3.93f), V.Max(V.Broadcast(-3.93f), x));
        V u = x * x;
        V p = V.MultiplyAdd(u, V.Broadcast(2.04190948332e-6f), V.Broadcast(0.00028480510043f));
        p = V.MultiplyAdd(u, p, V.Broadcast(0.00377963323179f));
        p = V.MultiplyAdd(u, p, V.Broadcast(0.0527903551157f));
        p = V.MultiplyAdd(u, p, V.Broadcast(0.190784898687f));
        p = V.MultiplyAdd(u, p, V.Broadcast(1.12837914558f));
        V q = V.MultiplyAdd(u, V.Broadcast(3.80032583459e-5f), V.Broadcast(0.00116521085675f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.0149974921628f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.114257895952f));
        q = V.MultiplyAdd(u, q, V.Broadcast(0.502411435328f));
        q = V.MultiplyAdd(u, q, V.Broadcast(1));
        return Unit(x * p / q);
    }

    /// <summary>|x|·Φ(−|x|), Φ being the normal distribution; all digits of it however small it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GaussTail<V>(V x) where V : struct, IVec<V>
    {
        // Φ(−t) = e^(−t²/2)·M(t), and M (half of Mills' ratio but for a factor) falls slowly from ½. Error of M up to 13.5: 5.2e-9; there e^(−t²/2) is 0.
        V t = V.Min(V.Broadcast(13.5f), V.Abs(x));
        V p = V.MultiplyAdd(t, V.Broadcast(0.00403704388203f), V.Broadcast(0.0400983812297f));
        p = V.MultiplyAdd(t, p, V.Broadcast(0.181646845258f));
        p = V.MultiplyAdd(t, p, V.Broadcast(0.436147722622f));
        p = V.MultiplyAdd(t, p, V.Broadcast(0.5f));
        V q = V.MultiplyAdd(t, V.Broadcast(0.010119229529f), V.Broadcast(0.10051894489f));
        q = V.MultiplyAdd(t, q, V.Broadcast(0.465277897177f));
        q = V.MultiplyAdd(t, q, V.Broadcast(1.19590057342f));
        q = V.MultiplyAdd(t, q, V.Broadcast(1.67018037581f));
        q = V.MultiplyAdd(t, q, V.Broadcast(1));
        return t * Exp(V.Broadcast(-0.5f) * t * t) * (p / q);
    }

    // Rounding must not carry a function beyond its bounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Unit<V>(V y) where V : struct, IVec<V> => V.Min(V.Broadcast(1), V.Max(V.Broadcast(-1), y));
}

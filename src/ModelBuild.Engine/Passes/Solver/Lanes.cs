using System.Runtime.Intrinsics;

namespace ModelBuild.Engine;

/// <summary>Sums that decide bytes: in one order and without fused operations, so that they are the same on every processor.</summary>
internal static class Lanes
{
    /// <summary>Σ a·b: sixteen partial sums, added up as a tree; then what remains, in order.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector512<float> sums = Vector512<float>.Zero;
        int i = 0;
        for (; i <= a.Length - 16; i += 16)
            sums += Vector512.Create(a.Slice(i, 16)) * Vector512.Create(b.Slice(i, 16));
        Vector256<float> eight = sums.GetLower() + sums.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        float sum = four[0] + four[2] + (four[1] + four[3]);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y += by.</summary>
    public static void Add(Span<float> y, float by)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] += by;
    }

    /// <summary>y += factor·x.</summary>
    public static void Add(Span<float> y, float factor, ReadOnlySpan<float> x)
    {
        int i = 0;
        for (; i <= y.Length - 16; i += 16)
            (Vector512.Create<float>(y.Slice(i, 16)) + Vector512.Create(factor) * Vector512.Create(x.Slice(i, 16))).CopyTo(y[i..]);
        for (; i < y.Length; i++)
            y[i] += factor * x[i];
    }

    /// <summary>y += Σ factors[i]·x[i], of up to four vectors at a time: y is read and written once.</summary>
    public static void Add(Span<float> y, ReadOnlySpan<float> factors, ReadOnlySpan<float> xs, int step)
    {
        int n = 0;
        for (; n <= factors.Length - 4; n += 4)
        {
            ReadOnlySpan<float> a = xs.Slice(n * step, y.Length), b = xs.Slice((n + 1) * step, y.Length), c = xs.Slice((n + 2) * step, y.Length), d = xs.Slice((n + 3) * step, y.Length);
            float fa = factors[n], fb = factors[n + 1], fc = factors[n + 2], fd = factors[n + 3];
            if (fa == 0 && fb == 0 && fc == 0 && fd == 0)
                continue;
            int i = 0;
            for (; i <= y.Length - 16; i += 16)
            {
                Vector512<float> sum = Vector512.Create<float>(y.Slice(i, 16));
                sum += Vector512.Create(fa) * Vector512.Create(a.Slice(i, 16));
                sum += Vector512.Create(fb) * Vector512.Create(b.Slice(i, 16));
                sum += Vector512.Create(fc) * Vector512.Create(c.Slice(i, 16));
                sum += Vector512.Create(fd) * Vector512.Create(d.Slice(i, 16));
                sum.CopyTo(y[i..]);
            }
            for (; i < y.Length; i++)
                y[i] = y[i] + fa * a[i] + fb * b[i] + fc * c[i] + fd * d[i];
        }
        for (; n < factors.Length; n++)
            Add(y, factors[n], xs.Slice(n * step, y.Length));
    }
}

namespace ModelBuild.Engine;

/// <summary>By what rule a histogram becomes the range that 256 steps cover.</summary>
internal enum RangeRule
{
    /// <summary>The range with the smallest mean squared error of quantization.</summary>
    Mse,

    /// <summary>The smallest and the largest number seen.</summary>
    Minmax,

    /// <summary>All but a share of 10⁻⁴ at either end.</summary>
    Percentile,

    /// <summary>The range whose quantized distribution has the least relative entropy to the original one (Migacz, 8-bit inference with TensorRT, 2017).</summary>
    Entropy,
}

internal enum ZeroPoint
{
    /// <summary>Where the range has it.</summary>
    Asymmetric,

    /// <summary>In the middle: 128.</summary>
    Symmetric,
}

/// <summary>Histogram → u8 quantization; zero is always an integer of its own.</summary>
internal static class Ranges
{
    private const int Steps = 255;

    public static Quantization Of(Histogram histogram, RangeRule rule, ZeroPoint zero = ZeroPoint.Asymmetric)
    {
        var (lo, hi) = histogram.Max > histogram.Min ? rule switch
        {
            RangeRule.Minmax => (histogram.Min, histogram.Max),
            RangeRule.Percentile => Percentile(histogram, 1e-4),
            RangeRule.Entropy => Shrunk(histogram, RelativeEntropy),
            _ => Shrunk(histogram, SquaredError),
        } : (histogram.Min, histogram.Max);
        // From −128 to 127 steps about zero.
        double most = Math.Max(Math.Max(-(double)lo / 128, (double)hi / 127), 0);
        return zero == ZeroPoint.Asymmetric ? Quantization((double)lo, hi) : Quantization(-128 * most, 127 * most);
    }

    /// <summary>The u8 quantization that covers a range; the scale has 12 significant bits, so that float noise in the range does not reach it.</summary>
    public static Quantization Quantization(double lo, double hi)
    {
        (lo, hi) = (double.IsFinite(lo) ? Math.Min(lo, 0) : 0, double.IsFinite(hi) ? Math.Max(hi, 0) : 0);
        if (hi - lo < 1e-30)
            return new(new([1f]), new([0]), ElementType.UInt8);
        double scale = (hi - lo) / Steps, unit = Math.ScaleB(1, Math.ILogB(scale) - 11);
        scale = Math.Ceiling(scale / unit) * unit;
        return new(new([(float)scale]), new([(int)Math.Clamp(Math.Round(-lo / scale), 0, 255)]), ElementType.UInt8);
    }

    private static (float, float) Percentile(Histogram histogram, double share)
    {
        long total = histogram.Counts.Sum(), cut = (long)(total * share);
        int first = 0, last = Histogram.Bins - 1;
        for (long below = histogram.Counts[0]; first < last && below <= cut; below += histogram.Counts[++first]) { }
        for (long above = histogram.Counts[last]; last > first && above <= cut; above += histogram.Counts[--last]) { }
        double half = ((double)histogram.Max - histogram.Min) / Histogram.Bins / 2;
        return (first == 0 ? histogram.Min : (float)(histogram.Center(first) - half), last == Histogram.Bins - 1 ? histogram.Max : (float)(histogram.Center(last) + half));
    }

    /// <summary>The best of 100 ranges that cut the same share off both ends of [min, max], by a loss.</summary>
    private static (float, float) Shrunk(Histogram histogram, Func<Histogram, double, double, double> loss)
    {
        double best = double.PositiveInfinity;
        (float, float) range = (histogram.Min, histogram.Max);
        for (int i = 100; i > 20; i--)
        {
            double lo = Math.Min(0, histogram.Min) * i / 100.0, hi = Math.Max(0, histogram.Max) * i / 100.0, error = loss(histogram, lo, hi);
            // Narrower only for a clear gain: the last digits of what was seen differ between processors, and must not choose.
            if (error < best * 0.999)
                (best, range) = (error, ((float)lo, (float)hi));
        }
        return range;
    }

    private static double SquaredError(Histogram histogram, double lo, double hi)
    {
        double step = (hi - lo) / Steps, sum = 0;
        for (int bin = 0; bin < Histogram.Bins; bin++)
        {
            if (histogram.Counts[bin] == 0)
                continue;
            double x = histogram.Center(bin), outside = x < lo ? lo - x : x > hi ? x - hi : 0;
            // Inside, numbers fall anywhere between two steps: step²/12 in the mean. Exact zeros cost nothing, but they are the same for all ranges.
            sum += histogram.Counts[bin] * (outside > 0 ? outside * outside : step * step / 12);
        }
        return sum;
    }

    private static double RelativeEntropy(Histogram histogram, double lo, double hi)
    {
        // Reference: the numbers in range, those outside moved to the nearest end. Candidate: the same in 128 levels, spread over the bins that are not empty.
        const int levels = 128;
        // Zeros, which ReLU makes by the million, are exact whatever the range, and would outweigh all else.
        int zero = (int)Math.Clamp(-(double)histogram.Min / ((double)histogram.Max - histogram.Min) * Histogram.Bins, 0, Histogram.Bins - 1);
        long[] counts = Merged([.. histogram.Counts.Select((c, i) => i == zero ? 0 : c)]);
        int bins = counts.Length;
        var reference = new double[bins];
        var level = new int[bins];
        double[] sums = new double[levels];
        int[] used = new int[levels];
        int Bin(double x) => Math.Clamp((int)((x - histogram.Min) / ((double)histogram.Max - histogram.Min) * bins), 0, bins - 1);
        int from = Bin(lo), to = Bin(hi);
        for (int bin = 0; bin < bins; bin++)
        {
            int at = Math.Clamp(bin, from, to);
            reference[at] += counts[bin];
            if (bin != at || counts[bin] == 0)
                continue;
            level[bin] = Math.Min(levels - 1, (bin - from) * levels / (to - from + 1));
            sums[level[bin]] += counts[bin];
            used[level[bin]]++;
        }
        double total = reference.Sum(), candidate = sums.Sum(), divergence = 0;
        for (int bin = from; bin <= to; bin++)
        {
            if (reference[bin] == 0)
                continue;
            double p = reference[bin] / total, q = used[level[bin]] == 0 || candidate == 0 ? 1e-12 : sums[level[bin]] / used[level[bin]] / candidate;
            divergence += p * Math.Log(p / Math.Max(q, 1e-12));
        }
        return divergence;
    }

    /// <summary>Fewer and wider bins where there are few numbers: the noise of bins with one or two would count as information, and the narrowest range would win.</summary>
    private static long[] Merged(long[] counts)
    {
        const int enough = 64, fewest = 256;
        long total = counts.Sum();
        while (counts.Length > fewest && total / counts.Length < enough)
        {
            long[] finer = counts;
            counts = [.. Enumerable.Range(0, finer.Length / 2).Select(i => finer[2 * i] + finer[2 * i + 1])];
        }
        return counts;
    }
}

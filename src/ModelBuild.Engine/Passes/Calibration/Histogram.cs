namespace ModelBuild.Engine;

/// <summary>How the numbers of one value are spread, over all samples: extremes first, then counts in <see cref="Bins"/> equal bins between them. Memory does not grow with the data.</summary>
internal sealed class Histogram
{
    public const int Bins = 2048;

    public float Min { get; private set; } = float.PositiveInfinity;

    public float Max { get; private set; } = float.NegativeInfinity;

    public long[] Counts { get; } = new long[Bins];

    /// <summary>First pass over the data.</summary>
    public void Widen(ReadOnlySpan<float> values)
    {
        float min = Min, max = Max;
        foreach (float v in values)
        {
            // Comparisons are false for what isn't a number.
            if (v < min && float.IsFinite(v))
                min = v;
            if (v > max && float.IsFinite(v))
                max = v;
        }
        (Min, Max) = (min, max);
    }

    /// <summary>Second pass.</summary>
    public void Count(ReadOnlySpan<float> values)
    {
        if (!(Max > Min))
            return;
        double scale = Bins / ((double)Max - Min);
        foreach (float v in values)
        {
            if (float.IsFinite(v))
                Counts[Math.Clamp((int)((v - (double)Min) * scale), 0, Bins - 1)]++;
        }
    }

    /// <summary>The middle of a bin.</summary>
    public double Center(int bin) => Min + (bin + 0.5) * ((double)Max - Min) / Bins;
}

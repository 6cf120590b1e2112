using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Weights that are small integers times a scale of their output, which are found from the weights alone.</summary>
internal sealed record Grid(sbyte[] Integers, float[] Scales)
{
    private const int Most = 127;

    /// <summary>How far from an integer a ratio of two float32 may be that was one.</summary>
    private const double Rounding = 1e-4;

    /// <summary>The grid of the smallest integers, and, where another one's scales are all float16, that too; none where the weights are no grid, to the bit.</summary>
    public static IReadOnlyList<Grid> Of(ReadOnlySpan<float> weights, PanelLayout layout) => Of(weights, Outputs(weights.Length, layout), layout.All);

    /// <summary>The same where it is known which of <paramref name="count"/> scales each weight has.</summary>
    public static IReadOnlyList<Grid> Of(ReadOnlySpan<float> weights, int[] outputs, int count)
    {
        if (weights.IsEmpty || Magnitudes(weights, outputs, count) is not { } magnitudes)
            return [];
        float[] smallest = new float[magnitudes.Length], halves = new float[magnitudes.Length];
        for (int output = 0; output < magnitudes.Length; output++)
        {
            if (Scale(magnitudes[output], m => [(float)m, MathF.BitIncrement((float)m), MathF.BitDecrement((float)m)]) is not { } scale)
                return [];
            smallest[output] = scale;
            halves[output] = Scale(magnitudes[output], m => [(float)(Half)m]) ?? float.NaN;
        }
        float[][] found = halves.Any(float.IsNaN) || halves.AsSpan().SequenceEqual(smallest) ? [smallest] : [smallest, halves];
        float[] values = [.. weights];
        return [.. found.Select(scales => new Grid([.. values.Select((v, i) => v == 0 ? (sbyte)0 : (sbyte)MathF.Round(v / scales[outputs[i]]))], scales))];
    }

    /// <summary>The output that each weight belongs to.</summary>
    public static int[] Outputs(int weights, PanelLayout layout)
    {
        var outputs = new int[weights];
        layout.Spread<int>([.. Enumerable.Range(0, layout.All)], outputs);
        return outputs;
    }

    /// <summary>The magnitudes of each output's weights in order, without zero; null where they are too many, or where there is a number that is no multiple of any: −0, an infinity.</summary>
    public static float[][]? Magnitudes(ReadOnlySpan<float> weights, int[] outputs, int count)
    {
        var sets = new HashSet<float>[count];
        for (int i = 0; i < weights.Length; i++)
        {
            HashSet<float> set = sets[outputs[i]] ??= [];
            if (!float.IsFinite(weights[i]) || (weights[i] == 0 && float.IsNegative(weights[i])))
                return null;
            if (weights[i] != 0 && set.Add(Math.Abs(weights[i])) && set.Count > Most)
                return null;
        }
        return [.. sets.Select(s => s?.Order().ToArray() ?? [])];
    }

    /// <summary>The largest scale of which all are multiples of at most <see cref="Most"/>, of those <paramref name="near"/> one that would do if it were a float.</summary>
    private static float? Scale(float[] magnitudes, Func<double, float[]> near)
    {
        if (magnitudes.Length == 0)
            return 0;
        // The smallest is some multiple; the largest bounds which.
        int most = (int)((Most + Rounding) * magnitudes[0] / magnitudes[^1]);
        for (int multiple = 1; multiple <= most; multiple++)
        {
            if (Middle(magnitudes, magnitudes[0] / (double)multiple) is not { } middle)
                continue;
            foreach (float scale in near(middle))
            {
                if (Array.TrueForAll(magnitudes, m => MathF.Round(m / scale) is var integer && integer <= Most && integer * scale == m))
                    return scale;
            }
        }
        return null;
    }

    /// <summary>The middle of the scales whose multiples round to these magnitudes, near one that is guessed; null where there are none.</summary>
    private static double? Middle(float[] magnitudes, double guess)
    {
        double least = 0, most = double.PositiveInfinity;
        foreach (float magnitude in magnitudes)
        {
            double integer = Math.Round(magnitude / guess);
            if (Math.Abs(magnitude / guess - integer) > Rounding)
                return null;
            least = Math.Max(least, ((double)magnitude + MathF.BitDecrement(magnitude)) / 2 / integer);
            most = Math.Min(most, ((double)magnitude + MathF.BitIncrement(magnitude)) / 2 / integer);
        }
        return least <= most ? (least + most) / 2 : null;
    }
}

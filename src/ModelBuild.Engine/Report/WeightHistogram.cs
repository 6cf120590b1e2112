namespace ModelBuild.Engine;

/// <summary>How many of a layer's weights lie where, before the recipe and after it: bins of one width from −<paramref name="Most"/> to <paramref name="Most"/>, the largest magnitude before; what lies outside counts to the last.</summary>
internal sealed record WeightHistogram(float Most, IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    // Odd, so that zeros have a bin of their own.
    private const int Bins = 47;

    /// <summary>Null where a layer has no weights to count.</summary>
    public static WeightHistogram? Of(float[]? before, float[]? after)
    {
        if (before is not { Length: > 0 } || after is not { Length: > 0 })
            return null;
        float most = before.Max(Math.Abs);
        return float.IsFinite(most) && most > 0 ? new(most, Count(before, most), Count(after, most)) : null;
    }

    private static int[] Count(float[] weights, float most)
    {
        var counts = new int[Bins];
        foreach (float weight in weights)
            counts[float.IsNaN(weight) ? Bins / 2 : (int)Math.Clamp((weight / most + 1) / 2 * Bins, 0, Bins - 1)]++;
        return counts;
    }
}

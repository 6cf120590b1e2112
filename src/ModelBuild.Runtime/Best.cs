using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>The classes with the highest scores. Of equal scores the lower index is first; NaN is lower than any number.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Best
{
    public static int Of(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (IsHigher(scores[i], scores[best]))
                best = i;
        }
        return best;
    }

    /// <summary>Fills <paramref name="best"/> in descending order, as far as there are scores, and says how far.</summary>
    public static int Select(ReadOnlySpan<float> scores, Span<int> best)
    {
        int found = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            int at = found;
            while (at > 0 && IsHigher(scores[i], scores[best[at - 1]]))
                at--;
            if (at == best.Length)
                continue;
            if (found < best.Length)
                found++;
            best[at..(found - 1)].CopyTo(best[(at + 1)..]);
            best[at] = i;
        }
        return found;
    }

    private static bool IsHigher(float a, float b) => a > b || (float.IsNaN(b) && !float.IsNaN(a));
}

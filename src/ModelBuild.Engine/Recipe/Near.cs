namespace ModelBuild.Engine;

/// <summary>What someone may have meant.</summary>
internal static class Near
{
    /// <summary><c>; did you mean 'prune'?</c>, or nothing where no valid word is near.</summary>
    public static string Hint(string word, IEnumerable<string> valid) => Nearest(word, valid) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The valid word with the fewest edits, where these are at most a third of its letters, rounded up; the first of several.</summary>
    public static string? Nearest(string word, IEnumerable<string> valid) => valid
        .Where(v => Math.Abs(v.Length - word.Length) <= Limit(v))
        .Select(v => (Word: v, Edits: Edits(word.ToLowerInvariant(), v.ToLowerInvariant())))
        .Where(v => v.Edits <= Limit(v.Word))
        .OrderBy(v => v.Edits)
        .FirstOrDefault().Word;

    private static int Limit(string word) => (word.Length + 2) / 3;

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Edits(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        for (int j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                edits[i, j] = i + j;
                continue;
            }
            int replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            edits[i, j] = Math.Min(replaced, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
        }
        return edits[a.Length, b.Length];
    }
}

namespace ModelBuild.Engine;

/// <summary>A recipe's text and where it was written; <paramref name="Name"/> is empty for an item's own Recipe.</summary>
internal sealed record RecipeSource(Site Site, string Text, string Name)
{
    /// <summary>How much of a long recipe is shown on either side.</summary>
    private const int Shown = 60;

    /// <summary>The text, and a line below it that marks a part of it.</summary>
    public string Excerpt(Extent at)
    {
        int from = Math.Max(0, at.Start - Shown), to = Math.Min(Text.Length, at.Start + Math.Max(at.Length, 1) + Shown);
        string before = from > 0 ? "…" : "", after = to < Text.Length ? "…" : "";
        string line = string.Concat(Text[from..to].Select(c => char.IsControl(c) ? ' ' : c));
        string caret = new string(' ', before.Length + at.Start - from) + "^" + new string('~', Math.Clamp(at.Length - 1, 0, 2 * Shown));
        return $"{(Name.Length > 0 ? $" (recipe '{Name}')" : "")}\n    {before}{line}{after}\n    {caret}";
    }
}

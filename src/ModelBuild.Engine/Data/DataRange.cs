using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelBuild.Engine;

/// <summary>A part of the samples in C#'s syntax: <c>[..500]</c>, <c>[500..]</c>, <c>[^100..]</c>.</summary>
internal readonly partial record struct DataRange(Range Range)
{
    public static DataRange All => new(Range.All);

    /// <summary>Splits a range from the path before it; a text that ends in no brackets is all path. The error is null, or what is wrong with the brackets.</summary>
    public static (string Path, DataRange Range, string? Error) Split(string text)
    {
        text = text.Trim();
        int open = text.EndsWith(']') ? text.LastIndexOf('[') : -1;
        if (open < 0)
            return (text, All, null);
        Match match = Syntax().Match(text[open..]);
        if (!match.Success || Place(match.Groups[1].Value, Index.Start) is not { } start || Place(match.Groups[2].Value, Index.End) is not { } end)
            return (text[..open], All, $"'{text[open..]}' is no range of samples; write [0..500], [500..] or [^100..]");
        return (text[..open], new(start..end), null);
    }

    /// <summary>Where the range begins and how many it takes of so many; null where it takes none, or more than there are.</summary>
    public (int Start, int Count)? Of(int samples)
    {
        int start = Range.Start.GetOffset(samples), end = Range.End.GetOffset(samples);
        return start >= 0 && end <= samples && start < end ? (start, end - start) : null;
    }

    public override string ToString() => $"[{Range.Start}..{(Range.End.Equals(Index.End) ? "" : Range.End)}]";

    private static Index? Place(string text, Index otherwise) => text.Length == 0 ? otherwise
        : int.TryParse(text.TrimStart('^'), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? new Index(value, text[0] == '^') : null;

    [GeneratedRegex(@"^\[\s*(\^?[0-9]+)?\s*\.\.\s*(\^?[0-9]+)?\s*\]$")]
    private static partial Regex Syntax();
}

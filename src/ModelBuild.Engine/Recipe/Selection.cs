using System.Collections.Immutable;

namespace ModelBuild.Engine;

/// <summary>
/// <c>only:</c> and <c>except:</c>: entries are node names, patterns of them with <c>*</c>, or operators. The narrower wins: a name before a pattern, a
/// pattern with more letters before one with fewer, an operator before <c>*</c>; of two equal ones, <c>except:</c>. Case doesn't matter.
/// </summary>
internal sealed record Selection(EquatableArray<string> Only, EquatableArray<string> Except)
{
    private const int Name = int.MaxValue, Operator = 1, None = -1;

    public static Selection All { get; } = new(default, default);

    /// <summary>The names of nodes that are not selected, whatever else says so: what keep() has said before.</summary>
    public ImmutableHashSet<string> Kept { get; init; } = [];

    /// <summary>The selection as if nothing were kept.</summary>
    public Selection Whole => this with { Kept = [] };

    public bool Selects(Node node)
    {
        if (Kept.Contains(node.Name))
            return false;
        int except = Rank(Except, node);
        return Only.Count == 0 ? except == None : Rank(Only, node) > except;
    }

    /// <summary>Whether <c>only:</c> asks for the node by its name or a pattern of it, not just by its operator.</summary>
    public bool Names(Node node) => Selects(node) && Only.Any(entry => Rank(entry, node) is not (None or Operator));

    /// <summary>Whether an entry says anything about the node.</summary>
    public static bool Matches(string entry, Node node) => Rank(entry, node) != None;

    private static int Rank(EquatableArray<string> entries, Node node) => entries.Select(e => Rank(e, node)).DefaultIfEmpty(None).Max();

    private static int Rank(string entry, Node node)
    {
        if (entry.Equals(node.Name, StringComparison.OrdinalIgnoreCase))
            return Name;
        if (entry.Contains('*'))
        {
            int letters = entry.Count(c => c != '*');
            return !Like(node.Name, entry) ? None : letters == 0 ? 0 : Operator + letters;
        }
        return entry.Equals(node.Op.Name, StringComparison.OrdinalIgnoreCase) ? Operator : None;
    }

    /// <summary>Whether a name has a pattern's form; linear in what both are long.</summary>
    private static bool Like(string name, string pattern)
    {
        string[] parts = pattern.Split('*');
        if (!name.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase))
            return false;
        int at = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            int found = name.IndexOf(part, at, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
                return false;
            at = found + part.Length;
        }
        return name.Length - at >= parts[^1].Length && name.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase);
    }
}

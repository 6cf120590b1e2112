namespace ModelBuild.Protocol;

/// <summary>
/// What the build asks of the tool: one <c>key=value</c> a line, empty values left out. A key is a metadatum's name in camel case, or one of those here;
/// <see cref="File"/> and those that begin with <see cref="Recipe"/> may stand several times.
/// </summary>
internal static class RequestText
{
    /// <summary>The tool that is asked: another one is another request.</summary>
    public const string Tool = "tool";

    /// <summary>Where to write, under which file name, and where the cache is.</summary>
    public const string Directory = "directory", Name = "name", Cache = "cache";

    public const string Model = "model", Class = "class", Namespace = "namespace", Resource = "resource", Project = "project", Line = "line";

    /// <summary>A file that the request refers to: the model, its labels, each file of its data.</summary>
    public const string File = "file";

    /// <summary>Before a recipe's name: <c>recipe.Edge=prune(0.5)</c>.</summary>
    public const string Recipe = "recipe.";

    public static string Write(IEnumerable<KeyValuePair<string, string>> facts) =>
        string.Concat(facts.Where(f => f.Value.Length > 0).Select(f => EscapedText.Escape(f.Key) + "=" + EscapedText.Escape(f.Value) + "\n"));

    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text)
    {
        var facts = new List<KeyValuePair<string, string>>();
        foreach (string line in text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            int end = line.IndexOf('=');
            if (end < 0)
                throw new FormatException("'" + line + "' is not 'key=value'");
            facts.Add(new(EscapedText.Unescape(line.Substring(0, end)), EscapedText.Unescape(line.Substring(end + 1))));
        }
        return facts;
    }
}

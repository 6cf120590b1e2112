using System.Globalization;

namespace ModelBuild.Tasks;

/// <summary>Text for MSBuild: items that a task hands out hold escaped text, in which <c>;</c> or <c>%</c> of a path would mean something.</summary>
internal static class Escape
{
    private const string Special = "%*?@$();'";

    public static string Text(string text) =>
        string.Concat(text.Select(c => Special.IndexOf(c) < 0 ? c.ToString() : "%" + ((int)c).ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>One argument of a command line, by the rules that .NET splits one by on every system.</summary>
    public static string Argument(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in text)
        {
            // Backslashes only mean something before a quote: there, each needs another.
            if (c == '"')
                quoted.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }
        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}

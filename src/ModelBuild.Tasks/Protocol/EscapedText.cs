namespace ModelBuild.Protocol;

/// <summary>Any text on one line: <c>\\</c>, <c>\n</c>, <c>\r</c> and <c>\t</c> stand for what they stand for in C#.</summary>
internal static class EscapedText
{
    private static readonly (char Character, char Letter)[] Escapes = [('\\', '\\'), ('\n', 'n'), ('\r', 'r'), ('\t', 't')];

    public static string Escape(string text) => Escapes.Aggregate(text, (t, e) => t.Replace(e.Character.ToString(), "\\" + e.Letter));

    public static string Unescape(string text)
    {
        var result = new System.Text.StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool escaped = text[i] == '\\' && i + 1 < text.Length;
            result.Append(escaped ? Escapes.First(e => e.Letter == text[i + 1]).Character : text[i]);
            if (escaped)
                i++;
        }
        return result.ToString();
    }
}

using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelBuild.Generator;

/// <summary>Texts and numbers as C# writes them. Whatever a model calls its parts, it stays inside its quotes, its comment, its element.</summary>
internal static class Literals
{
    /// <summary>A string literal.</summary>
    public static string String(string text)
    {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '"' or '\\')
                literal.Append('\\').Append(c);
            else if (IsPlain(text, i))
                literal.Append(c);
            else
                literal.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
        return literal.Append('"').ToString();
    }

    /// <summary>The text of a comment that ends with its line.</summary>
    public static string Comment(string text) => new(text.Select((c, i) => IsPlain(text, i) ? c : ' ').ToArray());

    /// <summary>Text inside an XML documentation comment.</summary>
    public static string Xml(string text) => Comment(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>For readers: 27,200.</summary>
    public static string Grouped(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // Controls, line ends, invisible and direction-changing characters, and halves of surrogate pairs would act on the source rather than show in it.
    private static bool IsPlain(string text, int index)
    {
        char c = text[index];
        if (char.IsHighSurrogate(c))
            return index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
        if (char.IsLowSurrogate(c))
            return index > 0 && char.IsHighSurrogate(text[index - 1]);
        return char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) && c is not ('\ufffe' or '\uffff');
    }
}

using System.Text.RegularExpressions;

namespace ModelBuild.Engine;

internal enum TokenKind { Word, Number, String, Mark, End }

/// <summary><paramref name="Text"/> is a word, a mark, a string without its quotes, or a number without its unit.</summary>
internal sealed record Token(TokenKind Kind, string Text, string Unit, Extent At)
{
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}{Unit}'";
}

/// <summary>A recipe's text in words, numbers, strings and marks.</summary>
internal static partial class RecipeTokens
{
    private const string Marks = "|(),:[]";

    public static List<Token> Read(RecipeSource source)
    {
        string text = source.Text;
        var tokens = new List<Token>();
        for (int i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            Token token = Next(source, text, i);
            tokens.Add(token);
            i += token.At.Length;
        }
        tokens.Add(new Token(TokenKind.End, "", "", new(text.Length, 0)));
        return tokens;
    }

    private static Token Next(RecipeSource source, string text, int at)
    {
        if (Marks.Contains(text[at]))
            return new Token(TokenKind.Mark, text[at].ToString(), "", new(at, 1));
        if (text[at] is '\'' or '"')
        {
            int end = text.IndexOf(text[at], at + 1);
            if (end < 0)
                throw Diagnostics.RecipeSyntax(source, new(at, text.Length - at), $"the string that begins here has no closing {text[at]}");
            return new Token(TokenKind.String, text[(at + 1)..end], "", new(at, end + 1 - at));
        }
        if (Word().Match(text, at) is { Success: true } word)
            return new Token(TokenKind.Word, word.Value, "", new(at, word.Length));
        if (Number().Match(text, at) is { Success: true } number)
            return new Token(TokenKind.Number, number.Groups[1].Value, number.Groups[2].Value, new(at, number.Length));
        throw Diagnostics.RecipeSyntax(source, new(at, 1),
            $"'{text[at]}' can't stand here; a word is letters, digits and '-', and a name with other characters stands in quotes: 'conv*', '/layers.0/Conv'");
    }

    [GeneratedRegex(@"\G[A-Za-z][A-Za-z0-9\-]*")]
    private static partial Regex Word();

    // A unit may follow: what it may be is the parser's to say.
    [GeneratedRegex(@"\G" + Quantity.Pattern)]
    private static partial Regex Number();
}

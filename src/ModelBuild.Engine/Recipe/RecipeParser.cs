using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>
/// The grammar: <c>recipe = step { '|' step } ; step = name [ '(' arg { ',' arg } ')' ] ; arg = [ key ':' ] value ; value = number [ unit ] | word | string
/// | '[' value { ',' value } ']'</c>. Only a step's first argument may lack its key; words may, which only the step's table knows to be keys themselves.
/// </summary>
internal sealed class RecipeParser
{
    private const int MostDepth = 16;

    private readonly RecipeSource _source;
    private readonly List<Token> _tokens;
    private int _at;

    private RecipeParser(RecipeSource source)
    {
        _source = source;
        _tokens = RecipeTokens.Read(source);
    }

    /// <exception cref="DiagnosticException">MB1001: the text is no recipe.</exception>
    public static Recipe Parse(RecipeSource source)
    {
        var parser = new RecipeParser(source);
        return parser.Here.Kind == TokenKind.End ? new Recipe(default) : parser.Recipe();
    }

    private Token Here => _tokens[_at];

    private Recipe Recipe()
    {
        var steps = new List<Step> { Step() };
        while (Takes("|"))
            steps.Add(Step());
        return Here.Kind == TokenKind.End ? new Recipe(new(steps)) : throw Unexpected("'|' or the end");
    }

    private Step Step()
    {
        Token name = Here.Kind == TokenKind.Word ? Take() : throw Unexpected("a step's name");
        var arguments = new List<Argument>();
        // Empty parentheses are a step without arguments.
        if (Takes("(") && !Takes(")"))
        {
            do
                arguments.Add(Argument(arguments.Count > 0));
            while (Takes(","));
            Need(")", "',' or ')'");
        }
        return new Step(name.Text, new(arguments), name.At);
    }

    private Argument Argument(bool needsKey)
    {
        Token first = Here;
        if (first.Kind == TokenKind.Word && _tokens[_at + 1] is { Kind: TokenKind.Mark, Text: ":" })
        {
            _at += 2;
            return new Argument(first.Text, Value(0), first.At);
        }
        Value value = Value(0);
        return needsKey && value is not WordValue ? throw NeedsKey(_source, first.At, value) : new Argument("", value, first.At);
    }

    public static DiagnosticException NeedsKey(RecipeSource source, Extent at, Value value) =>
        Diagnostics.RecipeSyntax(source, at, $"only a step's first argument may lack its key; write KEY: {value}");

    private Value Value(int depth)
    {
        Token token = Take();
        return token.Kind switch
        {
            TokenKind.Number => Number(token),
            TokenKind.Word => new WordValue(token.Text, token.At),
            TokenKind.String => new StringValue(token.Text, token.At),
            TokenKind.Mark when token.Text == "[" && depth < MostDepth => Values(token, depth),
            _ => throw Unexpected("a number, a word, a string in quotes or a list in [ ]", token),
        };
    }

    private ListValue Values(Token open, int depth)
    {
        var values = new List<Value>();
        do
            values.Add(Value(depth + 1));
        while (Takes(","));
        Need("]", "',' or ']'");
        Extent last = _tokens[_at - 1].At;
        return new ListValue(new(values), new(open.At.Start, last.Start + last.Length - open.At.Start));
    }

    private NumberValue Number(Token token)
    {
        double amount = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(amount))
            throw Diagnostics.RecipeSyntax(_source, token.At, $"the number {token} is too large");
        return Quantity.Knows(token.Unit)
            ? new NumberValue(amount, token.Unit, token.At)
            : throw Diagnostics.RecipeSyntax(_source, token.At, $"'{token.Unit}' is no unit; units: {Quantity.Valid}");
    }

    private Token Take() => _tokens[_at].Kind == TokenKind.End ? _tokens[_at] : _tokens[_at++];

    private bool Takes(string mark)
    {
        if (Here.Kind != TokenKind.Mark || Here.Text != mark)
            return false;
        _at++;
        return true;
    }

    private void Need(string mark, string expected)
    {
        if (!Takes(mark))
            throw Unexpected(expected);
    }

    private DiagnosticException Unexpected(string expected, Token? token = null) =>
        Diagnostics.RecipeSyntax(_source, (token ?? Here).At, $"{token ?? Here} where {expected} is expected");
}

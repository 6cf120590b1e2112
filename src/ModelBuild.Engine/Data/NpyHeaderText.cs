using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>The header of a .npy file is a Python dictionary: <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>. As much Python as that takes.</summary>
internal sealed class NpyHeaderText(string text)
{
    // NumPy's own limit is 64.
    private const int MostAxes = 64;

    private int _at;

    /// <summary>The dictionary's keys; whoever enumerates reads each one's value before the next.</summary>
    public IEnumerable<string> Keys()
    {
        Need('{');
        while (!Takes('}'))
        {
            string key = String();
            Need(':');
            yield return key;
            if (!Takes(','))
            {
                Need('}');
                break;
            }
        }
        if (text[_at..].Trim().Length > 0)
            throw Unexpected();
    }

    public string String()
    {
        char quote = Peek();
        if (quote is not ('\'' or '"'))
            throw quote is '[' or '{' ? new DataException("structured arrays are not supported; save each field as an array of its own") : Unexpected();
        int end = text.IndexOf(quote, _at + 1);
        if (end < 0)
            throw Unexpected();
        string value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    public bool Bool()
    {
        Peek();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }
        throw Unexpected();
    }

    public long[] Tuple()
    {
        var axes = new List<long>();
        Need('(');
        while (!Takes(')'))
        {
            if (axes.Count == MostAxes)
                throw new DataException($"its shape has more than {MostAxes} axes");
            axes.Add(Integer());
            if (!Takes(','))
            {
                Need(')');
                break;
            }
        }
        return [.. axes];
    }

    private long Integer()
    {
        Peek();
        int end = _at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        if (!long.TryParse(text.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            throw Unexpected();
        // Python 2 wrote 3L.
        _at = end < text.Length && text[end] == 'L' ? end + 1 : end;
        return value;
    }

    private char Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    private bool Takes(char mark)
    {
        if (Peek() != mark || _at >= text.Length)
            return false;
        _at++;
        return true;
    }

    private void Need(char mark)
    {
        if (!Takes(mark))
            throw Unexpected();
    }

    private DataException Unexpected() => new($"its header can't be read at '{text[Math.Min(_at, text.Length)..Math.Min(_at + 20, text.Length)].Trim()}'");
}

using System;
using System.Collections.Generic;
using System.Text;

namespace ModelBuild.Generator;

/// <summary>Lines of C#, indented by blocks.</summary>
internal sealed class SourceWriter
{
    private const int Width = 150;

    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', 4 * _depth).Append(line);
        _text.Append('\n');
    }

    /// <summary>Lines between brackets, one level deeper.</summary>
    public void Block(string open, string close, Action body)
    {
        Line(open);
        _depth++;
        body();
        _depth--;
        Line(close);
    }

    /// <summary>A call as one statement, or a method's head: broken between arguments where it is too long for a line.</summary>
    public void Call(string method, IEnumerable<string> arguments, string end = ");")
    {
        var line = new StringBuilder(method).Append('(');
        int indent = 4 * _depth;
        bool first = true;
        foreach (string argument in arguments)
        {
            if (!first)
            {
                line.Append(',');
                if (indent + line.Length + argument.Length + 3 > Width)
                {
                    _text.Append(' ', indent).Append(line).Append('\n');
                    line.Clear();
                    indent = 4 * (_depth + 1);
                }
                else
                {
                    line.Append(' ');
                }
            }
            line.Append(argument);
            first = false;
        }
        _text.Append(' ', indent).Append(line).Append(end).Append('\n');
    }

    /// <summary>A method: its head, and its body in braces.</summary>
    public void Method(string head, IEnumerable<string> parameters, Action body)
    {
        Call(head, parameters, ")");
        Block("{", "}", body);
    }

    public void Summary(string text) => Line("/// <summary>" + text + "</summary>");

    public void Parameter(string name, string text) => Line("/// <param name=\"" + name + "\">" + text + "</param>");

    public override string ToString() => _text.ToString();
}

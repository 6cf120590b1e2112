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

    /// <summary>A head, and its body in braces.</summary>
    public void Block(string head, Action body)
    {
        Line(head);
        Body(body);
    }

    /// <summary>One item a line, each followed by a comma, in braces.</summary>
    public void List(string head, IEnumerable<string> items, string end = "")
    {
        Line(head);
        Line("{");
        _depth++;
        foreach (string item in items)
            Line(item + ",");
        _depth--;
        Line("}" + end);
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
        Body(body);
    }

    public void Summary(string text) => Line("/// <summary>" + text + "</summary>");

    public void Parameter(string name, string text) => Line("/// <param name=\"" + name + "\">" + text + "</param>");

    private void Body(Action body)
    {
        Line("{");
        _depth++;
        body();
        _depth--;
        Line("}");
    }

    public override string ToString() => _text.ToString();
}

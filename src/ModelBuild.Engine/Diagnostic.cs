namespace ModelBuild.Engine;

public enum Severity { Message, Warning, Error }

/// <summary>
/// One clear sentence about one fault: <c>file(line,column): error MB2001: text</c>. <paramref name="Line"/> and <paramref name="Column"/>
/// count from 1; 0 where the file has no lines (a model).
/// </summary>
public sealed record Diagnostic(string Id, Severity Severity, string File, int Line, int Column, string Text)
{
    /// <summary>The canonical form that MSBuild, editors and terminals recognise.</summary>
    public override string ToString()
    {
        string place = Line == 0 ? File : Column == 0 ? $"{File}({Line})" : $"{File}({Line},{Column})";
        return $"{place}: {Severity.ToString().ToLowerInvariant()} {Id}: {Text}";
    }
}

/// <summary>Ends a compilation: the input is at fault, and <see cref="Diagnostic"/> says how.</summary>
public class DiagnosticException(Diagnostic diagnostic) : Exception(diagnostic.ToString())
{
    public Diagnostic Diagnostic { get; } = diagnostic;
}

/// <summary>A node can't be imported; <paramref name="needs"/> names the value that would have to be constant, where that is the reason.</summary>
internal sealed class ImportException(Diagnostic diagnostic, string node, string @operator, string? needs) : DiagnosticException(diagnostic)
{
    public string Node { get; } = node;

    public string Operator { get; } = @operator;

    public string? Needs { get; } = needs;
}

using System.Globalization;
using ModelBuild.Engine;
using ModelBuild.Protocol;

namespace ModelBuild.Tool;

/// <summary>A diagnostic in the cache, on one line. One about the item itself is kept without its place: the item may have moved when it is read again.</summary>
internal static class StoredDiagnostic
{
    public static string Write(Diagnostic d, CompileRequest request)
    {
        bool item = d.File == request.Project && d.Line == request.Line;
        object[] fields = [d.Id, d.Severity, item ? "" : d.File, item ? 0 : d.Line, d.Column, d.Text];
        return string.Join('\t', fields.Select(f => EscapedText.Escape(Convert.ToString(f, CultureInfo.InvariantCulture)!)));
    }

    public static Diagnostic Read(string line, CompileRequest request)
    {
        string[] fields = [.. line.Split('\t').Select(EscapedText.Unescape)];
        int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
        bool item = fields[2].Length == 0;
        return new Diagnostic(fields[0], Enum.Parse<Severity>(fields[1]), item ? request.Project : fields[2], item ? request.Line : Number(3), Number(4), fields[5]);
    }
}

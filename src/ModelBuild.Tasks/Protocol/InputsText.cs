using System.Globalization;

namespace ModelBuild.Protocol;

/// <summary>
/// The files that made a result, as a compiler's dependency file, each with the length and time it had: a file put back with an older time is a change too.
/// </summary>
internal static class InputsText
{
    /// <summary>A line about the file as it is now.</summary>
    public static string Line(string path)
    {
        var file = new FileInfo(path);
        string state = file.Exists
            ? file.Length.ToString(CultureInfo.InvariantCulture) + "\t" + file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture)
            : "\t";
        return state + "\t" + EscapedText.Escape(path);
    }

    /// <summary>The first file that is no longer what its line says, or null.</summary>
    public static string? Changed(IEnumerable<string> lines) =>
        lines.Select(l => (Line: l, Path: EscapedText.Unescape(l.Substring(l.LastIndexOf('\t') + 1)))).FirstOrDefault(l => Line(l.Path) != l.Line).Path;
}

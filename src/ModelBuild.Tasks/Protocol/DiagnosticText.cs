namespace ModelBuild.Protocol;

/// <summary>A diagnostic of several lines travels on one: between its lines stands U+2028.</summary>
internal static class DiagnosticText
{
    public static string Join(string text) => text.Replace("\r\n", "\n").Replace('\n', '\u2028');

    public static string Split(string text) => text.Replace('\u2028', '\n');
}

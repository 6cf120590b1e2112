using System.Text;

namespace ModelBuild.Engine;

/// <summary>The classes' names: one a line, UTF-8.</summary>
internal static class LabelsFile
{
    private const int MostBytes = 16 << 20;

    /// <summary>The labels and the file they are in, for the first output's last axis; none where the item has no Labels.</summary>
    /// <exception cref="DiagnosticException">MB1012: the file can't be read, or doesn't fit the output.</exception>
    public static (EquatableArray<string> Labels, string? File) Read(CompileRequest request, string output, Shape shape)
    {
        if (string.IsNullOrWhiteSpace(request.Labels))
            return (default, null);
        string file = request.Resolve(request.Labels);
        string[] lines = Lines(request.Site, file);
        int classes = shape.Rank == 0 ? 1 : shape[^1];
        if (lines.Length != classes)
            throw Diagnostics.Labels(request.Site, file, $"{lines.Length} labels, and the output '{output}' {shape} has {classes} classes (its last axis)");
        return (new(lines), file);
    }

    private static string[] Lines(Site site, string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                throw Diagnostics.Labels(site, file, "the file does not exist");
            if (info.Length > MostBytes)
                throw Diagnostics.Labels(site, file, $"{info.Length} bytes are more than labels can have ({MostBytes})");
            string[] lines = [.. File.ReadAllLines(file, new UTF8Encoding(false, throwOnInvalidBytes: true)).Select(l => l.Trim())];
            lines = lines[..(Array.FindLastIndex(lines, l => l.Length > 0) + 1)];
            int blank = Array.IndexOf(lines, "");
            return blank < 0 ? lines : throw Diagnostics.Labels(site, file, $"line {blank + 1} is empty; every class needs a label");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Diagnostics.Labels(site, file, e.Message);
        }
        catch (DecoderFallbackException)
        {
            throw Diagnostics.Labels(site, file, "the file is not UTF-8 text");
        }
    }
}

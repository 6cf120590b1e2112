using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Lengths of symbolic dimensions, as the item gives them: <c>seq=128;width=192</c>.</summary>
internal static class Dimensions
{
    /// <exception cref="DiagnosticException">MB1010: an entry that can't be read.</exception>
    public static IReadOnlyDictionary<string, int> Read(CompileRequest request)
    {
        var lengths = new Dictionary<string, int>();
        foreach (string entry in request.Dimensions.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.LastIndexOf('=');
            string name = equals < 0 ? "" : entry[..equals].Trim();
            if (name.Length == 0 || !int.TryParse(entry[(equals + 1)..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int length) || length < 1)
                throw Diagnostics.Metadata(request.Site, "Dimensions", request.Dimensions, $"NAME=LENGTH, separated by ';', lengths from 1 (at '{entry}')");
            if (!lengths.TryAdd(name, length))
                throw Diagnostics.Metadata(request.Site, "Dimensions", request.Dimensions, $"one length a name ('{name}' has two)");
        }
        return lengths;
    }
}

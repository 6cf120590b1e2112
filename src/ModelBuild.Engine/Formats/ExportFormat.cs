namespace ModelBuild.Engine;

/// <summary>A format that compressed models are written in. <paramref name="Write"/> takes the graph and the tool's version.</summary>
internal sealed record ExportFormat(string Word, string Extension, Func<Graph, string, byte[]> Write)
{
    /// <summary>The format table.</summary>
    public static readonly ExportFormat[] Table =
    [
        new("onnx", ".onnx", OnnxWriter.Write),
        new("tflite", ".tflite", TFLiteWriter.Write),
    ];

    /// <summary>What the item's Export asks for.</summary>
    /// <exception cref="DiagnosticException">A word is no format.</exception>
    public static IReadOnlyList<ExportFormat> Read(CompileRequest request)
    {
        var formats = new List<ExportFormat>();
        foreach (string word in request.Export.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ExportFormat format = Array.Find(Table, f => f.Word.Equals(word, StringComparison.OrdinalIgnoreCase))
                ?? throw Diagnostics.Metadata(request.Site, "Export", request.Export, $"{string.Join(", ", Table.Select(f => f.Word))}, separated by ';'");
            if (!formats.Contains(format))
                formats.Add(format);
        }
        return formats;
    }
}

using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Model file → plan and weights: import, simplify, the recipe, lower.</summary>
public static class Compiler
{
    /// <exception cref="DiagnosticException">The model, the recipe or the data is at fault; nothing was written.</exception>
    public static CompileResult Compile(CompileRequest request, CancellationToken cancellation)
    {
        Imported imported = OnnxReader.Read(request.Model, ImportOptions.None);
        cancellation.ThrowIfCancellationRequested();
        Graph graph = Simplify.Run(imported.Graph);
        PlanNames names = PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource };
        Emitted emitted;
        try
        {
            emitted = Emitted.From(graph, names);
        }
        catch (OperatorException e)
        {
            throw Diagnostics.Node(request.Model, "", "", e.Message);
        }
        string summary = $"{request.Class}: {Bytes(new FileInfo(request.Model).Length)} → {Bytes(emitted.Weights.Length)}";
        return new CompileResult(emitted.Text, emitted.Weights, summary, new Dictionary<string, byte[]>(), imported.Files, []);
    }

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0.#} KB");
}

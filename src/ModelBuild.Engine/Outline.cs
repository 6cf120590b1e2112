namespace ModelBuild.Engine;

/// <summary>Model file → the class's signature, in half a second: what an editor shows before the first build.</summary>
public static class Outline
{
    /// <returns>The text of a plan without calls.</returns>
    /// <exception cref="DiagnosticException">The model is at fault.</exception>
    public static string Of(CompileRequest request)
    {
        Backend backend = Choices.Backend(request);
        Graph graph = Signature(request, backend, ImportOptions.None with { Dimensions = Dimensions.Read(request) });
        if (request.Layout.Length > 0)
        {
            graph = Simplify.Run(graph);
            graph = CallerLayout.Of(request, graph).Apply(graph);
        }
        DataInput[] inputs = [.. graph.Inputs.Select(i => new DataInput(i, Identifiers.Input(i, request.Class), graph.Types[i]))];
        return Emitted.Outline(graph, PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource, Pixels = Normalization.Pixels(request, inputs), Backend = backend });
    }

    private static Graph Signature(CompileRequest request, Backend backend, ImportOptions options)
    {
        try
        {
            return ModelFormat.Import(request.Model, options).Graph;
        }
        catch (DiagnosticException e) when (Compiler.IsOnlyOurs(request, e.Diagnostic))
        {
            return backend == Backend.OnnxRuntime ? OnnxAsIs.Read(request.Model, options).Signature : throw Diagnostics.OrOnnxRuntime(e.Diagnostic, recipe: request.Recipe.Length > 0);
        }
    }
}

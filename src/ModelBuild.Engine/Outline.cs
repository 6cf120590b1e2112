namespace ModelBuild.Engine;

/// <summary>Model file → the class's signature, in half a second: what an editor shows before the first build.</summary>
public static class Outline
{
    /// <returns>The text of a plan without calls.</returns>
    /// <exception cref="DiagnosticException">The model is at fault.</exception>
    public static string Of(CompileRequest request) => Emitted.Outline(
        ModelFormat.Import(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) }).Graph,
        PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource });
}

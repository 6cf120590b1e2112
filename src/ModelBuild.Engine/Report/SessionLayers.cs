namespace ModelBuild.Engine;

/// <summary>A report's layers where ONNX Runtime runs them: what they take is what the exported file has for them.</summary>
internal static class SessionLayers
{
    public static StepResult Of(StepResult result) => result with
    {
        Layers = [.. result.Layers.Select(l => l with { Kernel = "ONNX Runtime", Stored = "", Bytes = Bytes(result.Graph, l.Name) })],
        IsOnnx = true,
    };

    private static int Bytes(Graph graph, string layer) => graph.Nodes.FirstOrDefault(n => n.Name == layer) is { } node ? node.Inputs.Select((input, i) => Bytes(graph, input, i == 1 ? node.Op.WeightsAxis : null)).Sum() : 0;

    // A layer's quantized weights are behind a node of their own.
    private static int Bytes(Graph graph, string value, int? outputs) =>
        graph.Constant(value) is { } constant ? OnnxWriter.Bytes(constant, outputs)
        : graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(value)) is { Op.Dequantizes: not null } writer && graph.Constant(writer.Inputs[0]) is not null ? writer.Inputs.Sum(i => graph.Constant(i) is { } c ? OnnxWriter.Bytes(c, null) : 0)
        : 0;
}

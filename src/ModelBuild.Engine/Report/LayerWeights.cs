namespace ModelBuild.Engine;

/// <summary>A layer's weights as what they stand for, whether a graph holds them as floats or as integers behind DequantizeLinear.</summary>
internal static class LayerWeights
{
    public static float[]? Of(Graph graph, string layer) => graph.Nodes.FirstOrDefault(n => n.Name == layer && n.Op.Weights.Count > 0) is { } node ? Of(graph, node) : null;

    private static float[]? Of(Graph graph, Node node)
    {
        int input = node.Op.Weights[0];
        return input < node.Inputs.Count && Floats(graph, node.Inputs[input]) is { Element: ElementType.Float32 } weights ? weights.F32.ToArray() : null;
    }

    private static Tensor? Floats(Graph graph, string value) =>
        graph.Constant(value) ?? (graph.Nodes.FirstOrDefault(n => n.Outputs[0] == value) is { Op.Dequantizes: not null } writer && graph.Constant(writer.Inputs[0]) is { } integers ? writer.Op.Evaluate([integers])[0] : null);
}

namespace ModelBuild.Engine;

/// <summary>
/// A float32 constant that selected nodes read; <paramref name="Named"/> where <c>only:</c> asks for one of them by name. <paramref name="Axis"/> counts outputs, if it is weights.
/// </summary>
internal sealed record WeightTensor(string Value, Tensor Tensor, bool Named, int Axis);

/// <summary>Which constants a step changes.</summary>
internal static class WeightTensors
{
    /// <summary>
    /// Pruning and low-bit formats leave smaller tensors alone unless they are named: what those would save, a mask, a table or the accuracy of a first
    /// layer takes back.
    /// </summary>
    public const int Small = 2048;

    /// <summary>The weights of the selected nodes, in the order of the nodes. Weights that several nodes share need all of them selected.</summary>
    public static IEnumerable<WeightTensor> Of(Graph graph, Selection nodes) => Of(graph, nodes, node => node.Op.Weights);

    /// <summary>All float32 constants that the selected nodes read, biases and tables too.</summary>
    public static IEnumerable<WeightTensor> All(Graph graph, Selection nodes) => Of(graph, nodes, node => Enumerable.Range(0, node.Inputs.Count));

    /// <summary>Whether a node has weights that are constant.</summary>
    public static bool Has(Graph graph, Node node) => node.Op.Weights.Any(i => i < node.Inputs.Count && graph.Constant(node.Inputs[i])?.Element == ElementType.Float32);

    /// <summary>The graph with other values in some constants.</summary>
    public static Graph With(Graph graph, IEnumerable<(WeightTensor Old, float[] Values)> changed) => graph with
    {
        Constants = graph.Constants.SetItems(changed.Select(c => KeyValuePair.Create(c.Old.Value, Tensor.Of(c.Old.Tensor.Shape, c.Values)))),
    };

    private static IEnumerable<WeightTensor> Of(Graph graph, Selection nodes, Func<Node, IEnumerable<int>> inputs)
    {
        var readers = new Dictionary<string, List<Node>>();
        var order = new List<string>();
        foreach (Node node in graph.Nodes)
        {
            foreach (string value in inputs(node).Where(i => i < node.Inputs.Count).Select(i => node.Inputs[i]).Where(v => graph.Constant(v)?.Element == ElementType.Float32))
            {
                if (readers.TryAdd(value, []))
                    order.Add(value);
                readers[value].Add(node);
            }
        }
        return order.Where(v => readers[v].All(nodes.Selects)).Select(v => new WeightTensor(v, graph.Constant(v)!, readers[v].Any(nodes.Names), Math.Min(readers[v][0].Op.WeightsAxis ?? 1, graph.Constant(v)!.Shape.Rank - 1)));
    }
}

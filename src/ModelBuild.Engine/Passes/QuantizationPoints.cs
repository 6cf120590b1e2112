namespace ModelBuild.Engine;

/// <summary>
/// Where a graph is to be quantized: the values that integer kernels read and write. A clamp right after a node is part of it. Values between which
/// elements are only moved or compared share one scale, that of the first.
/// </summary>
internal sealed class QuantizationPoints
{
    private readonly Dictionary<string, string> _same = [];

    private QuantizationPoints(IEnumerable<string> values) => Values = [.. values];

    public IReadOnlyList<string> Values { get; }

    /// <summary>Values whose ranges must be seen.</summary>
    public IReadOnlyCollection<string> Observed => [.. Values.Select(Root).Distinct()];

    public static QuantizationPoints Of(Graph graph, IReadOnlyCollection<Node> nodes)
    {
        var values = new List<string>();
        var chosen = new HashSet<Node>(nodes, ReferenceEqualityComparer.Instance);
        foreach (Node node in nodes)
        {
            values.AddRange(node.Op.WeightsAxis == null ? Data(graph, node) : node.Inputs.Take(1));
            if (!IsInner(graph, node, chosen))
                values.AddRange(Numbers(graph, node.Outputs));
        }
        // What a clamp takes over from the node before it is not a value of its own.
        var inner = nodes.Where(n => IsInner(graph, n, chosen)).Select(n => n.Outputs[0]).ToHashSet();
        var points = new QuantizationPoints(values.Where(v => !inner.Contains(v)).Distinct());
        foreach (Node node in nodes.Where(n => n.Op.KeepsScale))
        {
            // Several inputs (concatenation): where nobody else reads them, they take the result's scale.
            string[] data = [.. Data(graph, node)];
            if (data.Length == 1)
            {
                foreach (string output in Numbers(graph, node.Outputs))
                    points._same[output] = data[0];
            }
            else
            {
                foreach (string input in data.Distinct().Where(i => !points._same.ContainsKey(i) && graph.Nodes.Count(n => n.Inputs.Contains(i)) == 1 && !graph.Outputs.Contains(i)))
                    points._same[input] = node.Outputs[0];
            }
        }
        return points;
    }

    private static IEnumerable<string> Data(Graph graph, Node node) => Numbers(graph, node.Inputs);

    /// <summary>Values that are numbers; others are indices.</summary>
    private static IEnumerable<string> Numbers(Graph graph, IEnumerable<string> values) => values.Where(v => v.Length > 0 && graph.Types[v].Element == ElementType.Float32);

    public IReadOnlyDictionary<string, Quantization> Resolve(Func<string, Quantization> range)
    {
        var known = Observed.ToDictionary(v => v, range);
        return Values.ToDictionary(v => v, v => known[Root(v)]);
    }

    private string Root(string value)
    {
        while (_same.TryGetValue(value, out string? other))
            value = other;
        return value;
    }

    private static bool IsInner(Graph graph, Node node, HashSet<Node> chosen)
    {
        string output = node.Outputs[0];
        if (graph.Outputs.Contains(output) || node.Op.Clamp != null || node.Op.KeepsScale)
            return false;
        Node[] readers = [.. graph.Nodes.Where(n => n.Inputs.Contains(output))];
        return readers.Length == 1 && readers[0].Op.Clamp != null && chosen.Contains(readers[0]);
    }
}

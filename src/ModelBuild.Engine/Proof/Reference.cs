namespace ModelBuild.Engine;

/// <summary>A graph by its operators' plain meaning, node by node: slow, and independent of every kernel.</summary>
internal static class Reference
{
    public static Tensor[] Run(Graph graph, Tensor[] inputs, CancellationToken cancellation)
    {
        var values = graph.Constants.ToDictionary();
        for (int i = 0; i < inputs.Length; i++)
            values[graph.Inputs[i]] = inputs[i];
        foreach (Node node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] outputs = node.Op.Evaluate([.. node.Inputs.Select(i => i.Length == 0 ? null : values[i])]);
            for (int i = 0; i < node.Outputs.Count; i++)
                values[node.Outputs[i]] = outputs[i];
        }
        return [.. graph.Outputs.Select(o => values[o])];
    }
}

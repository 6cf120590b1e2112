using System.ComponentModel;

namespace ModelBuild.Engine;

/// <summary>
/// Layer by layer in the order of the graph, so that each sees what those before it have become: what the mean of an output lacks, its bias gets (Nagel et al. 2019, Data-Free
/// Quantization, there from normalizations). Where weights were solved for, means are right already.
/// </summary>
[Description("changes biases so that on calibration data each layer's outputs have the means that they had before the first step: after steps that change weights without solve: layerwise; not for integer layers")]
internal sealed record CorrectBias : Pass
{
    public override bool NeedsCalibration => true;

    public override bool Shrinks => false;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null && LowBits.CanHaveBias(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        var solver = new LayerSolver([.. context.Samples], 0, 0, context.Cancellation);
        foreach (Node node in graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n)).ToArray())
        {
            if (Before(node, graph, context.Source) is not { } before)
                continue;
            PatchProduct product = LayerSolver.Product(graph, node)!;
            float[] wanted = solver.OutputMeans(before, context.Source, product), got = solver.OutputMeans(node, graph, product);
            graph = With(graph, node, [.. wanted.Zip(got, (w, g) => w - g)]);
        }
        return graph;
    }

    /// <summary>The layer as it was; null where it has other outputs now, so that none say what they should be.</summary>
    private static Node? Before(Node node, Graph graph, Graph source) =>
        source.Nodes.FirstOrDefault(n => n.Name == node.Name && n.Op == node.Op && source.Types[n.Outputs[0]] == graph.Types[node.Outputs[0]]);

    /// <summary>The graph with so much more in a layer's biases: as float16, where they were, or where there were none.</summary>
    private static Graph With(Graph graph, Node node, float[] more)
    {
        if (!Array.Exists(more, m => m != 0))
            return graph;
        Tensor? old = node.Inputs.Count > 2 ? graph.Constant(node.Inputs[2]) : null;
        bool halves = old == null || StoredForm.Halves(old.F32) != null;
        float[] biases = [.. more.Select((m, i) => m + (old?.F32[i] ?? 0)).Select(b => halves ? LowBits.AsFloat16(b) : b)];
        var rewrite = new Rewrite(graph);
        string bias = rewrite.AddConstant(old != null ? node.Inputs[2] : $"{node.Name}.bias", Tensor.Of([biases.Length], biases));
        rewrite.Replace(rewrite.Nodes.First(n => n.Outputs[0] == node.Outputs[0]), node with { Inputs = new([node.Inputs[0], node.Inputs[1], bias]) });
        return rewrite.ToGraph();
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace ModelBuild.Engine;

/// <remarks>One after the other, so that what is counted of each is what those before it leave.</remarks>
[Description("small activations become zero: those right behind a Relu, or another clamp at zero, as ThresholdedRelu; whatever float32 else only: names, as Shrink; the report has what was zero on calibration data before and after")]
internal sealed record PruneActivations(
    [Description("numbers of at most this magnitude become zero"), Range(0.0, double.PositiveInfinity)] double? Threshold = null,
    [Description("instead: the share of a tensor's numbers that is zero on calibration data; a threshold is found for each"), Range(0.0, 1.0)] double? Sparsity = null) : Pass
{
    public override string? Conflict => Threshold == null == (Sparsity == null) ? "one of 'threshold' and 'sparsity' is needed: what becomes zero, or which share of the numbers does" : null;

    public override bool Shrinks => false;

    public override bool NeedsCalibration => true;

    // What is given to the caller stays as it is.
    public override bool Applies(Graph graph, Node node) =>
        graph.Types[node.Outputs[0]].Element == ElementType.Float32 && !graph.Outputs.Contains(node.Outputs[0]) && (IsRectifier(node) || Nodes.Only.Count > 0);

    private static bool IsRectifier(Node node) => node.Op.Clamp is { Lo: 0 };

    public override Graph Apply(Graph graph, PassContext context)
    {
        Tensor[][] samples = [.. context.Samples];
        Node[] nodes = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n))];
        if (nodes.Length == 0)
            context.Note("activations: no node is a clamp at zero; only: names others");
        Graph present = graph;
        foreach (Node node in nodes)
        {
            context.Progress(node.Name);
            Magnitudes seen = Seen(present, node.Outputs[0], samples, context.Cancellation);
            float threshold = Sparsity is { } share ? seen.Threshold(share) : (float)Math.Min(float.MaxValue, Threshold!.Value);
            double before = seen.Share(0), after = seen.Share(threshold);
            context.Note(string.Create(CultureInfo.InvariantCulture, $"activations: {node.Name}: {before:0.0 %} of {seen.Count:N0} numbers were zero; {(threshold > 0 ? $"with |x| ≤ {threshold:G4}, {after:0.0 %} are" : "no more become")}"));
            if (threshold > 0)
                present = With(present, node, threshold);
        }
        return present;
    }

    private static Graph With(Graph graph, Node node, float threshold)
    {
        string value = node.Outputs[0];
        var rewrite = new Rewrite(graph);
        Node[] readers = [.. rewrite.Nodes.Where(n => n.Inputs.Contains(value))];
        if (readers.Length == 0)
            return graph;
        string few = rewrite.Before(readers[0], new Node($"{node.Name}.threshold", IsRectifier(node) ? new ThresholdedRelu(threshold) : new Shrink(0, threshold), new([value]), new([$"{value}.threshold"])));
        foreach (Node reader in readers)
            rewrite.Replace(reader, reader with { Inputs = new(reader.Inputs.Select(i => i == value ? few : i)) });
        return rewrite.ToGraph();
    }

    private static Magnitudes Seen(Graph graph, string value, Tensor[][] samples, CancellationToken cancellation)
    {
        var seen = new Magnitudes();
        using var watch = new Watch(graph, value);
        foreach (Tensor[] sample in samples)
        {
            cancellation.ThrowIfCancellationRequested();
            seen.Add(watch.Run(sample));
        }
        return seen;
    }
}

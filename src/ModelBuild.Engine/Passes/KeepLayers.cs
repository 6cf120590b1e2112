using System.ComponentModel;

namespace ModelBuild.Engine;

/// <summary>Changes no number: what it says about nodes, steps after it read.</summary>
[Description("leaves layers as they are in all steps after it, but those that change no number: keep(first, last), keep(last), keep(only: NAMES); first and last are those of the layers that only: and except: select")]
internal sealed record KeepLayers(
    [Description("the first layer with weights; keep(first) is keep(first: true)")] bool First = false,
    [Description("the last one")] bool Last = false) : Pass
{
    public override bool Shrinks => false;

    public override bool IsLossy => false;

    public override string? Conflict => !First && !Last && Nodes.Only.Count == 0 ? "it needs what to keep: keep(first, last), keep(first), keep(last) or keep(only: NAMES)" : null;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null;

    /// <summary>What a layer's kernel clamps as it stores.</summary>
    private static IEnumerable<Node> Clamps(Graph graph, Node layer) =>
        graph.Outputs.Contains(layer.Outputs[0]) || graph.Nodes.Where(n => n.Inputs.Contains(layer.Outputs[0])).ToArray() is not [{ Op.Clamp: not null } clamp] ? [] : [clamp];

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] layers = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Whole.Selects(n))];
        Node[] kept = First || Last ? [.. layers.Take(First ? 1 : 0), .. layers.TakeLast(Last ? 1 : 0)] : [.. graph.Nodes.Where(Nodes.Selects)];
        context.Note($"keep: {(kept.Length == 0 ? "nothing" : string.Join(", ", kept.Select(n => n.Name).Distinct()))}");
        return graph with { Kept = graph.Kept.Union(kept.Concat(kept.SelectMany(n => Clamps(graph, n))).Select(n => n.Name)) };
    }
}

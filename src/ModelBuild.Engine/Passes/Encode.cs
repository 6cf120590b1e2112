using System.ComponentModel;

namespace ModelBuild.Engine;

/// <summary>Changes no number: what it says about nodes, the weights writer reads. Steps may follow, as names of nodes stay; what keep() keeps is stored so as well.</summary>
[Description("stores int8 weights, and float ones of few levels, in as many bits as each value is rare; changes no number")]
internal sealed record Encode : Pass
{
    public override bool IsLossy => false;

    public override bool Applies(Graph graph, Node node) =>
        node.Inputs.Any(v => graph.Constant(v) != null || (graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(v)) is { Op.Dequantizes: not null } writer && graph.Constant(writer.Inputs[0]) != null));

    public override Graph Apply(Graph graph, PassContext context) => graph with { Coded = graph.Coded.Union(graph.Nodes.Where(n => Nodes.Whole.Selects(n)).Select(n => n.Name)) };
}

namespace ModelBuild.Engine;

/// <summary>What one pass left: bytes of constants and number of nodes after it.</summary>
internal sealed record Footprint(string Step, int Nodes, long Bytes)
{
    public static Footprint Of(string step, Graph graph) => new(step, graph.Nodes.Length, graph.Constants.Values.Sum(t => (long)t.Type.Bytes));
}

namespace ModelBuild.Engine;

/// <summary>
/// What one step left: bytes of constants and number of nodes after it, the bytes that weights are then stored in, and the layer that is furthest from what it was, with its max|y−r| / max|r|
/// (null where nothing was measured).
/// </summary>
internal sealed record Footprint(string Step, int Nodes, long Bytes, long? Stored = null, double? Error = null, string? Layer = null)
{
    public static Footprint Of(string step, Graph graph) => new(step, graph.Nodes.Length, graph.Constants.Values.Sum(t => (long)t.Type.Bytes));
}

using System.ComponentModel;

namespace ModelBuild.Engine;

internal enum WeightScale
{
    /// <summary>A scale for each output.</summary>
    PerChannel,

    /// <summary>One for all outputs of a layer.</summary>
    PerTensor,
}

[Description("integer arithmetic: activations u8 by calibrated ranges, weights s8, biases int32")]
internal sealed record QuantizeInt8(
    [Description("how a range is chosen from the numbers seen")] RangeRule Calibration = RangeRule.Mse,
    [Description("a scale for each output, or one for a tensor")] WeightScale Weights = WeightScale.PerChannel,
    [Description("where zero lies in an activation's range: anywhere, or always at 128")] ZeroPoint Activations = ZeroPoint.Asymmetric) : Pass
{
    public override bool NeedsCalibration => true;

    public override bool Applies(Graph graph, Node node) => IsInteger(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] nodes = [.. graph.Nodes.Where(n => IsInteger(graph, n) && Nodes.Selects(n))];
        var points = QuantizationPoints.Of(graph, nodes);
        IReadOnlyDictionary<string, Histogram> seen = Calibrator.Observe(graph, points.Observed, context.Samples, context.Cancellation);
        return new Int8Rewriter(graph, nodes, points.Resolve(v => Ranges.Of(seen[v], Calibration, Activations))) { Scales = Weights }.Run();
    }

    internal static bool IsInteger(Graph graph, Node node) =>
        node.Op.HasIntegerKernel
        && graph.Types[node.Inputs[0]].Element == ElementType.Float32 && graph.Types[node.Outputs[0]].Element == ElementType.Float32
        && graph.Constant(node.Inputs[0]) == null
        && (node.Op.WeightsAxis == null
            ? node.Inputs.All(i => graph.Constant(i) == null || graph.Types[i].Element != ElementType.Float32)
            : graph.Constant(node.Inputs[1]) != null && (node.Inputs.Count < 3 || graph.Constant(node.Inputs[2]) != null));
}

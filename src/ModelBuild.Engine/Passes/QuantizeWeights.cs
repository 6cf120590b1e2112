using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ModelBuild.Engine;

/// <summary>What a weight may be, in units of its output's scale.</summary>
internal enum WeightType
{
    /// <summary>−127 to 127.</summary>
    Int8,

    /// <summary>−7 to 7.</summary>
    Int4,

    /// <summary>−3 to 3.</summary>
    Int3,

    /// <summary>−2, −1, 0, 1 or −1, 0, 1, 2: what fits the output.</summary>
    Int2,

    /// <summary>−1, 0, 1 (Li et al. 2016).</summary>
    Ternary,

    /// <summary>Another word for int2.</summary>
    Quaternary,

    /// <summary>One of two numbers of its output, which need be no opposites (XNOR-Net's, Rastegari et al. 2016, are).</summary>
    Binary,
}

internal enum ActivationType
{
    Float32,
    Int8,
}

[Description("weights of few bits with a scale for each output, solved for layer by layer; activations stay float32, or become u8 and layers run as integers")]
internal sealed record QuantizeWeights(
    [Description("what a weight may be, in units of its output's scale; binary: one of two numbers of its output, zeros too")] WeightType Weights,
    [Description("what layers read and write: int8 is as quantize(int8) has it")] ActivationType Activations = ActivationType.Float32,
    [Description("layerwise keeps what layers give on calibration data; nearest looks at weights alone")] WeightSolver Solve = WeightSolver.Layerwise,
    [Description("what has int8 whatever weights: says: the first and last layer and those under 2,048 weights, or nothing")] WideLayers Wide = WideLayers.Ends,
    [Description("how much of a layer's squared error a bit of each weight is worth; above 0, weights are chosen for the size that encode() then gives"), Range(0.0, 1000.0)] double Rate = 0,
    [Description("how the range of an int8 activation is chosen from the numbers seen")] RangeRule Calibration = RangeRule.Mse,
    [Description("how many weights of an output, in the order in which they lie in the model's file, share a float16 scale; all of them unless said. The wide layers have a scale for each output")] [Range(BlockGrid.Least, BlockGrid.Most)] int? Block = null) : LowBits(Solve, Wide, Rate)
{
    public override bool NeedsCalibration => base.NeedsCalibration || Activations == ActivationType.Int8;

    protected override int? BlockLength => Block;

    public override string? Conflict => Block != null && Activations == ActivationType.Int8
        ? "'block' is of weights alone, valid with activations: float32: an integer layer has a scale for each output"
        : Block != null && Weights == WeightType.Binary ? "'block' is of scales, and 'weights: binary' has two numbers an output instead"
        : Weights == WeightType.Binary && Activations == ActivationType.Int8
        ? "'weights: binary' is two numbers an output, which are no integers: valid with activations: float32; activations: int8 goes with int8, int4, int3, int2, ternary and quaternary"
        : null;

    protected override LevelsChoice Choice => Weights switch
    {
        WeightType.Int8 => EightBits,
        WeightType.Int4 => (_, _) => [LevelSet.Grid(-7, 7)],
        WeightType.Int3 => (_, _) => [LevelSet.Grid(-3, 3)],
        WeightType.Binary => (_, _) => [LevelSet.Pair],
        WeightType.Ternary => (_, _) => [LevelSet.Grid(-1, 1)],
        _ => (_, _) => [LevelSet.Grid(-2, 1), LevelSet.Grid(-1, 2)],
    };

    public override Graph Apply(Graph graph, PassContext context) => Activations == ActivationType.Int8 ? WithIntegers(graph, context) : WithFloats(graph, context);

    private Graph WithIntegers(Graph graph, PassContext context)
    {
        Node[] layers = Layers(graph), nodes = [.. graph.Nodes.Where(n => QuantizeInt8.IsInteger(graph, n) && Nodes.Selects(n))];
        var points = QuantizationPoints.Of(graph, nodes);
        IReadOnlyDictionary<string, Histogram> seen = Calibrator.Observe(graph, points.Observed, context.Samples, context.Cancellation);
        IReadOnlyDictionary<string, Quantization> ranges = points.Resolve(v => Ranges.Of(seen[v], Calibration));
        LayerSolver solver = Solver(graph, layers, context);
        var solved = new Dictionary<string, SolvedLayer>();
        foreach (Node node in layers.Intersect(nodes))
        {
            Graph present = Rewritten();
            string input = present.Nodes.First(n => n.Name == node.Name && n.Op == node.Op).Inputs[0];
            solved[node.Outputs[0]] = solver.Solve(
                node, graph, present, input, graph.Constant(node.Inputs[1])!, ChoiceOf(graph, node), WeightScales.Of(graph, node, ranges).Stored, CanHaveBias(graph, node));
        }
        return Rewritten();

        Graph Rewritten() => new Int8Rewriter(graph, nodes, ranges) { Solved = solved }.Run();
    }
}

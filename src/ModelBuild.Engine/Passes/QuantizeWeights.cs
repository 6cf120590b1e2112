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

    /// <summary>−1, 0 and 1 and one more, of either sign.</summary>
    Int2,

    /// <summary>−1, 0, 1 (Li et al. 2016).</summary>
    Ternary,

    /// <summary>As int2: −2, −1, 0, 1 or −1, 0, 1, 2.</summary>
    Quaternary,
}

internal enum ActivationType
{
    Float32,
    Int8,
}

internal enum WeightSolver
{
    /// <summary>What keeps the layer's outputs, on calibration data.</summary>
    Layerwise,

    /// <summary>The nearest level, at the scale of least squared error.</summary>
    Nearest,
}

internal enum WideLayers
{
    /// <summary>The first and the last layer, and those of fewer than 2,048 weights, have int8.</summary>
    Ends,

    /// <summary>All are alike.</summary>
    None,
}

[Description("weights of few bits with a scale for each output, solved for layer by layer; activations stay float32, or become u8 and layers run as integers")]
internal sealed record QuantizeWeights(
    [Description("what a weight may be, in units of its output's scale")] WeightType Weights,
    [Description("what layers read and write: int8 is as quantize(int8) has it")] ActivationType Activations = ActivationType.Float32,
    [Description("layerwise keeps what layers give on calibration data; nearest looks at weights alone")] WeightSolver Solve = WeightSolver.Layerwise,
    [Description("what has int8 whatever weights: says: the first and last layer and those under 2,048 weights, or nothing")] WideLayers Wide = WideLayers.Ends,
    [Description("how much of a layer's squared error a bit of each weight is worth; above 0, weights are chosen for the size that encode() then gives"), Range(0.0, 1000.0)] double Rate = 0,
    [Description("how the range of an int8 activation is chosen from the numbers seen")] RangeRule Calibration = RangeRule.Mse) : Pass
{
    public override bool NeedsCalibration => Solve == WeightSolver.Layerwise || Activations == ActivationType.Int8;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null;

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] layers = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n) && IsAlone(graph, n))];
        return Activations == ActivationType.Int8 ? WithIntegers(graph, layers, context) : WithFloats(graph, layers, context);
    }

    /// <summary>Float32 weights that are integers times a float16 scale.</summary>
    private Graph WithFloats(Graph graph, Node[] layers, PassContext context)
    {
        LayerSolver solver = Solver(graph, layers, context);
        Graph present = graph;
        foreach (Node node in layers)
        {
            bool biased = CanHaveBias(graph, node);
            SolvedLayer solved = solver.Solve(node, graph, present, node.Inputs[0], LevelsOf(graph, layers, node), AsFloat16, biased);
            present = With(present, node, solved.Weights(LayerSolver.Product(graph, node)!), solved.Biases);
        }
        return present;
    }

    private Graph WithIntegers(Graph graph, Node[] layers, PassContext context)
    {
        Node[] nodes = [.. graph.Nodes.Where(n => QuantizeInt8.IsInteger(graph, n) && Nodes.Selects(n))];
        var points = QuantizationPoints.Of(graph, nodes);
        IReadOnlyDictionary<string, Histogram> seen = Calibrator.Observe(graph, points.Observed, context.Samples, context.Cancellation);
        IReadOnlyDictionary<string, Quantization> ranges = points.Resolve(v => Ranges.Of(seen[v], Calibration));
        LayerSolver solver = Solver(graph, layers, context);
        var solved = new Dictionary<string, SolvedLayer>();
        foreach (Node node in layers.Intersect(nodes))
        {
            Graph present = Rewritten();
            string input = present.Nodes.First(n => n.Name == node.Name && n.Op == node.Op).Inputs[0];
            float x = ranges[node.Inputs[0]].Scale, least = LeastScale(graph, node, x), y = End(graph, node) is { } end && ranges.TryGetValue(end, out Quantization? range) ? range.Scale : 0;
            solved[node.Outputs[0]] = solver.Solve(node, graph, present, input, LevelsOf(graph, layers, node), scale => y == 0 ? AsFloat16(Math.Max(least, scale)) : AsMultiplier(Math.Max(least, scale), x, y), CanHaveBias(graph, node));
        }
        return Rewritten();

        Graph Rewritten() => new Int8Rewriter(graph, nodes, ranges) { Solved = solved }.Run();
    }

    private LayerSolver Solver(Graph graph, Node[] layers, PassContext context) =>
        new(Solve == WeightSolver.Nearest ? [] : [.. context.Samples], Rate, layers.Sum(n => (long)graph.Constant(n.Inputs[1])!.Shape.Size), context.Cancellation);

    private Levels[] LevelsOf(Graph graph, Node[] layers, Node node) =>
        Wide == WideLayers.Ends && (node == layers[0] || node == layers[^1] || graph.Constant(node.Inputs[1])!.Shape.Size < WeightTensors.Small) ? LevelsOf(WeightType.Int8) : LevelsOf(Weights);

    private static Levels[] LevelsOf(WeightType type) => type switch
    {
        WeightType.Int8 => [new(-127, 127)],
        WeightType.Int4 => [new(-7, 7)],
        WeightType.Int3 => [new(-3, 3)],
        WeightType.Ternary => [new(-1, 1)],
        _ => [new(-2, 1), new(-1, 2)],
    };

    /// <summary>Where a layer's result is quantized: behind the clamp that is part of it.</summary>
    private static string? End(Graph graph, Node node)
    {
        Node[] readers = [.. graph.Nodes.Where(n => n.Inputs.Contains(node.Outputs[0]))];
        return readers is [{ Op.Clamp: not null } clamp] ? clamp.Outputs[0] : node.Outputs[0];
    }

    private static bool IsAlone(Graph graph, Node node) => graph.Nodes.Sum(n => n.Inputs.Count(i => i == node.Inputs[1])) == 1;

    private static bool CanHaveBias(Graph graph, Node node) =>
        LayerSolver.Product(graph, node)!.TakesBias && (node.Inputs.Count < 3 || node.Inputs[2].Length == 0 || graph.Constant(node.Inputs[2])?.Shape.Size == graph.Types[node.Outputs[0]].Shape[1]);

    private static Graph With(Graph graph, Node node, Tensor weights, float[] biases)
    {
        var rewrite = new Rewrite(graph);
        string[] inputs = [node.Inputs[0], rewrite.AddConstant(node.Inputs[1], weights)];
        if (biases.Length > 0)
            inputs = [.. inputs, rewrite.AddConstant(node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? node.Inputs[2] : $"{node.Name}.bias", Tensor.Of([biases.Length], biases))];
        rewrite.Replace(rewrite.Nodes.First(n => n.Outputs[0] == node.Outputs[0]), node with { Inputs = new(inputs) });
        return rewrite.ToGraph();
    }

    /// <summary>The bias counts in steps of both scales, and has to stay an int32.</summary>
    private static float LeastScale(Graph graph, Node node, float input)
    {
        float most = 0;
        foreach (float b in node.Inputs.Count > 2 && graph.Constant(node.Inputs[2]) is { Element: ElementType.Float32 } bias ? bias.F32 : [])
            most = Math.Max(most, Math.Abs(b));
        return most / (input * (1 << 29));
    }

    private static float AsFloat16(float scale) => scale is > 6.2e-5f and < 65000 ? (float)(Half)scale : scale;

    /// <summary>A scale whose multiplier, sx·sw / sy, is a number that float16 has: that is what is stored.</summary>
    private static float AsMultiplier(float scale, float x, float y)
    {
        float multiplier = AsFloat16(x * scale / y), start = multiplier * y / x;
        for (int i = 0; i < 8; i++)
        {
            float tried = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(start) + (i % 2 == 0 ? i / 2 : -(i + 1) / 2));
            if (x * tried / y == multiplier)
                return tried;
        }
        return scale;
    }
}

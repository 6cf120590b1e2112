namespace ModelBuild.Engine;

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

/// <summary>A step that gives weights few levels, layer by layer.</summary>
internal abstract record LowBits(WeightSolver Solve, WideLayers Wide, double Rate) : Pass
{
    protected static readonly LevelsChoice EightBits = (_, _) => [LevelSet.Grid(-127, 127)];

    public override Pass? Quickly() => this with { Solve = WeightSolver.Nearest };

    public override bool NeedsCalibration => Solve == WeightSolver.Layerwise;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null;

    /// <summary>What weights may be, but those of the wide layers.</summary>
    protected abstract LevelsChoice Choice { get; }

    /// <summary>The layers that the step changes. Weights that several nodes share stay: what suits one may not suit the other.</summary>
    protected Node[] Layers(Graph graph) => Layers(graph, Nodes);

    private Node[] Layers(Graph graph, Selection nodes) => [.. graph.Nodes.Where(n => Applies(graph, n) && nodes.Selects(n) && HasOwnWeights(graph, n))];

    public static bool HasOwnWeights(Graph graph, Node node) => graph.Nodes.Sum(other => other.Inputs.Count(i => i == node.Inputs[1])) == 1;

    protected LayerSolver Solver(Graph graph, Node[] layers, PassContext context) =>
        new(Solve == WeightSolver.Nearest ? [] : [.. context.Samples], Rate, layers.Sum(n => (long)graph.Constant(n.Inputs[1])!.Shape.Size), context.Cancellation) { Progress = context.Progress };

    // Where an end is kept as it is, its neighbour isn't one.
    private bool IsWide(Graph graph, Node node) =>
        Wide == WideLayers.Ends && (Layers(graph, Nodes.Whole) is var layers && (node == layers[0] || node == layers[^1]) || graph.Constant(node.Inputs[1])!.Shape.Size < WeightTensors.Small);

    protected LevelsChoice ChoiceOf(Graph graph, Node node) => IsWide(graph, node) ? EightBits : Choice;

    /// <summary>How many weights of an output share a scale, but those of the wide layers; null where all do.</summary>
    protected virtual int? BlockLength => null;

    public static bool CanHaveBias(Graph graph, Node node) =>
        LayerSolver.Product(graph, node)!.TakesBias && (node.Inputs.Count < 3 || node.Inputs[2].Length == 0 || graph.Constant(node.Inputs[2])?.Shape.Size == graph.Types[node.Outputs[0]].Shape[1]);

    /// <summary>The graph with float32 weights that have few levels, their scales and biases float16.</summary>
    protected Graph WithFloats(Graph graph, PassContext context)
    {
        Node[] layers = Layers(graph);
        LayerSolver solver = Solver(graph, layers, context);
        Graph present = graph;
        foreach (Node node in layers)
            present = With(present, node, solver.Solve(node, graph, present, node.Inputs[0], graph.Constant(node.Inputs[1])!, ChoiceOf(graph, node), AsFloat16, CanHaveBias(graph, node), block: IsWide(graph, node) ? int.MaxValue : BlockLength ?? int.MaxValue), AsFloat16);
        return present;
    }

    /// <summary>The nearest float16, where that says as many digits as others.</summary>
    public static float AsFloat16(float value) => Math.Abs(value) is > 6.2e-5f and < 65000 ? (float)(Half)value : value;

    /// <summary>The graph with a layer's weights and biases.</summary>
    public static Graph With(Graph graph, Node node, SolvedLayer solved, Func<float, float> stored)
    {
        var rewrite = new Rewrite(graph);
        string[] inputs = [node.Inputs[0], rewrite.AddConstant(node.Inputs[1], solved.Weights)];
        if (solved.Biases.Length > 0)
        {
            Tensor biases = Tensor.Of([solved.Biases.Length], Array.ConvertAll(solved.Biases, b => stored(b)));
            inputs = [.. inputs, rewrite.AddConstant(node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? node.Inputs[2] : $"{node.Name}.bias", biases)];
        }
        rewrite.Replace(rewrite.Nodes.First(n => n.Outputs[0] == node.Outputs[0]), node with { Inputs = new(inputs) });
        return rewrite.ToGraph();
    }
}

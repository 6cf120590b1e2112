namespace ModelBuild.Engine;

/// <summary>Writes quantization into a graph: a pair of QuantizeLinear and DequantizeLinear at each point, weights and biases as integers behind DequantizeLinear.</summary>
internal sealed class Int8Rewriter(Graph graph, IReadOnlyCollection<Node> nodes, IReadOnlyDictionary<string, Quantization> points)
{
    /// <summary>Weights that somebody has chosen, by the node's output; those of others are the nearest integers.</summary>
    public IReadOnlyDictionary<string, SolvedLayer> Solved { get; init; } = new Dictionary<string, SolvedLayer>();

    /// <summary>What scales the weights that nobody has chosen.</summary>
    public WeightScale Scales { get; init; }

    private readonly GraphBuilder _builder = new(graph.Name) { Batch = graph.Batch, Coded = graph.Coded, Kept = graph.Kept };

    // What readers of a value read now.
    private readonly Dictionary<string, string> _now = [];

    public Graph Run()
    {
        var chosen = new HashSet<Node>(nodes, ReferenceEqualityComparer.Instance);
        foreach (string input in graph.Inputs)
            _builder.AddInput(input, graph.Types[input]);
        foreach (var (name, tensor) in graph.Constants)
            _builder.AddConstant(name, tensor);
        foreach (string input in graph.Inputs.Where(points.ContainsKey))
            _now[input] = Pair(input, input, null);
        foreach (Node node in graph.Nodes)
        {
            Node rewired = node with { Inputs = new(node.Inputs.Select(i => _now.GetValueOrDefault(i, i))) };
            if (chosen.Contains(node) && node.Op.WeightsAxis is { } axis)
                rewired = WithIntegers(rewired, node, axis);
            // A graph's output keeps its name, on what is now its last node.
            var raw = node.Outputs.Where(points.ContainsKey).ToDictionary(o => o, o => graph.Outputs.Contains(o) ? _builder.Fresh(o) : o);
            _builder.Add(rewired with { Outputs = new(node.Outputs.Select(o => raw.GetValueOrDefault(o, o))) });
            foreach (var (output, name) in raw)
                _now[output] = Pair(output, name, name != output ? output : null);
        }
        return _builder.Build(graph.Outputs);
    }

    private string Pair(string value, string raw, string? result)
    {
        Quantization q = points[value];
        string integers = _builder.Add($"{value}.quantize", new QuantizeLinear(q), raw);
        result ??= _builder.Fresh($"{value}.dequantize");
        _builder.Add(new Node($"{value}.dequantize", new DequantizeLinear(q), new([integers]), new([result])));
        return result;
    }

    private Node WithIntegers(Node node, Node original, int axis)
    {
        if (Solved.GetValueOrDefault(node.Outputs[0]) is { } solved)
            return With(node, original, solved.Integers, solved.Scales, solved.Biases, axis);
        Tensor w = graph.Constant(original.Inputs[1])!;
        int outputs = w.Shape[axis], inner = w.Shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        float[] bias = original.Inputs.Count > 2 ? Bias(graph.Constant(original.Inputs[2])!, outputs) : [];
        var scales = new float[outputs];
        ReadOnlySpan<float> values = w.F32;
        for (int i = 0; i < values.Length; i++)
            scales[i / inner % outputs] = Math.Max(scales[i / inner % outputs], Math.Abs(values[i]));
        if (Scales == WeightScale.PerTensor)
            Array.Fill(scales, scales.Max());
        WeightScales stored = WeightScales.Of(graph, original, points);
        // Weights that a step before has put on a grid stay there.
        if (Scales == WeightScale.PerChannel && Grid.Of(values, axis == 0 ? new(outputs, inner, 1) : new(outputs, values.Length / outputs, outputs)) is [var grid, ..] && grid.Scales.All(s => s == 0 || s > stored.Least))
            return With(node, original, Tensor.Of(w.Shape, grid.Integers), Array.ConvertAll(grid.Scales, s => stored.Stored(s > 0 ? s : 1)), bias, axis);
        for (int m = 0; m < outputs; m++)
            scales[m] = stored.Stored(scales[m] > 0 ? scales[m] / 127 : 1);
        var integers = new sbyte[values.Length];
        for (int i = 0; i < integers.Length; i++)
            integers[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scales[i / inner % outputs]), -127, 127);

        return With(node, original, Tensor.Of(w.Shape, integers), scales, bias, axis);
    }

    private Node With(Node node, Node original, Tensor integers, float[] scales, float[] bias, int axis)
    {
        float input = points[original.Inputs[0]].Scale;
        var inputs = new List<string> { node.Inputs[0], Integers(original.Inputs[1], integers, scales, axis) };
        if (bias.Length > 0)
        {
            int[] steps = [.. bias.Select((b, m) => (int)Math.Clamp(Math.Round(b / ((double)input * scales[m])), int.MinValue, int.MaxValue))];
            string name = original.Inputs.Count > 2 && original.Inputs[2].Length > 0 ? original.Inputs[2] : $"{original.Name}.bias";
            inputs.Add(Integers(name, Tensor.Of([steps.Length], steps), Array.ConvertAll(scales, s => input * s), axis: 0));
        }
        return node with { Inputs = new(inputs) };
    }

    private string Integers(string name, Tensor tensor, float[] scales, int axis)
    {
        string constant = _builder.AddConstant(_builder.Fresh($"{name}.int"), tensor);
        return _builder.Add($"{name}.dequantize", new DequantizeLinear(new(new(scales), new(scales.Select(_ => 0)), tensor.Element, axis)), constant);
    }

    private static float[] Bias(Tensor tensor, int outputs) =>
        tensor.Shape.Size == outputs ? [.. tensor.F32] : [.. Enumerable.Repeat(tensor.F32[0], outputs)];
}

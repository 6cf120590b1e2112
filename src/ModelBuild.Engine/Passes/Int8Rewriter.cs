namespace ModelBuild.Engine;

/// <summary>Writes quantization into a graph: a pair of QuantizeLinear and DequantizeLinear at each point, weights and biases as integers behind DequantizeLinear.</summary>
internal sealed class Int8Rewriter(Graph graph, IReadOnlyCollection<Node> nodes, IReadOnlyDictionary<string, Quantization> points)
{
    private readonly GraphBuilder _builder = new(graph.Name) { Batch = graph.Batch, Coded = graph.Coded };

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
        Tensor w = graph.Constant(original.Inputs[1])!;
        float input = points[original.Inputs[0]].Scale;
        int outputs = w.Shape[axis], inner = w.Shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        float[] bias = original.Inputs.Count > 2 ? Bias(graph.Constant(original.Inputs[2])!, outputs) : [];
        var scales = new float[outputs];
        ReadOnlySpan<float> values = w.F32;
        for (int i = 0; i < values.Length; i++)
            scales[i / inner % outputs] = Math.Max(scales[i / inner % outputs], Math.Abs(values[i]));
        for (int m = 0; m < outputs; m++)
        {
            scales[m] = scales[m] > 0 ? scales[m] / 127 : 1;
            // The bias counts in steps of both scales; weights so small that it leaves int32 get coarser steps.
            if (bias.Length > 0)
                scales[m] = Math.Max(scales[m], Math.Abs(bias[m]) / (input * (1 << 30)));
        }
        var integers = new sbyte[values.Length];
        for (int i = 0; i < integers.Length; i++)
            integers[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scales[i / inner % outputs]), -127, 127);

        var inputs = new List<string> { node.Inputs[0], Integers(original.Inputs[1], Tensor.Of(w.Shape, integers), scales, axis) };
        if (bias.Length > 0)
        {
            int[] steps = [.. bias.Select((b, m) => (int)Math.Round(b / ((double)input * scales[m])))];
            inputs.Add(Integers(original.Inputs[2], Tensor.Of([outputs], steps), Array.ConvertAll(scales, s => input * s), axis: 0));
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

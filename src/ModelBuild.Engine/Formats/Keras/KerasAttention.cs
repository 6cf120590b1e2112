namespace ModelBuild.Engine;

/// <summary>Layers in which each step looks at all others.</summary>
internal static class KerasAttention
{
    /// <summary>Far below any score: its exponential is 0.</summary>
    private const float Never = -1e9f;

    /// <summary>softmax(q·kᵀ)·v of inputs [query, value, key].</summary>
    public static KerasValue Attention(KerasLayer layer, KerasValue[] xs)
    {
        if (xs.Length is not (2 or 3))
            throw layer.Fault($"it takes query, value and perhaps key, not {xs.Length} inputs");
        Array.ForEach(xs, x => KerasWindows.NoMask(layer, x));
        if (layer.Config.Text("score_mode", "dot") != "dot" || layer.Arguments.Value("mask") != null)
            throw layer.Fault("a score_mode other than dot, and masks, are not supported");
        string query = layer.Plain(xs[0]), value = layer.Plain(xs[1]), key = xs.Length == 3 ? layer.Plain(xs[2]) : value;
        string scores = layer.Add(new MatMul(), query, layer.Add(new Transpose(new Ints([0, 2, 1])), key));
        if (layer.Config.Flag("use_scale", false))
            scores = layer.Add(new Mul(), scores, layer.Constant("scale", layer.Weight("scale", 0)));
        scores = Causal(layer, scores, layer.Config.Flag("causal", false) || layer.Arguments.Config.Flag("use_causal_mask", false));
        return new KerasValue { Plain = layer.Add(new MatMul(), layer.Add(new Softmax(-1), scores), value) };
    }

    /// <summary>Kernels of query, key and value are [in, heads, size], that of the output [heads, size, out].</summary>
    public static KerasValue MultiHead(KerasLayer layer, KerasValue[] xs)
    {
        KerasValue query = xs[0], value = Input(1, "value") ?? throw layer.Fault("it has no value"), key = Input(2, "key") ?? value;
        Array.ForEach([query, value, key], x => KerasWindows.NoMask(layer, x));
        if (layer.Arguments.Named?.Keys.Any(k => k.EndsWith("mask", StringComparison.Ordinal)) == true || layer.Config.Flag("use_gate", false) || layer.Config.Has("sliding_window"))
            throw layer.Fault("masks, gates and sliding windows are not supported");
        if (layer.Arguments.Config.Flag("return_attention_scores", false))
            throw layer.Fault("return_attention_scores is not supported");
        int heads = KerasWindows.Positive(layer, "num_heads"), size = KerasWindows.Positive(layer, "key_dim"), valueSize = layer.Config.Int("value_dim") ?? size;
        if (new[] { query, value, key }.Any(x => layer.Shape(x).Rank != 3) || layer.Config.Ints("attention_axes") is not (null or [1] or [-2]))
            throw layer.Fault("inputs of other than three axes, and other attention_axes than that of steps, are not supported");
        int steps = layer.Shape(query)[1];
        string q = Heads(query, "query", size, [0, 2, 1, 3]), k = Heads(key, "key", size, [0, 2, 3, 1]), v = Heads(value, "value", valueSize, [0, 2, 1, 3]);
        q = layer.Add(new Mul(), q, layer.Constant("factor", Tensor.Scalar((float)(1 / Math.Sqrt(size)))));
        string scores = Causal(layer, layer.Add(new MatMul(), q, k), layer.Arguments.Config.Flag("use_causal_mask", false));
        string seen = layer.Add(new MatMul(), layer.Add(new Softmax(-1), scores), v);
        string flat = layer.Add(new Reshape(new([layer.Shape(query)[0], steps, heads * valueSize])), layer.Add(new Transpose(new Ints([0, 2, 1, 3])), seen));
        int[] output = layer.Config.Ints("output_shape") ?? [layer.Shape(query)[2]];
        if (output.Length != 1)
            throw layer.Fault("an output_shape of several axes is not supported");
        KerasLayer last = Projection("attention_output", ["output_dense", "_output_dense"]);
        Tensor kernel = last.Weight("kernel", 0, heads, valueSize, output[0]).Reshape([heads * valueSize, output[0]]);
        return new KerasValue { Plain = Biased(last, last.Add(new MatMul(), flat, last.Constant("kernel", kernel)), output[0], [output[0]]) };

        KerasValue? Input(int at, string name) => xs.Length > at ? xs[at] : layer.Arguments.Value(name);

        KerasLayer Projection(string name, string[] attributes) => layer.Inner(name, layer.Class, layer.Config, layer.Weights.Inside(name, attributes));

        string Heads(KerasValue x, string name, int each, int[] order)
        {
            Shape shape = layer.Shape(x);
            KerasLayer projection = Projection(name, [$"{name}_dense", $"_{name}_dense"]);
            Tensor weights = projection.Weight("kernel", 0, shape[2], heads, each).Reshape([shape[2], heads * each]);
            string y = projection.Add(new MatMul(), layer.Plain(layer.Numbers(x)), projection.Constant("kernel", weights));
            y = Biased(projection, y, heads * each, [heads, each]);
            return layer.Add(new Transpose(new Ints(order)), layer.Add(new Reshape(new([shape[0], shape[1], heads, each])), y));
        }

        string Biased(KerasLayer projection, string y, int count, int[] lengths) =>
            layer.Config.Flag("use_bias", true) ? projection.Add(new Add(), y, projection.Constant("bias", projection.Weight("bias", 1, lengths).Reshape([count]))) : y;
    }

    /// <summary>Scores of steps that come later are out of the question.</summary>
    private static string Causal(KerasLayer layer, string scores, bool causal)
    {
        if (!causal)
            return scores;
        Shape shape = layer.TypeOf(scores);
        int rows = shape[^2], columns = shape[^1];
        return layer.Add(new Add(), scores, layer.Constant("causal", Tensor.Of<float>([rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => i % columns > i / columns ? Never : 0)])));
    }
}

namespace ModelBuild.Engine;

/// <summary>How operators are read that are several of ours, and scatters.</summary>
internal static class OnnxComposed
{
    /// <summary>The node's first output is what the graph then holds under a name of its own.</summary>
    public static Op? Of(OnnxNode n, Func<Composed, string> add)
    {
        n.Add(new Identity(), add(new Composed(n.Builder, n.Name)));
        return null;
    }

    public static Op? DynamicQuantize(OnnxNode n)
    {
        var (y, scale, zero) = new Composed(n.Builder, n.Name).QuantizeByRange(n.Inputs[0]);
        foreach (var (value, output) in new[] { y, scale, zero }.Zip(n.Outputs).Where(o => o.Second.Length > 0))
            n.Builder.Add(new Node(n.Name, new Identity(), new([value]), new([output])));
        return null;
    }

    public static Op? EyeLike(OnnxNode n)
    {
        TensorType x = n.InputType(0);
        if (x.Shape.Rank != 2)
            throw new OperatorException($"{x.Shape} is no matrix");
        int k = n.Int("k", 0), columns = x.Shape[1];
        double[] values = [.. Enumerable.Range(0, x.Shape.Size).Select(i => i % columns - i / columns == k ? 1.0 : 0)];
        n.Builder.AddConstant(n.Outputs[0], Tensor.From(x with { Element = n.Has("dtype") ? n.Element("dtype") : x.Element }, values));
        return null;
    }

    /// <summary>Before opset 13 the axis begins the columns of a matrix, along all of which there is one largest element.</summary>
    public static Op? Hardmax(OnnxNode n) => Of(n, graph =>
    {
        if (n.Opset >= 13)
            return graph.Hardmax(n.Inputs[0], n.Int("axis", -1));
        string matrix = graph.Add(new Flatten(n.Int("axis", 1)), n.Inputs[0]);
        return graph.Add(new Reshape(n.Shape(0).Axes), graph.Hardmax(matrix, -1));
    });

    public static Op? LpPool(OnnxNode n)
    {
        if (n.Flag("ceil_mode"))
            throw new OperatorException("ceil_mode is not supported");
        return OnnxWindows.Pool(n, (k, s, d, p) => new AveragePool(k, s, d, p, IncludePads: true)) is not AveragePool mean ? throw new OperatorException("3 spatial axes are not supported; 1 and 2 are")
            : Of(n, graph => graph.LpPool(n.Inputs[0], n.Int("p", 2), mean));
    }

    /// <summary>Before opset 21 scale and shift are a group's, not a channel's.</summary>
    public static Op? GroupNormalization(OnnxNode n)
    {
        int groups = n.Int("num_groups", 0);
        var op = new GroupNormalization(groups, n.Float("epsilon", 1e-5f));
        if (n.Opset >= 21)
            return op;
        Shape x = n.Shape(0);
        if (x.Rank < 2 || groups < 1 || x[1] % groups != 0 || n.Shape(1) != n.Shape(2) || n.Shape(1).Size != groups)
            throw new OperatorException($"{groups} groups of {x} by a scale {n.Shape(1)} and a bias {n.Shape(2)}");
        var graph = new Composed(n.Builder, n.Name);
        n.Add(op, n.Inputs[0], Channels(n.Inputs[1]), Channels(n.Inputs[2]));
        return null;

        string Channels(string value) => graph.Add(new Reshape(new([x[1]])), graph.Add(new Expand(new([groups, x[1] / groups])), graph.Add(new Unsqueeze(new([1])), value)));
    }

    /// <summary>Before opset 20 linear is called bilinear, and cubic bicubic.</summary>
    public static Op GridSample(OnnxNode n)
    {
        string mode = n.Text("mode", "linear"), padding = n.Text("padding_mode", "zeros");
        return new GridSample(
            mode switch { "linear" or "bilinear" => ResizeMode.Linear, "cubic" or "bicubic" => ResizeMode.Cubic, "nearest" => ResizeMode.Nearest, _ => throw new OperatorException($"mode '{mode}' is unknown; linear, cubic and nearest are known") },
            Enum.TryParse(padding, ignoreCase: true, out GridPadding known) && !char.IsDigit(padding[0]) ? known : throw new OperatorException($"padding_mode '{padding}' is unknown; zeros, border and reflection are known"), n.Flag("align_corners"));
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, GridSample o) =>
        w.Text("mode", o.Mode.ToString().ToLowerInvariant()).Text("padding_mode", o.Padding.ToString().ToLowerInvariant()).Flag("align_corners", o.AlignCorners);

    public static Op? OneHot(OnnxNode n)
    {
        int depth = checked((int)(n.Take(1)?.Doubles() is [var given] ? given : throw new OperatorException("depth is missing, or no single number")));
        return Of(n, graph => graph.OneHot(n.Inputs[0], depth, n.Inputs[2], n.Int("axis", -1)));
    }

    public static Op TopK(OnnxNode n)
    {
        int k = n.Opset < 10 ? n.Int("k", -1) : n.Take(1)?.Int32s() is [var given] ? given : throw new OperatorException("k is missing, or no single number");
        return new TopK(k, n.Int("axis", -1), n.Flag("largest", true), n.Flag("sorted", true));
    }

    public static Op CumSum(OnnxNode n) =>
        new CumSum(n.Take(1)?.Int32s() is [var axis] ? axis : throw new OperatorException("axis is missing, or no single number"), n.Flag("exclusive"), n.Flag("reverse"));

    public static Op ScatterND(OnnxNode n) => new ScatterND(Reduction(n));

    public static Op ScatterElements(OnnxNode n) => new ScatterElements(n.Int("axis", 0), Reduction(n));

    private static ScatterReduction Reduction(OnnxNode n)
    {
        string word = n.Text("reduction", "none");
        return Enum.TryParse(word, ignoreCase: true, out ScatterReduction reduction) && !char.IsDigit(word[0]) ? reduction
            : throw new OperatorException($"reduction '{word}' is unknown; none, add, mul, min and max are known");
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Scatter o) => w.Text("reduction", o.Reduction.ToString().ToLowerInvariant());
}

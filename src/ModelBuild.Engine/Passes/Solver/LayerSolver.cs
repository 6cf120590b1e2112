namespace ModelBuild.Engine;

/// <summary>What a layer's weights may be: of these, each row takes what fits it best.</summary>
/// <param name="weights">What they are.</param>
/// <param name="counts">What the square of each one's change counts.</param>
internal delegate LevelSet[] LevelsChoice(ReadOnlySpan<float> weights, ReadOnlySpan<float> counts);

/// <summary>A value that a layer's outputs should be, in their shape.</summary>
internal sealed record LayerTarget(Graph Graph, string Value)
{
    /// <summary>Some of its channels.</summary>
    public static LayerTarget Of(Graph graph, string value, Kept? kept)
    {
        if (kept?.IsAll != false)
            return new(graph, value);
        string name = $"{value}.kept", channels = $"{value}.channels";
        for (; graph.Types.ContainsKey(name) || graph.Types.ContainsKey(channels); name += "'", channels += "'") { }
        Tensor indices = Tensor.Of([kept.Channels.Length], kept.Channels);
        TensorType type = graph.Types[value];
        return new(graph with
        {
            Nodes = graph.Nodes.Add(new(name, new Gather(kept.Axis), new([value, channels]), new([name]))),
            Constants = graph.Constants.Add(channels, indices),
            Types = graph.Types.Add(channels, indices.Type).Add(name, type with { Shape = type.Shape.With(kept.Axis, kept.Channels.Length) }),
        }, name);
    }
}

/// <summary>
/// Weights of one layer after the other on a grid or a codebook, so that with the inputs that the layer will get it comes closest to the outputs that it had: what layers before it have lost,
/// it makes up for as far as it can.
/// </summary>
/// <param name="Samples">Calibration data; without any, weights become the nearest ones.</param>
/// <param name="Rate">What one bit of each weight of all layers is worth, in squared error of a layer's outputs relative to their power. 0: sizes don't count.</param>
/// <param name="Total">Weights of all layers.</param>
internal sealed record LayerSolver(IReadOnlyList<Tensor[]> Samples, double Rate, long Total, CancellationToken Cancellation)
{
    /// <summary>As a share of the inputs' mean square: in trials 0.003 to 0.01 were alike, and 0.05 better where rates count.</summary>
    private const float Damping = 0.01f, RateDamping = 0.05f;

    /// <summary>Takes the name of each layer before it is solved for.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    // Patches of all samples together: more say nothing new, and images have thousands each. Of wide layers fewer, for memory's sake.
    private const int MostPatches = 1 << 17, MostWidePatches = 1 << 13, Wide = 1 << 12;

    /// <summary>The weights of <paramref name="node"/>.</summary>
    /// <param name="node">As <paramref name="graph"/> has it.</param>
    /// <param name="graph">Where the layer has the shape and the bias that it will have.</param>
    /// <param name="present">A graph that computes the layer's inputs as they will be, <paramref name="input"/>.</param>
    /// <param name="weights">What they are, or what is left of them: zeros stay zero.</param>
    /// <param name="levels">What weights may be, by what they are and how much each counts.</param>
    /// <param name="stored">Scales that are stored in few bytes.</param>
    /// <param name="biased">Whether the layer can have a bias.</param>
    /// <param name="target">What the layer's outputs should be, if not what they are in <paramref name="graph"/>.</param>
    /// <param name="block">How many weights of an output share a scale, in the order in which they lie in a file.</param>
    public SolvedLayer Solve(Node node, Graph graph, Graph present, string input, Tensor weights, LevelsChoice levels, Func<float, float> stored, bool biased, LayerTarget? target = null, int block = int.MaxValue)
    {
        Progress(node.Name);
        PatchProduct product = Product(graph, node)!;
        int rows = product.Groups * product.Rows;
        // [group][row][k], whatever the tensor's order.
        int[] places = [.. Enumerable.Range(0, rows * product.Depth).Select(i => product.Weight(i / product.Depth / product.Rows, i / product.Depth % product.Rows, i % product.Depth))];
        float[] start = Array.ConvertAll(places, p => weights.F32[p]), biases = biased && node.Inputs.Count > 2 && graph.Constant(node.Inputs[2]) is { } bias ? [.. bias.F32] : new float[rows];
        Quadratic[] costs = Costs(target ?? new(graph, node.Outputs[0]), present, input, product, start, biases, biased);
        LevelSet[] choices = levels(start, [.. Enumerable.Range(0, start.Length).Select(i => costs[i / product.Depth / product.Rows].Diagonal[i % product.Depth])]);
        float[] found = new float[start.Length];
        var scales = new List<float>();
        for (int g = 0; g < product.Groups; g++)
        {
            int each = product.Rows * product.Depth;
            GridSolution solution = new GridSolver(costs[g], start[(g * each)..((g + 1) * each)], choices, Rate * start.Length / Total, stored, block).Solve(Cancellation);
            for (int i = 0; i < each; i++)
                found[places[g * each + i]] = solution.Levels[i];
            scales.AddRange(solution.Scales);
            solution.Biases.CopyTo(biases, g * product.Rows);
        }
        return new(product, weights.Shape, found, [.. scales], biased ? biases : [], block);
    }

    private Quadratic[] Costs(LayerTarget target, Graph present, string input, PatchProduct product, float[] start, float[] biases, bool biased)
    {
        if (Samples.Count == 0)
            return [.. Enumerable.Range(0, product.Groups).Select(g => new NoQuadratic(product.Depth, biases.AsSpan(g * product.Rows, product.Rows)))];
        int each = product.Rows * product.Depth;
        return [.. Observe(target, present, input, product, biased).Select((s, g) => s.Finish(start.AsSpan(g * each, each), Rate > 0 ? RateDamping : Damping))];
    }

    /// <summary>The root mean square of what each weight of a row meets, [group][k].</summary>
    public float[] InputScales(Node node, Graph graph, PatchProduct product)
    {
        var squares = new double[product.Groups * product.Depth];
        float[] patch = new float[squares.Length];
        using var watch = new Watch(graph, node.Inputs[0]);
        foreach (Tensor[] sample in Samples)
        {
            Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> x = watch.Run(sample);
            for (int p = 0; p < product.Patches; p++)
            {
                product.Unfold(x, p, patch);
                for (int k = 0; k < patch.Length; k++)
                    squares[k] += (double)patch[k] * patch[k];
            }
        }
        return Array.ConvertAll(squares, s => (float)Math.Sqrt(s / ((double)Samples.Count * product.Patches)));
    }

    /// <summary>What a layer's outputs are on average, [group][row].</summary>
    public float[] OutputMeans(Node node, Graph graph, PatchProduct product)
    {
        var sums = new double[product.Groups * product.Rows];
        using var watch = new Watch(graph, node.Outputs[0]);
        foreach (Tensor[] sample in Samples)
        {
            Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> y = watch.Run(sample);
            for (int p = 0; p < product.Patches; p++)
            for (int i = 0; i < sums.Length; i++)
                sums[i] += y[product.Output(p, i / product.Rows, i % product.Rows)];
        }
        return Array.ConvertAll(sums, s => (float)(s / ((double)Samples.Count * product.Patches)));
    }

    /// <summary>The second moments of a layer's outputs, [row][row], of one group; about their means, where a bias puts these right.</summary>
    public float[] OutputMoments(Node node, Graph graph, PatchProduct product)
    {
        var moments = new MomentStatistics(product.Rows, 0, product.TakesBias);
        long all = (long)Samples.Count * product.Patches, step = Math.Max(1, all / MostPatches);
        var outputs = new float[product.Rows];
        using var watch = new Watch(graph, node.Outputs[0]);
        for (long next = 0; next < all; )
        {
            Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> y = watch.Run(Samples[(int)(next / product.Patches)]);
            for (int p = (int)(next % product.Patches); p < product.Patches; p += (int)step, next += step)
            {
                for (int r = 0; r < outputs.Length; r++)
                    outputs[r] = y[product.Output(p, 0, r)];
                moments.Add(outputs, []);
            }
        }
        return moments.Moments();
    }

    public static PatchProduct? Product(Graph graph, Node node) =>
        node.Inputs.Count > 1 && node.Inputs[0].Length > 0 && graph.Constant(node.Inputs[0]) == null && graph.Constant(node.Inputs[1]) is { Element: ElementType.Float32 } weights
            ? node.Op.AsPatches(graph.Types[node.Inputs[0]], weights.Type, graph.Types[node.Outputs[0]])
            : null;

    private LayerStatistics[] Observe(LayerTarget target, Graph present, string input, PatchProduct product, bool biased)
    {
        long all = (long)Samples.Count * product.Patches, step = Math.Max(1, all / (product.Depth > Wide ? MostWidePatches : MostPatches));
        LayerStatistics[] statistics = [.. Enumerable.Range(0, product.Groups).Select(_ => LayerStatistics.Make(product.Depth, product.Rows, (int)((all + step - 1) / step), biased))];
        using var wanted = new Watch(target.Graph, target.Value);
        using var got = new Watch(present, input);
        float[] patch = new float[product.Groups * product.Depth], outputs = new float[product.Rows];
        for (long next = 0; next < all; )
        {
            Cancellation.ThrowIfCancellationRequested();
            Tensor[] sample = Samples[(int)(next / product.Patches)];
            ReadOnlySpan<float> y = wanted.Run(sample), x = got.Run(sample);
            for (int p = (int)(next % product.Patches); p < product.Patches; p += (int)step, next += step)
            {
                product.Unfold(x, p, patch);
                for (int g = 0; g < statistics.Length; g++)
                {
                    for (int r = 0; r < outputs.Length; r++)
                        outputs[r] = y[product.Output(p, g, r)];
                    statistics[g].Add(patch.AsSpan(g * product.Depth, product.Depth), outputs);
                }
            }
        }
        return statistics;
    }
}

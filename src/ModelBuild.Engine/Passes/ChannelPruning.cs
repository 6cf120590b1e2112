namespace ModelBuild.Engine;

/// <summary>
/// <c>prune(…, structure: channel)</c>: the channels that count least go, with all that hangs on them. A bundle of channels counts as the mean of those of its layers, each relative to
/// the mean of its layer, so that layers of whatever scale have their say.
/// </summary>
internal sealed class ChannelPruning
{
    private readonly Prune _step;
    private readonly Graph _graph;
    private readonly LayerSolver _solver;
    private readonly Rewrite _rewrite;
    private readonly Channels _channels;
    private readonly Layer[] _layers;

    /// <summary>A node with weights by output channel. A depthwise filter, which doesn't mix channels, follows: it has a say, but no share of its own.</summary>
    private sealed record Layer(Node Node, int Axis, bool Follows, int[] Bundles);

    public ChannelPruning(Prune step, Graph graph, LayerSolver solver)
    {
        _step = step;
        _graph = graph;
        _solver = solver;
        _rewrite = new(graph);
        _channels = new(_rewrite);
        _layers = [.. _channels.Nodes.SelectMany(n => LayerOf(n.Node, n.Map))];
    }

    public Graph Run()
    {
        HashSet<int> gone = Gone();
        _channels.Remove(gone);
        Graph pruned = _rewrite.ToGraph();
        return _step.Solve == PruneSolver.None ? pruned : Solved(pruned, gone);
    }

    private IEnumerable<Layer> LayerOf(Node node, ChannelMap map) =>
        node.Op.Weights.Contains(1) && _graph.Constant(node.Inputs[1])?.Element == ElementType.Float32
            ? map.Constants.Where(c => c is { Input: 1, OfInput: false }).Select(c => new Layer(node, c.Axis, !map.Mixes, _channels.Bundles(node.Outputs[0])))
            : [];

    /// <summary>The bundles of least score, as many as every limit allows.</summary>
    public HashSet<int> Gone()
    {
        HashSet<int> free = Free();
        Dictionary<int, double> scores = Scores(free);
        (int[] Bundles, long Most)[] limits = [.. Limits(free)];
        long[] left = [.. limits.Select(l => l.Most)];
        ILookup<int, int> counts = limits.SelectMany((l, i) => l.Bundles.Select(b => (Bundle: b, Limit: i))).ToLookup(b => b.Bundle, b => b.Limit);
        var gone = new HashSet<int>();
        foreach (int bundle in free.OrderBy(b => scores[b]).ThenBy(b => b))
        {
            (int Limit, int Count)[] takes = [.. counts[bundle].CountBy(i => i).Select(c => (c.Key, c.Value))];
            if (takes.Any(t => left[t.Limit] < t.Count))
                continue;
            foreach (var (limit, count) in takes)
                left[limit] -= count;
            gone.Add(bundle);
        }
        return gone;
    }

    /// <summary>The bundles that may go: no one needs them, and each layer whose outputs they are is selected. Who follows need only not be excepted.</summary>
    private HashSet<int> Free()
    {
        var free = new HashSet<int>(_layers.Where(l => !l.Follows).SelectMany(l => l.Bundles));
        free.ExceptWith(_channels.Needed);
        Selection unlessExcepted = _step.Nodes with { Only = default };
        foreach (Layer layer in _layers.Where(l => !_step.Nodes.Selects(l.Node) && !(l.Follows && unlessExcepted.Selects(l.Node))))
            free.ExceptWith(layer.Bundles);
        return free;
    }

    /// <summary>How many of some channels may go at most: of a layer, or of all together, the share, rounded down; of no value all.</summary>
    private IEnumerable<(int[] Bundles, long Most)> Limits(HashSet<int> free)
    {
        int[][] layers = [.. _layers.Where(l => !l.Follows).Select(l => l.Bundles.Where(free.Contains).ToArray())];
        foreach (int[] bundles in _step.Scope == PruneScope.Global ? [[.. layers.SelectMany(l => l)]] : layers)
            yield return (bundles, (long)Math.Floor(_step.Sparsity!.Value * bundles.Length + 1e-6));
        foreach (int[] bundles in _channels.Values.Select(_channels.Bundles).Where(all => all.Length > 0))
            yield return (bundles, bundles.Length - 1);
    }

    private Dictionary<int, double> Scores(HashSet<int> free)
    {
        IEnumerable<(int Bundle, double Score)> members = _layers.Where(l => l.Bundles.Any(free.Contains)).SelectMany(l => l.Bundles.Zip(Scores(l)));
        return members.GroupBy(m => m.Bundle).ToDictionary(g => g.Key, g => g.Average(m => m.Score));
    }

    /// <summary>What each output of a layer counts, one on average.</summary>
    private double[] Scores(Layer layer)
    {
        Tensor weights = _graph.Constant(layer.Node.Inputs[1])!;
        float[] scores = _step.Scores(_graph, layer.Node, weights, _solver);
        int channels = layer.Bundles.Length, inner = weights.Shape.Strides[layer.Axis];
        var sums = new double[channels];
        for (int i = 0; i < scores.Length; i++)
            sums[i / inner % channels] += scores[i];
        double[] norms = _step.Norm == PruneNorm.L2 ? Array.ConvertAll(sums, Math.Sqrt) : sums;
        double mean = norms.Average();
        return mean > 0 && double.IsFinite(mean) ? Array.ConvertAll(norms, n => n / mean) : norms;
    }

    /// <summary>Layers that read other numbers than before, one after the other, so that of their outputs those that are left come closest to what they were. Layers that are not selected change where inputs are missing.</summary>
    private Graph Solved(Graph pruned, HashSet<int> gone)
    {
        HashSet<string> fewer = [.. _channels.Nodes.Where(n => n.Map.Mixes && _channels.Without(n.Node.Inputs[0], gone)?.IsAll == false).Select(n => n.Node.Outputs[0])], changed = [];
        Graph present = pruned;
        foreach (Node node in pruned.Nodes)
        {
            bool reads = fewer.Contains(node.Outputs[0]);
            if (!reads && !node.Inputs.Any(changed.Contains))
                continue;
            changed.UnionWith(node.Outputs);
            if (LayerSolver.Product(pruned, node) != null && (reads || _step.Nodes.Selects(node)) && LowBits.HasOwnWeights(pruned, node))
                present = LowBits.With(present, node, Solved(node, pruned, present, _channels.Without(node.Outputs[0], gone)), b => b);
        }
        return present;
    }

    private SolvedLayer Solved(Node node, Graph pruned, Graph present, Kept? kept) =>
        _solver.Solve(node, pruned, present, node.Inputs[0], pruned.Constant(node.Inputs[1])!, (_, _) => [LevelSet.Any], s => s, LowBits.CanHaveBias(pruned, node), LayerTarget.Of(_graph, node.Outputs[0], kept));
}

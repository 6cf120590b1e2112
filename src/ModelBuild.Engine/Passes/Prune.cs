using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ModelBuild.Engine;

internal enum PruneScope
{
    /// <summary>The same share of every tensor.</summary>
    Local,

    /// <summary>The share of all tensors together: layers with many weights near zero lose more.</summary>
    Global,
}

internal enum PruneStructure
{
    /// <summary>Each weight for itself.</summary>
    Unstructured,

    /// <summary>Those of some outputs in a row, for one input, together.</summary>
    Block,

    /// <summary>All of an output, of the layer and of whatever reads it: the graph shrinks.</summary>
    Channel,

    /// <summary>Of some neighbouring inputs of an output, all but the best few.</summary>
    Nm,
}

internal enum PruneNorm
{
    /// <summary>The mean of the absolute values.</summary>
    L1,

    /// <summary>The root of the mean square.</summary>
    L2,
}

internal enum PruneScore
{
    /// <summary>What the weight is.</summary>
    Magnitude,

    /// <summary>The weight times the root mean square of what it meets (Sun et al. 2023, Wanda).</summary>
    Wanda,
}

internal enum PruneSolver
{
    /// <summary>What remains, remains as it was.</summary>
    None,

    /// <summary>What remains makes up for what goes, by least squares on calibration data.</summary>
    Layerwise,
}

[Description("sets the weights that count least to zero, or takes out the channels that do; tensors under 2,048 values are left alone unless only: names them, but channels go anywhere")]
internal sealed record Prune(
    [Description("the share of the weights that become zero; of channels, the share that goes of those that need not stay, rounded down"), Range(0.0, 1.0)] double? Sparsity = null,
    [Description("instead of a share: all of at most this score become zero"), Range(0.0, double.PositiveInfinity)] double? Threshold = null,
    [Description("the share is of each tensor or layer, or of all together, each measured against its own root mean square, or the mean of its channels")] PruneScope Scope = PruneScope.Local,
    [Description("single weights; blocks of them, rows outputs in a row × one input; channels, each an output with all that hangs on it through sums, concatenations, shuffles and depthwise filters: the graph shrinks; or n:m, where of each m neighbouring weights of an output n stay, neighbours as they lie in a convolution's weights: by input channel, then line and column of the kernel")] PruneStructure Structure = PruneStructure.Unstructured,
    [Description("outputs of a block, 4 unless said: 4, 8, 16 or 32 are what kernels gain by"), Range(1, 1024)] int? Rows = null,
    [Description("weights of m that stay, 2 unless said"), Range(1, 1023)] int? N = null,
    [Description("weights of which n stay, 4 unless said; a rest at the end keeps as many, if it has them"), Range(2, 1024)] int? M = null,
    [Description("what weighs: a weight's magnitude, or that times what it meets on calibration data")] PruneScore Score = PruneScore.Magnitude,
    [Description("a block's or channel's score, of those of its weights: their mean, or the root of their mean square; a channel's is relative to its layer's")] PruneNorm Norm = PruneNorm.L1,
    [Description("what becomes of the weights that remain")] PruneSolver Solve = PruneSolver.None,
    [Description("in how many goes, each of an equal part of the share, weights become zero and the others are solved for"), Range(1, 100)] int Rounds = 1) : Pass
{
    public override Pass? Quickly() => this with { Solve = PruneSolver.None };

    public override string? Conflict =>
        Structure == PruneStructure.Nm && (Sparsity != null || Threshold != null || Scope == PruneScope.Global) ? "n of m weights stay with structure: nm, whatever they are: 'sparsity', 'threshold' and 'scope' are of others"
        : Structure == PruneStructure.Channel && (Sparsity == null || Threshold != null) ? "channels go by 'sparsity', the share of them that goes"
        : Structure != PruneStructure.Nm && Sparsity == null == (Threshold == null) ? "one of 'sparsity' and 'threshold' is needed: the share of the weights that become zero, or what they are at most"
        : Rows != null && Structure != PruneStructure.Block ? "'rows' is of blocks: structure: block"
        : (N ?? M) != null && Structure != PruneStructure.Nm ? "'n' and 'm' are of n:m: structure: nm"
        : Stay >= Among ? $"'n' is less than 'm': {Stay} of {Among} are all"
        : Rounds > 1 && (Solve == PruneSolver.None || Sparsity == null || Structure == PruneStructure.Channel) ? "'rounds' are of a share of weights, between which others are solved for: 'sparsity' with solve: layerwise"
        : Threshold != null && Scope == PruneScope.Global ? "'scope' is of a share: a threshold is the same for all tensors"
        : null;

    private int Stay => N ?? 2;

    private int Among => M ?? 4;

    public override bool NeedsCalibration => Score == PruneScore.Wanda || Solve == PruneSolver.Layerwise;

    public override bool Applies(Graph graph, Node node) => WeightTensors.Has(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        var solver = new LayerSolver(NeedsCalibration ? [.. context.Samples] : [], 0, 1, context.Cancellation) { Progress = context.Progress };
        if (Structure == PruneStructure.Channel)
            return new ChannelPruning(this, graph, solver).Run();
        Graph present = graph;
        for (int round = 1; round <= Rounds; round++)
        {
            WeightTensor[] tensors = [.. WeightTensors.Of(present, Nodes).Where(t => t.Named || t.Tensor.Shape.Size >= WeightTensors.Small)];
            Dictionary<string, float[]> scores = tensors.ToDictionary(t => t.Value, t => Scores(present, Layer(present, t), t.Tensor, solver));
            IEnumerable<WeightTensor[]> groups = Scope == PruneScope.Global ? [tensors] : tensors.Select(t => new[] { t });
            Graph pruned = WeightTensors.With(present, Structure == PruneStructure.Nm ? NOfM(present, tensors, scores) : groups.SelectMany(group => Zero(group, scores, (double)round / Rounds)));
            present = Solve == PruneSolver.None ? pruned : Solved(graph, pruned, tensors, solver);
        }
        return present;
    }

    /// <summary>What each weight counts, before blocks and channels; squared where these take roots of means.</summary>
    public float[] Scores(Graph graph, Node? layer, Tensor weights, LayerSolver solver)
    {
        float[] scores = Array.ConvertAll(weights.F32.ToArray(), Math.Abs);
        if (Score == PruneScore.Wanda && layer != null && LayerSolver.Product(graph, layer) is { } product)
        {
            float[] meets = solver.InputScales(layer, graph, product);
            for (int i = 0; i < scores.Length; i++)
            {
                int row = i / product.Depth, k = i % product.Depth;
                scores[product.Weight(row / product.Rows, row % product.Rows, k)] *= meets[row / product.Rows * product.Depth + k];
            }
        }
        return Norm == PruneNorm.L2 ? Array.ConvertAll(scores, s => s * s) : scores;
    }

    private static Node? Layer(Graph graph, WeightTensor tensor) => graph.Nodes.FirstOrDefault(n => n.Inputs.Count > 1 && n.Inputs[1] == tensor.Value && LayerSolver.Product(graph, n) != null);

    /// <summary>The pruned graph with what remains of its weights such that layers give what they gave in <paramref name="graph"/>.</summary>
    private static Graph Solved(Graph graph, Graph pruned, WeightTensor[] tensors, LayerSolver solver)
    {
        Graph present = pruned;
        foreach (Node node in pruned.Nodes)
        {
            if (tensors.FirstOrDefault(t => Layer(pruned, t) == node) is not { } tensor)
                continue;
            Node given = graph.Nodes.First(n => n.Outputs[0] == node.Outputs[0]);
            present = LowBits.With(present, node, solver.Solve(given, graph, present, node.Inputs[0], pruned.Constant(tensor.Value)!, (_, _) => [LevelSet.Any], s => s, LowBits.CanHaveBias(graph, given)), b => b);
        }
        return present;
    }

    /// <summary>Of each m weights of a row, in the order in which they meet a patch, n stay; of equal ones, those that come last. What is no product of rows and patches has no such order.</summary>
    private IEnumerable<(WeightTensor, float[])> NOfM(Graph graph, WeightTensor[] tensors, Dictionary<string, float[]> scores)
    {
        foreach (WeightTensor tensor in tensors)
        {
            if (Layer(graph, tensor) is not { } layer)
                continue;
            PatchProduct product = LayerSolver.Product(graph, layer)!;
            float[] weights = tensor.Tensor.F32.ToArray(), counts = scores[tensor.Value];
            for (int row = 0; row < product.Groups * product.Rows; row++)
            {
                foreach (int[] places in Enumerable.Range(0, product.Depth).Select(k => product.Weight(row / product.Rows, row % product.Rows, k)).Chunk(Among))
                {
                    foreach (int least in places.OrderBy(p => counts[p]).Take(Math.Max(0, places.Length - Stay)))
                        weights[least] = 0;
                }
            }
            yield return (tensor, weights);
        }
    }

    /// <summary>The weights of a group of tensors, those that count least zero; of equal ones, those that come first.</summary>
    private IEnumerable<(WeightTensor, float[])> Zero(WeightTensor[] group, Dictionary<string, float[]> scores, double part)
    {
        float[][] weights = [.. group.Select(t => t.Tensor.F32.ToArray())], counts = [.. group.Select(t => scores[t.Value])];
        WeightBlocks[] blocks = [.. group.Select(t => WeightBlocks.Of(t, Structure == PruneStructure.Block ? Rows ?? 4 : 1))];
        int[] starts = [.. blocks.Select((_, i) => blocks.Take(i).Sum(b => b.Count))];
        // Positive floats order as their bits do; the place behind them decides between equal ones.
        var order = new ulong[blocks.Sum(b => b.Count)];
        for (int tensor = 0; tensor < weights.Length; tensor++)
        {
            double scale = group.Length == 1 ? 1 : Scale(counts[tensor]);
            for (int i = 0; i < blocks[tensor].Count; i++)
            {
                double count = blocks[tensor].Mean(i, counts[tensor]) * scale;
                // What isn't a number sorts last.
                uint score = BitConverter.SingleToUInt32Bits((float)(Norm == PruneNorm.L2 ? Math.Sqrt(count) : count)) & 0x7fffffff;
                order[starts[tensor] + i] = (ulong)score << 32 | (uint)(starts[tensor] + i);
            }
        }
        Array.Sort(order);
        // Never more than was asked for; the last digits of a decimal share (0.3 of 10) aren't the user's.
        long zeros = Threshold != null ? long.MaxValue : (long)Math.Floor(Sparsity!.Value * part * weights.Sum(w => (long)w.Length) + 1e-6);
        foreach (ulong least in order)
        {
            int place = (int)(uint)least, tensor = Array.FindLastIndex(starts, s => s <= place);
            int block = place - starts[tensor];
            if ((zeros -= blocks[tensor].Size(block)) < 0 || BitConverter.UInt32BitsToSingle((uint)(least >> 32)) > (Threshold ?? double.PositiveInfinity))
                break;
            blocks[tensor].Clear(block, weights[tensor]);
        }
        return group.Select((t, i) => (t, weights[i]));
    }

    /// <summary>One over the root mean square, summed in one order.</summary>
    private static double Scale(float[] weights)
    {
        double sum = 0;
        foreach (float w in weights)
            sum += (double)w * w;
        return sum > 0 && double.IsFinite(sum) ? Math.Sqrt(weights.Length / sum) : 1;
    }
}

/// <summary>
/// A tensor [.., <paramref name="length"/>, <paramref name="inner"/>] cut into blocks of <paramref name="rows"/> neighbours on its axis of outputs, the last ones smaller
/// where it doesn't come out even.
/// </summary>
internal readonly struct WeightBlocks(int size, int length, int inner, int rows)
{
    private readonly int _each = (length + rows - 1) / rows;

    public static WeightBlocks Of(WeightTensor weights, int rows)
    {
        Shape shape = weights.Tensor.Shape;
        return new(shape.Size, shape[weights.Axis], shape.Skip(weights.Axis + 1).Aggregate(1, (a, b) => a * b), rows);
    }

    public int Count => size / (length * inner) * _each * inner;

    public int Size(int block) => Math.Min(rows, length - block / inner % _each * rows);

    /// <summary>The mean of what its weights count.</summary>
    public double Mean(int block, float[] scores)
    {
        double sum = 0;
        for (int i = 0; i < Size(block); i++)
            sum += scores[Start(block) + i * inner];
        return sum / Size(block);
    }

    public void Clear(int block, float[] weights)
    {
        for (int i = 0; i < Size(block); i++)
            weights[Start(block) + i * inner] = 0;
    }

    private int Start(int block) => (block / (_each * inner) * length + block / inner % _each * rows) * inner + block % inner;
}

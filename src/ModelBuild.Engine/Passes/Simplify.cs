namespace ModelBuild.Engine;

/// <summary>
/// The same function by fewer and cheaper operators, to a fixed point. Constant folding and dead code are the graph builder's; activations are fused
/// while lowering. Operators say themselves what can be done with them.
/// </summary>
internal static class Simplify
{
    // Odd numbers of channels take kernels longer, so that a few weights less would make a model slower.
    private const double LeastSaved = 0.01;

    private static readonly Action<Rewrite>[] Steps = [RemoveNothing, MergeNeighbours, FoldAffine, FoldAffineForward, FoldPads, SimplifyIntegers.TakeUnsigned, SimplifyIntegers.MoveIntegers, SimplifyIntegers.MoveConstants, SimplifyIntegers.RemoveRoundTrips];

    public static Graph Run(Graph graph)
    {
        graph = Repeat(graph, Steps);
        var rewrite = new Rewrite(graph);
        DeadChannels.Remove(rewrite);
        if (!rewrite.Changed)
            return graph;
        Graph narrow = Repeat(rewrite.ToGraph(), [.. Steps, DeadChannels.Remove]);
        return Weights(narrow) <= (1 - LeastSaved) * Weights(graph) ? narrow : graph;
    }

    private static double Weights(Graph graph) => graph.Constants.Values.Sum(c => (double)c.Shape.Size);

    private static Graph Repeat(Graph graph, Action<Rewrite>[] steps)
    {
        bool changed;
        do
        {
            changed = false;
            foreach (Action<Rewrite> step in steps)
            {
                var rewrite = new Rewrite(graph);
                step(rewrite);
                changed |= rewrite.Changed;
                graph = rewrite.ToGraph();
            }
        }
        while (changed);
        return graph;
    }

    /// <summary>Identities: dropout, a reshape to the same shape, a transpose that keeps the order.</summary>
    private static void RemoveNothing(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            string output = node.Outputs[0];
            if (node.Inputs.Count == 0 || rewrite.IsOutput(output) || !node.Op.IsNothing(rewrite.Type(node.Inputs[0]), rewrite.Type(output)))
                continue;
            // Earlier removals may have changed what the node reads.
            Node now = rewrite.Nodes.First(n => n.Outputs.Contains(output));
            rewrite.Remove(now);
            rewrite.Redirect(output, now.Inputs[0]);
        }
    }

    /// <summary>Two neighbours that one operator can say: inverse transposes, a reshape of a reshape, a clip of a clip.</summary>
    private static void MergeNeighbours(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (node.Inputs.Count != 1 || !rewrite.Nodes.Contains(node) || rewrite.Writer(node.Inputs[0]) is not { Inputs.Count: 1, Outputs.Count: 1 } before)
                continue;
            if (node.Op.After(before.Op) is not { } both)
                continue;
            rewrite.Replace(node, node with { Op = both, Inputs = before.Inputs });
            if (rewrite.SoleReader(before.Outputs[0]) == null && !rewrite.IsOutput(before.Outputs[0]) && !rewrite.Nodes.Any(n => n.Inputs.Contains(before.Outputs[0])))
                rewrite.Remove(before);
        }
    }

    /// <summary>A scale and shift by channel (batch normalization, a bias, a multiplication) into the weights before it.</summary>
    private static void FoldAffine(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (!rewrite.Nodes.Contains(node))
                continue;
            Tensor?[] constants = rewrite.Constants(node);
            string[] variable = [.. node.Inputs.Where(i => i.Length > 0 && rewrite.Constant(i) == null)];
            if (variable.Length != 1)
                continue;
            string data = variable[0];
            if (rewrite.Type(data).Shape != rewrite.Type(node.Outputs[0]).Shape || node.Op.AsAffine(rewrite.Type(data), constants) is not { } affine)
                continue;
            if (rewrite.SoleReader(data) != node || rewrite.Writer(data) is not { } before || before.Op.WithAffine(affine, rewrite.Constants(before)) is not { } folded)
                continue;
            rewrite.Replace(before, before with { Inputs = rewrite.Inputs(before, folded), Outputs = node.Outputs });
            rewrite.Remove(node);
        }
    }

    /// <summary>A scale and shift by channel into the product that reads it, if only elements are moved between the two.</summary>
    private static void FoldAffineForward(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            Tensor?[] constants = rewrite.Constants(node);
            string[] variable = [.. node.Inputs.Where(i => i.Length > 0 && rewrite.Constant(i) == null)];
            if (variable.Length != 1 || rewrite.Type(variable[0]) is not { Element: ElementType.Float32 } type || type.Shape != rewrite.Type(node.Outputs[0]).Shape || node.Op.AsAffine(type, constants) is not { } affine)
                continue;
            var moves = new List<Op>();
            Node? next = rewrite.SoleReader(node.Outputs[0]);
            for (; next is { Inputs.Count: 1, Outputs.Count: 1 } && next.Op.OnIntegers(Plain) != null && rewrite.Type(next.Outputs[0]).Shape.Size == type.Shape.Size; next = rewrite.SoleReader(next.Outputs[0]))
                moves.Add(next.Op);
            if (next == null || next.Op.Weights.Count == 0 || rewrite.Constant(next.Inputs[0]) != null)
                continue;
            int inner = type.Shape.Skip(2).Aggregate(1, (a, b) => a * b), channels = type.Shape[1];
            Tensor Moved(float[]? values, float otherwise) => moves.Aggregate(
                Tensor.Of(type.Shape, [.. Enumerable.Range(0, type.Shape.Size).Select(i => values?[i / inner % channels] ?? otherwise)]), (tensor, move) => move.Evaluate([tensor])[0]);
            if (next.Op.BehindAffine(Moved(affine.Scale, 1), Moved(affine.Shift, 0), rewrite.Constants(next)) is not { } folded)
                continue;
            rewrite.Replace(next, next with { Inputs = rewrite.Inputs(next, folded) });
            rewrite.Redirect(node.Outputs[0], variable[0]);
            rewrite.Remove(node);
            return;
        }
    }

    /// <summary>Numbers that stand for themselves: what only moves elements moves these alike.</summary>
    private static readonly Quantization Plain = new(new([1f]), new([0]), ElementType.Int32);

    /// <summary>Zeros around an input as pads of the operator that reads it.</summary>
    private static void FoldPads(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (node.Op.ZeroPads is not { } pads || rewrite.SoleReader(node.Outputs[0]) is not { } next || next.Inputs[0] != node.Outputs[0] || next.Op.WithPads(pads) is not { } padded)
                continue;
            rewrite.Replace(next, next with { Op = padded, Inputs = new(next.Inputs.Select((v, i) => i == 0 ? node.Inputs[0] : v)) });
            rewrite.Remove(node);
        }
    }
}

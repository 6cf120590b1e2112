using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ModelBuild.Engine;

/// <remarks>
/// Where a layer is all that another one reads, by way of functions that keep factors (Relu, pools, reshapes), a channel may be made smaller in the first and larger in the second
/// by the same factor. Each pair of ranges is brought as close as a power of two can, so that every number of the network stays what it is but for its exponent.
/// </remarks>
[Description("makes the ranges of weights alike from channel to channel (cross-layer equalization, Nagel et al. 2019), so that one scale for a tensor suits them; changes no result")]
internal sealed record Equalize(
    [Description("how often all pairs of layers are gone through"), Range(1, 1000)] int Iterations = 20) : Pass
{
    public override bool Shrinks => false;

    public override bool Applies(Graph graph, Node node) => Pairs(graph).Any(p => p.First == node || p.Second == node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        Pair[] pairs = [.. Pairs(graph).Where(p => Nodes.Selects(p.First) && Nodes.Selects(p.Second))];
        Dictionary<string, float[]> values = pairs.SelectMany(p => p.Constants).Distinct().ToDictionary(c => c, c => graph.Constant(c)!.F32.ToArray());
        for (int i = 0; i < Iterations; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (Pair pair in pairs)
                pair.Equalize(values);
        }
        return graph with { Constants = graph.Constants.SetItems(values.Select(v => KeyValuePair.Create(v.Key, Tensor.Of(graph.Constant(v.Key)!.Shape, v.Value)))) };
    }

    private static IEnumerable<Pair> Pairs(Graph graph)
    {
        var readers = graph.Nodes.SelectMany(n => n.Inputs.Select(i => (Value: i, Node: n))).ToLookup(r => r.Value, r => r.Node);
        foreach (Node first in graph.Nodes)
        {
            if (Layer(graph, first, readers) is { } a && Follow(graph, first.Outputs[0], a, readers) is var (second, channels) && Layer(graph, second, readers) is { } b)
                yield return new(first, a, second, b, channels);
        }
    }

    /// <summary>The layer, if its constants are its own and a bias has a value for each output.</summary>
    private static PatchProduct? Layer(Graph graph, Node node, ILookup<string, Node> readers) =>
        LayerSolver.Product(graph, node) is { } product && node.Inputs.Skip(1).All(i => readers[i].Count() <= 1)
            && (node.Inputs.Count < 3 || node.Inputs[2].Length == 0 || LowBits.CanHaveBias(graph, node)) ? product : null;

    /// <summary>The layer that alone reads what another one makes, and for each channel that it reads, which of the other's it is.</summary>
    private static (Node, int[])? Follow(Graph graph, string value, PatchProduct made, ILookup<string, Node> readers)
    {
        int axis = made.Axis(graph.Types[value].Shape.Rank);
        int[] channels = [.. Enumerable.Range(0, graph.Types[value].Shape[axis])];
        while (!graph.Outputs.Contains(value) && readers[value].ToArray() is [var reader] && reader.Inputs[0] == value)
        {
            Shape shape = graph.Types[value].Shape;
            if (LayerSolver.Product(graph, reader) is { } read)
                return read.Axis(shape.Rank) == axis && read.Groups * read.Depth % channels.Length == 0 ? (reader, channels) : null;
            Operand?[] operands = [.. reader.Inputs.Select((i, n) => i.Length == 0 ? null : new Operand(graph.Types[i], graph.Constant(i), n == 0 ? axis : null))];
            if (!reader.Op.IsHomogeneous || reader.Outputs.Count != 1 || reader.Op.Channels(operands) is not { Mixes: false, Inputs: [{ } from, ..], Outputs: [var to] })
                return null;
            int[] places = [.. to.Labels.Select(label => Array.IndexOf(from.Labels, label))];
            if (places.Contains(-1))
                return null;
            (channels, value, axis) = ([.. places.Select(p => channels[p])], reader.Outputs[0], to.Axis);
        }
        return null;
    }

    private sealed record Pair(Node First, PatchProduct A, Node Second, PatchProduct B, int[] Channels)
    {
        public IEnumerable<string> Constants => [First.Inputs[1], Second.Inputs[1], .. First.Inputs.Count > 2 && First.Inputs[2].Length > 0 ? [First.Inputs[2]] : Array.Empty<string>()];

        public void Equalize(Dictionary<string, float[]> values)
        {
            float[] a = values[First.Inputs[1]], b = values[Second.Inputs[1]];
            float[]? bias = First.Inputs.Count > 2 && First.Inputs[2].Length > 0 ? values[First.Inputs[2]] : null;
            int count = A.Groups * A.Rows;
            float[] made = new float[count], read = new float[count];
            ForEach(A, (g, r, k) => made[g * A.Rows + r] = Math.Max(made[g * A.Rows + r], Math.Abs(a[A.Weight(g, r, k)])));
            ForEach(B, (g, r, k) => read[Channel(g, k)] = Math.Max(read[Channel(g, k)], Math.Abs(b[B.Weight(g, r, k)])));
            float[] factors = [.. made.Zip(read, Factor)];
            ForEach(A, (g, r, k) => a[A.Weight(g, r, k)] /= factors[g * A.Rows + r]);
            ForEach(B, (g, r, k) => b[B.Weight(g, r, k)] *= factors[Channel(g, k)]);
            for (int c = 0; c < bias?.Length; c++)
                bias[c] /= factors[c];
        }

        private int Channel(int group, int k) => Channels[(group * B.Depth + k) / (B.Groups * B.Depth / Channels.Length)];

        /// <summary>The power of two next to √(made / read); a channel that one of the two leaves out stays.</summary>
        private static float Factor(float made, float read) =>
            made > 0 && read > 0 && float.IsFinite(made) && float.IsFinite(read) ? MathF.ScaleB(1, (int)Math.Clamp(Math.Round(Math.Log2((double)made / read) / 2), -20, 20)) : 1;

        private static void ForEach(PatchProduct product, Action<int, int, int> visit)
        {
            for (int g = 0; g < product.Groups; g++)
            for (int r = 0; r < product.Rows; r++)
            for (int k = 0; k < product.Depth; k++)
                visit(g, r, k);
        }
    }
}

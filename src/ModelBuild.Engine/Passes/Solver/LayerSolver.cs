using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>
/// Weights of one layer after the other on a grid, so that with the inputs that the layer will get it comes closest to the outputs that it had: what layers before it have lost,
/// it makes up for as far as it can.
/// </summary>
/// <param name="Samples">Calibration data; without any, weights become the nearest ones.</param>
/// <param name="Rate">What one bit of each weight of all layers is worth, in squared error of a layer's outputs relative to their power. 0: sizes don't count.</param>
/// <param name="Total">Weights of all layers.</param>
internal sealed record LayerSolver(IReadOnlyList<Tensor[]> Samples, double Rate, long Total, CancellationToken Cancellation)
{
    /// <summary>As a share of the inputs' mean square: in trials 0.003 to 0.01 were alike, and 0.05 better where rates count.</summary>
    private const float Damping = 0.01f, RateDamping = 0.05f;

    // Patches of all samples together: more say nothing new, and images have thousands each. Of wide layers fewer, for memory's sake.
    private const int MostPatches = 1 << 17, MostWidePatches = 1 << 13, Wide = 1 << 12;

    /// <summary>The weights of <paramref name="node"/>.</summary>
    /// <param name="node">As <paramref name="reference"/> has it.</param>
    /// <param name="reference">What the layer's outputs should be.</param>
    /// <param name="present">A graph that computes the layer's inputs as they will be, <paramref name="input"/>.</param>
    /// <param name="levels">What weights may be.</param>
    /// <param name="stored">Scales that are stored in few bytes.</param>
    /// <param name="biased">Whether the layer can have a bias.</param>
    public SolvedLayer Solve(Node node, Graph reference, Graph present, string input, Levels[] levels, Func<float, float> stored, bool biased)
    {
        PatchProduct product = Product(reference, node)!;
        Tensor weights = reference.Constant(node.Inputs[1])!;
        LayerStatistics[]? statistics = Samples.Count == 0 ? null : Observe(node, reference, present, input, product, biased);
        float[] given = biased && node.Inputs.Count > 2 && reference.Constant(node.Inputs[2]) is { } bias ? [.. bias.F32] : new float[product.Groups * product.Rows];
        var integers = new sbyte[weights.Shape.Size];
        var scales = new float[product.Groups * product.Rows];
        var biases = new float[scales.Length];
        for (int g = 0; g < product.Groups; g++)
        {
            float[] start = new float[product.Rows * product.Depth];
            for (int i = 0; i < start.Length; i++)
                start[i] = weights.F32[product.Weight(g, i / product.Depth, i % product.Depth)];
            Quadratic cost = statistics?[g].Finish(start, Rate > 0 ? RateDamping : Damping) ?? new NoQuadratic(product.Depth, given.AsSpan(g * product.Rows, product.Rows));
            GridSolution found = new GridSolver(cost, start, levels, Rate * weights.Shape.Size / Total, stored).Solve(Cancellation);
            for (int i = 0; i < start.Length; i++)
                integers[product.Weight(g, i / product.Depth, i % product.Depth)] = (sbyte)found.Integers[i];
            found.Scales.CopyTo(scales, g * product.Rows);
            found.Biases.CopyTo(biases, g * product.Rows);
        }
        return new(Tensor.Of(weights.Shape, integers), scales, biased ? biases : []);
    }

    public static PatchProduct? Product(Graph graph, Node node) =>
        node.Inputs.Count > 1 && node.Inputs[0].Length > 0 && graph.Constant(node.Inputs[0]) == null && graph.Constant(node.Inputs[1]) is { Element: ElementType.Float32 } weights
            ? node.Op.AsPatches(graph.Types[node.Inputs[0]], weights.Type, graph.Types[node.Outputs[0]])
            : null;

    private LayerStatistics[] Observe(Node node, Graph reference, Graph present, string input, PatchProduct product, bool biased)
    {
        long all = (long)Samples.Count * product.Patches, step = Math.Max(1, all / (product.Depth > Wide ? MostWidePatches : MostPatches));
        LayerStatistics[] statistics = [.. Enumerable.Range(0, product.Groups).Select(_ => LayerStatistics.Make(product.Depth, product.Rows, (int)((all + step - 1) / step), biased))];
        using var wanted = new Watch(reference, node.Outputs[0]);
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

    /// <summary>One value of a graph, for one sample after the other.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly PlanRunner? _runner;
        private readonly byte[] _value = [];
        private readonly int _input;

        public Watch(Graph graph, string value)
        {
            _input = graph.Inputs.IndexOf(value);
            if (_input >= 0)
                return;
            Emitted emitted = Emitted.From(graph with { Outputs = [value] }, PlanNames.None);
            _runner = new(emitted.Plan, emitted.Weights);
            _value = new byte[graph.Types[value].Bytes];
        }

        public ReadOnlySpan<float> Run(Tensor[] sample)
        {
            if (_runner == null)
                return sample[_input].F32;
            _runner.Run([.. sample.Select(s => s.Bytes)], [_value.AsMemory()]);
            return MemoryMarshal.Cast<byte, float>(_value);
        }

        public void Dispose() => _runner?.Dispose();
    }
}

namespace ModelBuild.Engine;

/// <summary>How far a layer's outputs are from what they were: max|y−r| / max|r|, and the signal-to-quantization-noise ratio in dB.</summary>
internal sealed record LayerError(double Error, double Sqnr);

/// <summary>What steps cost layer by layer: outputs of layers with weights, before activations, against those of the float model on the same samples.</summary>
internal static class LayerErrors
{
    /// <summary>As many samples are read: numbers hardly change with more.</summary>
    private const int MostSamples = 16;

    /// <summary>By the layer's name. Layers that a step has taken out, made narrower or given another name are left out.</summary>
    public static IReadOnlyDictionary<string, LayerError> Of(Graph source, Graph graph, IEnumerable<Tensor[]> samples, CancellationToken cancellation)
    {
        var now = graph.Nodes.GroupBy(n => n.Name).ToDictionary(g => g.Key, g => g.First());
        (string Name, string Before, string After)[] layers =
        [
            .. source.Nodes.Where(n => LayerSolver.Product(source, n) != null)
                .Where(n => now.TryGetValue(n.Name, out Node? node) && node.Op.Name == n.Op.Name && graph.Types[node.Outputs[0]] == source.Types[n.Outputs[0]])
                .Select(n => (n.Name, n.Outputs[0], now[n.Name].Outputs[0])).DistinctBy(l => l.Item2).DistinctBy(l => l.Item3),
        ];
        if (layers.Length == 0)
            return new Dictionary<string, LayerError>();
        using PlanRunner before = Watching(source, layers.Select(l => l.Before)), after = Watching(graph, layers.Select(l => l.After));
        double[] worst = new double[layers.Length], largest = new double[layers.Length], noise = new double[layers.Length], signal = new double[layers.Length];
        foreach (Tensor[] sample in samples.Take(MostSamples))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] r = before.Run(sample), y = after.Run(sample);
            for (int l = 0; l < layers.Length; l++)
            {
                ReadOnlySpan<float> expected = r[l].F32, actual = y[l].F32;
                for (int i = 0; i < expected.Length; i++)
                {
                    double distance = Math.Abs((double)actual[i] - expected[i]);
                    worst[l] = Math.Max(worst[l], double.IsNaN(distance) ? double.PositiveInfinity : distance);
                    largest[l] = Math.Max(largest[l], Math.Abs(expected[i]));
                    noise[l] += distance * distance;
                    signal[l] += (double)expected[i] * expected[i];
                }
            }
        }
        return Enumerable.Range(0, layers.Length).ToDictionary(l => layers[l].Name, l => new LayerError(
            worst[l] == 0 ? 0 : worst[l] / largest[l], noise[l] == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal[l] / noise[l])));
    }

    private static PlanRunner Watching(Graph graph, IEnumerable<string> values)
    {
        Emitted emitted = Emitted.From(graph with { Outputs = [.. values] }, PlanNames.None);
        return new PlanRunner(emitted.Plan, emitted.Weights);
    }
}

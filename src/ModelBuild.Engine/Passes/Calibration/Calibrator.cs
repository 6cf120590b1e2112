using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>Runs a graph over samples, by the kernels that ship, and watches values on the way.</summary>
internal static class Calibrator
{
    /// <summary>A histogram of each value. The samples are read twice.</summary>
    public static IReadOnlyDictionary<string, Histogram> Observe(Graph graph, IReadOnlyCollection<string> values, IEnumerable<Tensor[]> samples, CancellationToken cancellation)
    {
        var histograms = values.ToDictionary(v => v, _ => new Histogram());
        string[] inputs = [.. graph.Inputs];
        string[] computed = [.. values.Except(inputs).Order(StringComparer.Ordinal)];
        Graph watched = graph with { Outputs = [.. computed] };
        Emitted emitted = Emitted.From(watched, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        byte[][] results = [.. computed.Select(v => new byte[graph.Types[v].Bytes])];
        Memory<byte>[] outputs = [.. results.Select(r => r.AsMemory())];

        foreach (bool count in (bool[])[false, true])
        {
            foreach (Tensor[] sample in samples)
            {
                cancellation.ThrowIfCancellationRequested();
                if (computed.Length > 0)
                    runner.Run([.. sample.Select(s => s.Bytes)], outputs);
                for (int i = 0; i < computed.Length; i++)
                    Take(histograms[computed[i]], MemoryMarshal.Cast<byte, float>(results[i]));
                for (int i = 0; i < inputs.Length; i++)
                {
                    if (histograms.TryGetValue(inputs[i], out Histogram? histogram))
                        Take(histogram, sample[i].F32);
                }
            }

            void Take(Histogram histogram, ReadOnlySpan<float> numbers)
            {
                if (count)
                    histogram.Count(numbers);
                else
                    histogram.Widen(numbers);
            }
        }
        return histograms;
    }
}

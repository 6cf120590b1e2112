namespace ModelBuild.Engine;

/// <summary>
/// The compressed model against the float one on data that no step has seen: top-1 where there are labels, and on any data how often both choose the same
/// class, the largest error of any output (max|y−r| / max|r|) and the signal-to-quantization-noise ratio in dB.
/// </summary>
internal sealed record Measurement(string Data, int Samples, int? CorrectBefore, int? CorrectAfter, int Agree, double MaxError, double Sqnr)
{
    public double? AccuracyBefore => (double?)CorrectBefore / Samples;

    public double? AccuracyAfter => (double?)CorrectAfter / Samples;

    public double Agreement => (double)Agree / Samples;

    /// <param name="name">Of the data.</param>
    /// <param name="before">The float model: a sample's outputs.</param>
    /// <param name="after">What ships.</param>
    /// <param name="data">The samples.</param>
    /// <param name="cancellation">Ends it with an OperationCanceledException.</param>
    public static Measurement Of(string name, Func<Tensor[], Tensor[]> before, Func<Tensor[], Tensor[]> after, Dataset data, CancellationToken cancellation)
    {
        int samples = 0, correctBefore = 0, correctAfter = 0, agree = 0;
        double worst = 0, largest = 0, signal = 0, noise = 0;
        foreach (Tensor[] sample in data.Samples())
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] r = before(sample), y = after(sample);
            int classBefore = Best(r[0]), classAfter = Best(y[0]);
            agree += classBefore == classAfter ? 1 : 0;
            if (data.Labels is { } labels)
            {
                correctBefore += classBefore == labels[samples] ? 1 : 0;
                correctAfter += classAfter == labels[samples] ? 1 : 0;
            }
            for (int i = 0; i < r.Length; i++)
            {
                double[] expected = r[i].Doubles(), actual = y[i].Doubles();
                for (int e = 0; e < expected.Length; e++)
                {
                    double distance = actual[e].Equals(expected[e]) ? 0 : Math.Abs(actual[e] - expected[e]);
                    worst = Math.Max(worst, double.IsNaN(distance) ? double.PositiveInfinity : distance);
                    if (double.IsFinite(expected[e]))
                    {
                        largest = Math.Max(largest, Math.Abs(expected[e]));
                        signal += expected[e] * expected[e];
                    }
                    noise += distance * distance;
                }
            }
            samples++;
        }
        double sqnr = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
        return new Measurement(name, samples, data.Labels == null ? null : correctBefore, data.Labels == null ? null : correctAfter, agree,
            worst == 0 ? 0 : largest == 0 ? double.PositiveInfinity : worst / largest, sqnr);
    }

    /// <summary>The class that an output is for: the first of the largest.</summary>
    public static int Best(Tensor scores) => Best(scores.Doubles());

    public static int Best(double[] values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            best = values[i] > values[best] ? i : best;
        return best;
    }
}

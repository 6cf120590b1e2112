namespace ModelBuild.Engine;

/// <summary>
/// How many samples a model loses that gives somewhat other scores. Counting them sees a drop only as finely as there are samples; so each sample also meets the change that every
/// other's scores have undergone, and one that is nearly lost counts in part.
/// </summary>
internal sealed class Margins
{
    private const int Most = 2048;

    private const double Least = 1e-7;

    private readonly double[][] _scores;
    private readonly int[] _labels;

    /// <param name="outputs">The scores, or probabilities, of samples.</param>
    /// <param name="labels">Their classes; the best one where it isn't known.</param>
    public Margins(IReadOnlyList<Tensor> outputs, IReadOnlyList<int?> labels)
    {
        _scores = [.. outputs.Take(Most).Select(Scores)];
        _labels = [.. _scores.Select((s, i) => labels[i] ?? Measurement.Best(s))];
    }

    /// <summary>The share of the samples that is no longer right, of those that come first.</summary>
    public double Counted(IReadOnlyList<Tensor> after) =>
        after.Take(_scores.Length).Select((a, i) => (Measurement.Best(_scores[i]) == _labels[i] ? 1 : 0) - (Measurement.Best(Scores(a)) == _labels[i] ? 1 : 0)).Average();

    /// <summary>The same share, were any sample's scores changed as any of these are.</summary>
    public double Drop(IReadOnlyList<Tensor> after, IReadOnlyList<Tensor> before)
    {
        double[][] changes = [.. after.Zip(before, (a, b) => Scores(a).Zip(Scores(b), (x, y) => x - y).ToArray()).Take(Most)];
        long lost = 0;
        var sum = new double[_scores[0].Length];
        for (int i = 0; i < _scores.Length; i++)
        {
            bool right = Measurement.Best(_scores[i]) == _labels[i];
            foreach (double[] change in changes)
            {
                for (int c = 0; c < sum.Length; c++)
                    sum[c] = _scores[i][c] + change[c];
                lost += (right ? 1 : 0) - (Measurement.Best(sum) == _labels[i] ? 1 : 0);
            }
        }
        return lost / ((double)_scores.Length * changes.Length);
    }

    /// <summary>Of probabilities their logarithms: in those, changes add up.</summary>
    public static double[] Scores(Tensor output)
    {
        double[] values = output.Doubles();
        return values.Length > 1 && values.All(v => v is >= 0 and <= 1) && Math.Abs(values.Sum() - 1) < 1e-3 ? Array.ConvertAll(values, v => Math.Log(Math.Max(v, Least))) : values;
    }
}

namespace ModelBuild.Engine;

/// <summary>The values that stand for many: k-means in one dimension (Lloyd 1982), each value with a weight of its own.</summary>
internal static class Codebook
{
    private const int Rounds = 50;

    /// <param name="values">What is to be stood for.</param>
    /// <param name="weights">What a squared distance counts, one each.</param>
    /// <param name="count">Values of the codebook, at most; float16 all of them. Zero is one where it is among the values: what was pruned stays zero.</param>
    public static float[] Of(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int count)
    {
        float[] sorted = values.ToArray(), mass = weights.ToArray();
        Array.Sort(sorted, mass);
        bool zero = Array.BinarySearch(sorted, 0f) >= 0;
        if (zero)
        {
            // Zeros have a level of their own, and don't pull at others.
            for (int i = 0; i < sorted.Length; i++)
                mass[i] = sorted[i] == 0 ? 0 : mass[i];
            count = Math.Max(1, count - 1);
        }
        double[] sums = Running(i => mass[i]), moments = Running(i => (double)mass[i] * sorted[i]);
        // Begin at even shares of the values that there are.
        float[] distinct = [.. sorted.Distinct().Where(v => v != 0 || !zero)];
        count = Math.Min(count, distinct.Length);
        double[] centers = [.. Enumerable.Range(0, count).Select(c => (double)distinct[(int)((c + 0.5) * distinct.Length / count)])];
        for (int round = 0; round < Rounds; round++)
        {
            int from = 0;
            for (int c = 0; c < count; c++)
            {
                int to = c == count - 1 ? sorted.Length : Below((centers[c] + centers[c + 1]) / 2);
                to = Math.Max(to, from);
                if (sums[to] > sums[from])
                    centers[c] = (moments[to] - moments[from]) / (sums[to] - sums[from]);
                from = to;
            }
        }
        return [.. centers.Select(c => (float)(Half)c).Concat(zero ? [0f] : []).Distinct().Order()];

        double[] Running(Func<int, double> of)
        {
            var running = new double[sorted.Length + 1];
            for (int i = 0; i < sorted.Length; i++)
                running[i + 1] = running[i] + of(i);
            return running;
        }

        int Below(double value)
        {
            int low = 0, high = sorted.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (sorted[middle] < value)
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }
    }
}

namespace ModelBuild.Engine;

/// <summary>A level for each weight, [row][k], and scale and bias of each row.</summary>
internal sealed record GridSolution(float[] Levels, float[] Scales, float[] Biases);

/// <summary>
/// Layer-wise least squares over levels by cyclic coordinate descent: each weight in turn takes the level that is best given all others. The objective is that of AdaQuant
/// (Hubara et al. 2021) and GPTQ (Frantar et al. 2023). Rows don't depend on each other, so threads share them out and the result is the same.
/// </summary>
/// <param name="cost">What rows cost.</param>
/// <param name="start">The weights that there were, [row][k]; where one is zero, it stays so, unless rows have pairs.</param>
/// <param name="levels">What a weight may be, in units of its row's scale: a row has the ones of these that fit it best, all of them as many; or pairs, of which each row finds its own.</param>
/// <param name="rate">What a bit is worth: so much of a layer's squared error, relative to its output's power, for one bit of each weight. 0: sizes don't count.</param>
/// <param name="stored">The nearest scale that is stored in few bytes.</param>
internal sealed class GridSolver(Quadratic cost, float[] start, LevelSet[] levels, double rate, Func<float, float> stored)
{
    // Where rates count, levels and their frequencies have to find each other; where weights may be anything, all of them change in each sweep.
    private const int Sweeps = 4, RateSweeps = 8, FreeSweeps = 16, Candidates = 31, PairRounds = 30;

    // Of the weights' deviation: the step from which rates begin, in trials the best of 0.25 to 1.
    private const float RateStart = 0.5f;

    private readonly float[] _q = new float[start.Length], _scales = new float[cost.Rows], _bits = new float[levels[0].Count];
    private readonly bool _pairs = levels[0].IsPair;
    private readonly LevelSet[] _levels = new LevelSet[cost.Rows];

    public GridSolution Solve(CancellationToken cancellation)
    {
        float shared = rate > 0 ? RateStart * Deviation() : 0;
        EachRow(cancellation, row => Begin(row, shared));
        for (int sweep = 0; sweep < Rounds && cost.IsCoupled; sweep++)
        {
            if (rate > 0)
                CountBits();
            EachRow(cancellation, Sweep);
        }
        return new(_q, _scales, [.. Enumerable.Range(0, cost.Rows).Select(r => cost.Bias(r, Row(_q, r), _scales[r]))]);
    }

    private int Rounds => rate > 0 ? RateSweeps : levels[0].Count == 0 ? FreeSweeps : Sweeps;

    private Span<float> Row(float[] values, int row) => values.AsSpan(row * cost.Depth, cost.Depth);

    private void EachRow(CancellationToken cancellation, Action<int> work)
    {
        if ((long)cost.Rows * cost.Depth * cost.StateLength < 1 << 20)
        {
            for (int row = 0; row < cost.Rows; row++)
                work(row);
            cancellation.ThrowIfCancellationRequested();
            return;
        }
        Parallel.For(0, cost.Rows, new ParallelOptions { CancellationToken = cancellation }, work);
    }

    private void Begin(int row, float shared)
    {
        ReadOnlySpan<float> w = Row(start, row);
        double least = double.PositiveInfinity;
        _scales[row] = 1;
        _levels[row] = levels[0];
        foreach (LevelSet choice in levels.Where(c => c.HaveScale))
        {
            var (scale, error) = BestStart(w, choice);
            if (error < least)
                (_levels[row], _scales[row], least) = (choice, scale, error);
        }
        if (_pairs)
            _levels[row] = BestPair(w);
        if (_levels[row].HaveScale)
            _scales[row] = stored(shared > 0 ? shared : _scales[row]);
        Span<float> q = Row(_q, row);
        for (int k = 0; k < q.Length; k++)
            q[k] = _levels[row].Nearest(w[k] / _scales[row]);
    }

    /// <summary>The scale whose nearest levels are the least off, each weight counting as its input does.</summary>
    private (float Scale, double Error) BestStart(ReadOnlySpan<float> w, LevelSet levels)
    {
        float low = 0, high = 0, best = 1;
        foreach (float v in w)
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        float full = Math.Max(levels.Least < 0 ? low / levels.Least : 0, levels.Most > 0 ? high / levels.Most : 0);
        double least = double.MaxValue;
        for (int i = Candidates; i > 0 && full > 0; i--)
        {
            float scale = full * (0.25f + 0.75f * (i - 1) / (Candidates - 1));
            double error = 0;
            for (int k = 0; k < w.Length; k++)
            {
                double off = w[k] - scale * levels.Nearest(w[k] / scale);
                error += cost.Diagonal[k] * off * off;
            }
            if (error < least)
                (best, least) = (scale, error);
        }
        return (best, least);
    }

    /// <summary>The two values to which weights are nearest, each weight counting as its input does: k-means from the mean of all.</summary>
    private LevelSet BestPair(ReadOnlySpan<float> w)
    {
        // Nothing is above NaN: at first all weights are low ones.
        double middle = double.NaN;
        (double Low, double High) pair = (0, 0);
        for (int round = 0; round < PairRounds; round++)
        {
            double low = 0, high = 0, lowMass = 0, highMass = 0;
            for (int k = 0; k < w.Length; k++)
            {
                double mass = cost.Diagonal[k];
                if (w[k] > middle)
                    (high, highMass) = (high + mass * w[k], highMass + mass);
                else
                    (low, lowMass) = (low + mass * w[k], lowMass + mass);
            }
            pair = (low / lowMass, highMass > 0 ? high / highMass : low / lowMass);
            middle = (pair.Low + pair.High) / 2;
        }
        return StoredPair((float)pair.Low, (float)pair.High);
    }

    /// <summary>A row's two values again, for what each weight has become; and its weights by them.</summary>
    private LevelSet Refit(int row, ReadOnlySpan<float> w, Span<float> q)
    {
        LevelSet present = _levels[row];
        float[] high = [.. q];
        foreach (ref float v in high.AsSpan())
            v = v == present.Most ? 1 : 0;
        var (lower, upper) = cost.BestPair(row, w, high);
        LevelSet found = lower < upper ? StoredPair(lower, upper) : present;
        for (int k = 0; k < q.Length; k++)
            q[k] = high[k] > 0 ? found.Most : found.Least;
        return found;
    }

    // Float16, where that says the larger one in all its digits: how far off the smaller one is, counts against that.
    private static LevelSet StoredPair(float low, float high) =>
        LevelSet.Codebook(Math.Max(Math.Abs(low), Math.Abs(high)) is > 6.2e-5f and < 65000 ? [.. new[] { (float)(Half)low, (float)(Half)high }.Distinct()] : [.. new[] { low, high }.Distinct()]);

    private void Sweep(int row)
    {
        ReadOnlySpan<float> w = Row(start, row);
        Span<float> q = Row(_q, row);
        float[] state = new float[cost.StateLength];
        float scale = _scales[row];
        LevelSet levels = _levels[row];
        cost.Start(row, q, scale, state);
        for (int k = 0; k < q.Length; k++)
        {
            if (w[k] == 0 && !_pairs)
                continue;
            float diagonal = cost.Diagonal[k], best = q[k] - cost.Slope(state, k, scale * q[k] - w[k]) / (diagonal * scale);
            float level = rate > 0 ? levels.Cheapest(best, diagonal * scale * scale, _bits) : levels.Nearest(best);
            if (level == q[k])
                continue;
            cost.Move(state, k, scale * (level - q[k]));
            q[k] = level;
        }
        if (_pairs)
            _levels[row] = Refit(row, w, q);
        if (!levels.HaveScale)
            return;
        float found = stored(cost.BestScale(row, q, scale, state));
        _scales[row] = found > 0 ? found : scale;
    }

    private float Deviation()
    {
        double sum = 0;
        foreach (float w in start)
            sum += (double)w * w;
        return (float)Math.Sqrt(sum / start.Length);
    }

    /// <summary>What a level costs by how often it is used now, in units of the squared error.</summary>
    private void CountBits()
    {
        var counts = new double[_bits.Length];
        for (int i = 0; i < _q.Length; i++)
            counts[_levels[i / cost.Depth].Index(_q[i])]++;
        double total = counts.Sum() + 0.5 * counts.Length, unit = rate * cost.Power.Average(p => (double)p) / cost.Depth;
        for (int i = 0; i < counts.Length; i++)
            _bits[i] = (float)(unit * -Math.Log2((counts[i] + 0.5) / total));
    }
}

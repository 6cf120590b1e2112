namespace ModelBuild.Engine;

/// <summary>A level for each weight, [row][k], a scale for each block, [row][block], and a bias for each row.</summary>
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
/// <param name="block">How many weights of a row share a scale; all of them unless said.</param>
internal sealed class GridSolver(Quadratic cost, float[] start, LevelSet[] levels, double rate, Func<float, float> stored, int block = int.MaxValue)
{
    // Where rates count, levels and their frequencies have to find each other; where weights may be anything, all of them change in each sweep.
    private const int Sweeps = 4, RateSweeps = 8, FreeSweeps = 16, Candidates = 31, PairRounds = 30;

    // Of the weights' deviation: the step from which rates begin, in trials the best of 0.25 to 1.
    private const float RateStart = 0.5f;

    private readonly int _blocks = (int)Math.Max(1, ((long)cost.Depth + block - 1) / block), _block = Math.Max(1, Math.Min(block, cost.Depth));

    private readonly float[] _q = new float[start.Length], _bits = new float[levels[0].Count];
    private readonly bool _pairs = levels[0].IsPair;
    private readonly LevelSet[] _levels = new LevelSet[cost.Rows];
    private float[] _scales = [];

    public GridSolution Solve(CancellationToken cancellation)
    {
        _scales = new float[cost.Rows * _blocks];
        float shared = rate > 0 ? RateStart * Deviation() : 0;
        EachRow(cancellation, row => Begin(row, shared));
        for (int sweep = 0; sweep < Rounds && cost.IsCoupled; sweep++)
        {
            if (rate > 0)
                CountBits();
            EachRow(cancellation, Sweep);
        }
        return new(_q, _scales, [.. Enumerable.Range(0, cost.Rows).Select(r => _blocks == 1 ? cost.Bias(r, Row(_q, r), _scales[r]) : cost.Bias(r, Numbers(r), 1))]);
    }

    private int Rounds => rate > 0 ? RateSweeps : levels[0].Count == 0 ? FreeSweeps : Sweeps;

    private Span<float> Row(float[] values, int row) => values.AsSpan(row * cost.Depth, cost.Depth);

    private Span<float> Scales(int row) => _scales.AsSpan(row * _blocks, _blocks);

    /// <summary>A row's weights as they are now.</summary>
    private float[] Numbers(int row)
    {
        float[] numbers = Row(_q, row).ToArray();
        for (int k = 0; k < numbers.Length; k++)
            numbers[k] *= Scales(row)[k / _block];
        return numbers;
    }

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
        Span<float> scales = Scales(row), tried = new float[_blocks];
        scales.Fill(1);
        _levels[row] = levels[0];
        foreach (LevelSet choice in levels.Where(c => c.HaveScale))
        {
            double sum = 0;
            for (int b = 0; b < _blocks; b++)
            {
                var (scale, error) = BestStart(Block(w, b), Block<float>(cost.Diagonal, b), choice);
                tried[b] = scale;
                sum += error;
            }
            if (sum < least)
            {
                (_levels[row], least) = (choice, sum);
                tried.CopyTo(scales);
            }
        }
        if (_pairs)
            _levels[row] = BestPair(w);
        foreach (ref float scale in scales)
        {
            if (_levels[row].HaveScale)
                scale = stored(shared > 0 ? shared : scale);
        }
        Span<float> q = Row(_q, row);
        for (int k = 0; k < q.Length; k++)
            q[k] = _levels[row].Nearest(w[k] / scales[k / _block]);
    }

    private ReadOnlySpan<T> Block<T>(ReadOnlySpan<T> row, int b) => row.Slice(b * _block, Math.Min(_block, row.Length - b * _block));

    /// <summary>The scale whose nearest levels are the least off, each weight counting as its input does.</summary>
    private (float Scale, double Error) BestStart(ReadOnlySpan<float> w, ReadOnlySpan<float> counts, LevelSet levels)
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
                error += counts[k] * off * off;
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
        Span<float> scales = Scales(row);
        LevelSet levels = _levels[row];
        if (_blocks == 1)
            cost.Start(row, q, scales[0], state);
        else
            cost.Start(row, Numbers(row), 1, state);
        for (int k = 0; k < q.Length; k++)
        {
            if (w[k] == 0 && !_pairs)
                continue;
            float scale = scales[k / _block], diagonal = cost.Diagonal[k], best = q[k] - cost.Slope(state, k, scale * q[k] - w[k]) / (diagonal * scale);
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
        if (_blocks == 1)
        {
            float found = stored(cost.BestScale(row, q, scales[0], state));
            scales[0] = found > 0 ? found : scales[0];
        }
        else
        {
            for (int b = 0; b < _blocks; b++)
                scales[b] = BestScale(w, q, b, scales[b], state);
        }
    }

    /// <summary>The scale of least cost of one block, all else as it is; the state moves with it.</summary>
    private float BestScale(ReadOnlySpan<float> w, ReadOnlySpan<float> q, int b, float scale, float[] state)
    {
        // By derivatives, here and one further along.
        float[] further = [.. state];
        int from = b * _block, to = Math.Min(from + _block, q.Length);
        for (int k = from; k < to; k++)
        {
            if (q[k] != 0)
                cost.Move(further, k, q[k]);
        }
        double slope = 0, curve = 0;
        for (int k = from; k < to; k++)
        {
            double here = cost.Slope(state, k, scale * q[k] - w[k]);
            slope += q[k] * here;
            curve += q[k] * (cost.Slope(further, k, (scale + 1) * q[k] - w[k]) - here);
        }
        float found = curve > 0 ? stored((float)(scale - slope / curve)) : scale;
        if (!(found > 0) || found == scale)
            return scale;
        for (int k = from; k < to; k++)
        {
            if (q[k] != 0)
                cost.Move(state, k, (found - scale) * q[k]);
        }
        return found;
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

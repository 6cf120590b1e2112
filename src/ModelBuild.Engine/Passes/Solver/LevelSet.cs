namespace ModelBuild.Engine;

/// <summary>What a weight may be: integers in units of its row's scale, or the values of a codebook. In ascending order.</summary>
internal sealed class LevelSet
{
    private readonly float[] _values;

    private LevelSet(float[] values, bool haveScale) => (_values, HaveScale) = (values, haveScale);

    /// <summary>Integers, zero among them.</summary>
    public static LevelSet Grid(int least, int most) => new([.. Enumerable.Range(least, most - least + 1).Select(v => (float)v)], true);

    /// <summary>Values as they are.</summary>
    public static LevelSet Codebook(float[] values) => new(values, false);

    /// <summary>Two values, each row's own: what fits its weights best. Zero is none of them, so that what was pruned comes back.</summary>
    public static LevelSet Pair { get; } = new([0, 1], false);

    /// <summary>Any number: weights are only to make up for others.</summary>
    public static LevelSet Any { get; } = new([], false);

    /// <summary>Whether rows scale them.</summary>
    public bool HaveScale { get; }

    public bool IsPair => this == Pair;

    public float Least => _values[0];

    public float Most => _values[^1];

    public int Count => _values.Length;

    /// <summary>The nearest; of two, the one of smaller magnitude.</summary>
    public float Nearest(float value)
    {
        if (HaveScale)
        {
            float low = MathF.Floor(value), share = value - low;
            return Math.Clamp(share < 0.5f || (share == 0.5f && low >= 0) ? low : low + 1, Least, Most);
        }
        int at = Array.BinarySearch(_values, value);
        if (at >= 0 || _values.Length == 0)
            return value;
        float below = _values[Math.Max(0, ~at - 1)], above = _values[Math.Min(Count - 1, ~at)], way = value - below, back = above - value;
        return way < back || (way == back && Math.Abs(below) < Math.Abs(above)) || above < value ? below : above;
    }

    /// <summary>The one of least squared distance, weighted, and bits together; of two, the lower.</summary>
    public float Cheapest(float value, float weight, ReadOnlySpan<float> bits)
    {
        int best = 0;
        float least = float.PositiveInfinity;
        for (int i = 0; i < _values.Length; i++)
        {
            float distance = value - _values[i], cost = weight * distance * distance + bits[i];
            if (cost < least)
                (best, least) = (i, cost);
        }
        return _values[best];
    }

    /// <summary>The place of a level among the others.</summary>
    public int Index(float level) => HaveScale ? (int)(level - Least) : Array.BinarySearch(_values, level);
}

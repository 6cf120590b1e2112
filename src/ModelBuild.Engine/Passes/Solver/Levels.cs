namespace ModelBuild.Engine;

/// <summary>What a weight may be, in units of its row's scale: integers in order, zero among them.</summary>
internal sealed class Levels
{
    private readonly float[] _values;

    public Levels(int least, int most)
    {
        _values = [.. Enumerable.Range(least, most - least + 1).Select(v => (float)v)];
        (Least, Most) = (least, most);
    }

    public int Least { get; }

    public int Most { get; }

    public int Count => _values.Length;

    /// <summary>The nearest; of two, the one of smaller magnitude.</summary>
    public float Nearest(float value)
    {
        float low = MathF.Floor(value), share = value - low;
        return Math.Clamp(share < 0.5f || (share == 0.5f && low >= 0) ? low : low + 1, Least, Most);
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
    public int Index(float level) => (int)level - Least;
}

using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Weights that are small integers times a scale of their block, so many of an output's in the file's order; found from the weights alone.</summary>
internal sealed record BlockGrid(int Block, Grid Grid)
{
    public const int Least = 8, Most = 1024;

    /// <summary>Of numbers that are none, some that begin as if they were: how often all of them are looked at.</summary>
    private const int Tries = 8;

    /// <summary>The grids of the largest block that does; none where there is none of less than an output.</summary>
    public static IReadOnlyList<BlockGrid> Of(ReadOnlySpan<float> weights, PanelLayout layout)
    {
        int each = weights.IsEmpty ? 0 : layout.Each(weights.Length);
        if (each <= Least)
            return [];
        int[] places = layout.Places(weights.Length);
        float[] row = Fullest(weights, places, each);
        // Whatever its length, the first block has these.
        if (!IsGrid(row.AsSpan(0, Least)))
            return [];
        int tries = 0;
        for (int block = Math.Min(Most, each - 1); block >= Least && tries < Tries; block--)
        {
            if (!Fits(row, block))
                continue;
            int blocks = (each + block - 1) / block, of = block;
            IReadOnlyList<Grid> found = Grid.Of(weights, [.. places.Select(p => p / each * blocks + p % each / of)], layout.All * blocks);
            if (found.Count > 0)
                return [.. found.Select(g => new BlockGrid(of, g))];
            tries++;
        }
        return [];
    }

    /// <summary>The output with the fewest zeros: that says most.</summary>
    private static float[] Fullest(ReadOnlySpan<float> weights, int[] places, int each)
    {
        var counts = new int[weights.Length / each];
        for (int i = 0; i < weights.Length; i++)
            counts[places[i] / each] += weights[i] != 0 ? 1 : 0;
        int fullest = Array.IndexOf(counts, counts.Max());
        var row = new float[each];
        for (int i = 0; i < weights.Length; i++)
        {
            if (places[i] / each == fullest)
                row[places[i] % each] = weights[i];
        }
        return row;
    }

    private static bool Fits(float[] row, int block)
    {
        for (int from = 0; from < row.Length; from += block)
        {
            if (!IsGrid(row.AsSpan(from, Math.Min(block, row.Length - from))))
                return false;
        }
        return true;
    }

    private static bool IsGrid(ReadOnlySpan<float> weights) => Grid.Of(weights, new int[weights.Length], 1).Count > 0;
}

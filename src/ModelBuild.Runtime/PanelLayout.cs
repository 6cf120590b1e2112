namespace ModelBuild.Generated;

/// <summary>
/// Which output each of a layer's weights belongs to: [group][panel of <paramref name="Width"/> outputs][depth][output of the panel], where the last panel of a group has
/// what is left of its <paramref name="Outputs"/>. Where taps come first, all of it lies there once a tap.
/// </summary>
internal readonly record struct PanelLayout(int Outputs, int Depth, int Width, int Groups = 1)
{
    /// <summary>Weights of which nothing is known: as if all were one output's.</summary>
    public static PanelLayout One(int elements) => new(1, Math.Max(elements, 1), 1);

    /// <summary>The outputs of all groups.</summary>
    public int All => Groups * Outputs;

    /// <summary>Gives each weight what is its output's.</summary>
    public void Spread<T>(ReadOnlySpan<T> outputs, Span<T> weights)
    {
        if (Outputs < 1 || Depth < 1 || Width < 1 || Groups < 1 || weights.Length % ((long)All * Depth) != 0)
            throw new InvalidOperationException($"{weights.Length} weights are no {this}.");
        for (int at = 0; at < weights.Length;)
        for (int group = 0; group < Groups; group++)
        for (int panel = 0; panel < Outputs; panel += Width)
        {
            ReadOnlySpan<T> live = outputs.Slice(group * Outputs + panel, Math.Min(Width, Outputs - panel));
            for (int k = 0; k < Depth; k++, at += live.Length)
                live.CopyTo(weights[at..]);
        }
    }
}

namespace ModelBuild.Generated;

/// <summary>
/// Which output each of a layer's weights belongs to: [group][panel of <paramref name="Width"/> outputs][depth][output of the panel], where the last panel of a group has
/// what is left of its <paramref name="Outputs"/>. Where taps come first, all of it lies there once a tap.
/// </summary>
internal readonly record struct PanelLayout(int Outputs, int Depth, int Width, int Groups = 1)
{
    /// <summary>Weights of which nothing is known: as if all were one output's.</summary>
    public static PanelLayout One(int elements) => new(1, Math.Max(elements, 1), 1);

    /// <summary>How many weights of an output, side by side in depth, are one of each channel: taps come before channels, other than in a model's file. 0: all, so that the order is the file's.</summary>
    public int Channels { get; init; }

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

    /// <summary>Weights of an output.</summary>
    public int Each(int weights) => weights / All;

    /// <summary>For each weight, its place in the file: that of its output, times the weights of each, and then by channel and by tap.</summary>
    public int[] Places(int weights)
    {
        var places = new int[weights];
        Spread<int>([.. Enumerable.Range(0, All)], places);
        int each = Each(weights), channels = Channels > 0 ? Channels : each;
        if (weights == 0)
            return places;
        if (each % channels != 0)
            throw new InvalidOperationException($"{each} weights are not of {channels} channels each.");
        // How many of an output have come already.
        var met = new int[All];
        for (int i = 0; i < places.Length; i++)
        {
            int output = places[i], k = met[output]++;
            places[i] = output * each + k % channels * (each / channels) + k / channels;
        }
        return places;
    }
}

namespace ModelBuild.Engine;

/// <summary>The shape without the <paramref name="Axes"/>, which are 1 long; without all axes that are, where none are named.</summary>
internal sealed record Squeeze(Ints? Axes = null) : Reshaping
{
    // Without names, an axis would go with its last channel but one.
    public override ChannelMap? Channels(Operand?[] inputs) => Axes == null ? null : base.Channels(inputs);

    protected override Shape To(Shape x)
    {
        if (Axes == null)
            return Shape.Of(x.Where(length => length != 1));
        int[] axes = [.. Axes.Value.Select(x.Axis)];
        if (axes.FirstOrDefault(a => x[a] != 1, -1) is >= 0 and var axis)
            throw new OperatorException($"axis {axis} of {x} is not 1 long");
        return Shape.Of(x.Where((_, i) => !axes.Contains(i)));
    }
}

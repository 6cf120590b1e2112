namespace ModelBuild.Engine;

/// <summary>Parts of <paramref name="Sizes"/> along an axis; where they are absent, as many equal parts as there are outputs, the last one smaller if need be.</summary>
internal sealed record Split(int Outputs, int Axis = 0, Ints? Sizes = null) : Rearrangement
{
    protected override View[] Views(View x)
    {
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis], part = (length + Outputs - 1) / Outputs;
        int[] sizes = Sizes is { } given ? [.. given] : [.. Enumerable.Range(0, Outputs).Select(i => Math.Clamp(length - i * part, 0, part))];
        if (sizes.Length != Outputs || sizes.Any(s => s < 0) || sizes.Sum() != length)
            throw new OperatorException($"an axis of {length} in {Outputs} parts of {new Ints(sizes)}");
        int at = 0;
        return Array.ConvertAll(sizes, size => x.Slice(axis, (at += size) - size, size));
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        TensorType x = inputs[0]!.Type;
        if (inputs[0]!.Axis is not { } axis || Outputs == 1)
            return null;
        bool apart = x.Shape.Axis(Axis) == axis;
        int first = 0;
        return new([ChannelAxis.Of(x, axis)], [.. Infer([x]).Select(y => ChannelAxis.Of(y, axis, apart ? (first += y.Shape[axis]) - y.Shape[axis] : 0))], []);
    }

    // Channels that are all there in each output are not what is split.
    public override Op WithChannels(Kept?[] inputs, Kept[] outputs) => outputs.Sum(o => o.Total) != inputs[0]!.Total ? this : this with { Sizes = new(outputs.Select(o => o.Channels.Length)) };

    public override bool IsNothing(TensorType input, TensorType output) => Outputs == 1;
}

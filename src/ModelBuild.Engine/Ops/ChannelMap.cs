namespace ModelBuild.Engine;

/// <summary>An input of a node, as <see cref="Op.Channels"/> sees it; <paramref name="Axis"/> counts its channels, where they can be told apart.</summary>
internal sealed record Operand(TensorType Type, Tensor? Constant, int? Axis);

/// <summary>The channels of a value, counted along an axis. At one node, those with the same label go together; one without its like goes alone.</summary>
internal sealed record ChannelAxis(int Axis, int[] Labels)
{
    /// <summary>Each channel goes alone, or with that of other values at the same place, <paramref name="first"/> channels further on.</summary>
    public static ChannelAxis Of(TensorType type, int axis, int first = 0) => new(axis, [.. Enumerable.Range(first, type.Shape[axis])]);

    /// <summary>Neighbours go together, so many in a row that there are <paramref name="bundles"/> of them.</summary>
    public static ChannelAxis Of(TensorType type, int axis, int first, int bundles) =>
        new(axis, [.. Enumerable.Range(0, type.Shape[axis]).Select(c => first + c / (type.Shape[axis] / bundles))]);
}

/// <summary>An axis of a constant input that is as long as the output has channels, or the first input (<paramref name="OfInput"/>), and loses those that they lose.</summary>
internal readonly record struct ConstantAxis(int Input, int Axis, bool OfInput = false);

/// <summary>
/// What a node does with channels. An input without an axis is read as a whole; with <paramref name="Mixes"/>, each output channel is a sum of weighted channels
/// of the first input, of which any may be left out.
/// </summary>
internal sealed record ChannelMap(ChannelAxis?[] Inputs, ChannelAxis[] Outputs, ConstantAxis[] Constants, bool Mixes = false)
{
    /// <summary>The constant input that names channels of the first one, if there is one: those that are its outputs' labels.</summary>
    public int? Indices { get; init; }

    /// <summary>Channel by channel, from the first input to the output, along the same axis.</summary>
    public static ChannelMap? Straight(Operand?[] inputs, params ConstantAxis[] constants) => inputs[0]!.Axis is { } axis ? Straight(inputs, axis, constants) : null;

    /// <summary>Channel by channel, from the first input to another axis of the output.</summary>
    public static ChannelMap? Straight(Operand?[] inputs, int to, params ConstantAxis[] constants)
    {
        if (inputs[0]!.Axis is not { } axis)
            return null;
        ChannelAxis channels = ChannelAxis.Of(inputs[0]!.Type, axis);
        return new([channels, .. inputs.Skip(1).Select(_ => (ChannelAxis?)null)], [channels with { Axis = to }], constants);
    }

    /// <summary>Sums of products with constant weights, the second input: of channels along <paramref name="axis"/> of the first one, to channels along <paramref name="to"/> of the output.</summary>
    public static ChannelMap Product(Operand?[] inputs, int axis, TensorType output, int to, params ConstantAxis[] constants)
    {
        TensorType x = inputs[0]!.Type;
        ChannelAxis? channels = inputs[0]!.Axis == axis ? ChannelAxis.Of(x, axis) : null;
        return new([channels, .. inputs.Skip(1).Select(_ => (ChannelAxis?)null)], [ChannelAxis.Of(output, to, first: x.Shape[axis])], constants, Mixes: true);
    }

    /// <summary>The operator and its constants, with those channels alone.</summary>
    public (Op Op, Tensor?[] Constants) Narrow(Op op, Tensor?[] constants, Kept?[] inputs, Kept[] outputs)
    {
        Tensor?[] narrow = [.. constants];
        foreach (ConstantAxis c in Constants)
        {
            if (narrow[c.Input] is { } tensor && (c.OfInput ? inputs[0] : outputs[0]) is { } kept)
                narrow[c.Input] = kept.Of(tensor, c.Axis);
        }
        if (Indices is { } indices)
            narrow[indices] = Tensor.From(constants[indices]!.Type with { Shape = [outputs[0].Channels.Length] }, [.. outputs[0].Channels.Select(c => (long)Array.IndexOf(inputs[0]!.Channels, Outputs[0].Labels[c]))]);
        return (op.WithChannels(inputs, outputs), narrow);
    }
}

/// <summary>What is left of a value: some of its <paramref name="Total"/> channels, in order.</summary>
internal sealed record Kept(int Axis, int[] Channels, int Total)
{
    public bool IsAll => Channels.Length == Total;

    public Tensor Of(Tensor whole, int axis) => IsAll ? whole : new Gather(axis).Evaluate([whole, Tensor.Of([Channels.Length], Channels)])[0];
}

namespace ModelBuild.Engine;

/// <summary>The axes in the order <paramref name="Perm"/>; in reverse where it is absent.</summary>
internal sealed record Transpose(Ints? Perm = null) : Rearrangement
{
    protected override View[] Views(View x)
    {
        Ints order = Perm ?? new(Enumerable.Range(0, x.Shape.Rank).Reverse());
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Shape.Rank)))
            throw new OperatorException($"perm {order} is no order of {x.Shape.Rank} axes");
        return [x.Permute(order)];
    }

    public override int? AxisAfter(int axis, int rank) => Perm is { } order ? order.ToList().IndexOf(axis) : rank - 1 - axis;

    public override ChannelMap? Channels(Operand?[] inputs) =>
        inputs[0]!.Axis is { } axis ? ChannelMap.Straight(inputs, AxisAfter(axis, inputs[0]!.Type.Shape.Rank)!.Value) : null;

    public override bool IsNothing(TensorType input, TensorType output) =>
        View.Of(input).Permute(Perm ?? new(Enumerable.Range(0, input.Shape.Rank).Reverse())).IsRowMajor && input == output;

    public override Op? After(Op before) => before is Transpose { Perm: { } first } && Perm != null ? new Transpose(new Ints(Perm.Value.Select(a => first[a]))) : null;
}

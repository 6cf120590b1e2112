namespace ModelBuild.Engine;

/// <summary>The inputs one after the other along an axis.</summary>
internal sealed record Concat(int Axis) : Assembly
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType first = Need(inputs.FirstOrDefault());
        int axis = first.Shape.Axis(Axis);
        foreach (TensorType? other in inputs)
        {
            if (Need(other).Element != first.Element || other!.Shape.Rank != first.Shape.Rank || other.Shape.With(axis, 0) != first.Shape.With(axis, 0))
                throw new OperatorException($"{first} and {other} don't go together along axis {axis}");
        }
        return [first with { Shape = first.Shape.With(axis, inputs.Sum(i => i!.Shape[axis])) }];
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        TensorType y = Infer([.. inputs.Select(i => i!.Type)])[0];
        int at = y.Shape.Axis(Axis);
        if (inputs.FirstOrDefault(i => i!.Axis != null)?.Axis is not { } axis || inputs.Any(i => i!.Axis != axis && (axis == at || i.Constant == null)))
            return null;
        int first = 0;
        return new(
            [.. inputs.Select(i => i!.Constant != null ? null : axis != at ? ChannelAxis.Of(i.Type, axis) : ChannelAxis.Of(i.Type, axis, (first += i.Type.Shape[axis]) - i.Type.Shape[axis]))],
            [ChannelAxis.Of(y, axis)],
            [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i]!.Constant != null).Select(i => new ConstantAxis(i, axis))]);
    }

    protected override IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant)
    {
        int axis = output.Shape.Axis(Axis), at = 0;
        foreach (View x in inputs)
        {
            yield return (x, output.Slice(axis, at, x.Shape[axis]));
            at += x.Shape[axis];
        }
    }
}

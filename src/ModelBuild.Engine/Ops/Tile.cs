namespace ModelBuild.Engine;

/// <summary>The input repeated along each axis as often as <paramref name="Repeats"/> says.</summary>
internal sealed record Tile(Ints Repeats) : Assembly
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0]);
        if (Repeats.Count != x.Shape.Rank || Repeats.Any(r => r < 0))
            throw new OperatorException($"repeats {Repeats} of {x.Shape}");
        return [x with { Shape = Shape.Of(x.Shape.Zip(Repeats, (length, repeat) => checked(length * repeat))) }];
    }

    protected override IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant)
    {
        View from = inputs[0], to = output;
        if (to.Shape.Size == 0)
            yield break;
        for (int axis = Repeats.Count - 1; axis >= 0; axis--)
        {
            from = from.Repeat(axis, Repeats[axis]);
            to = to.Split(axis, Repeats[axis]);
        }
        yield return (from, to);
    }

    public override bool IsNothing(TensorType input, TensorType output) => input == output;
}

namespace ModelBuild.Engine;

/// <summary>Broadcast to the shape that the input's and <paramref name="Lengths"/> broadcast to.</summary>
internal sealed record Expand(Ints Lengths) : Rearrangement
{
    protected override View[] Views(View x) => [x.Expand(Shape.Broadcast(x.Shape, Shape.Of(Lengths)))];

    public override bool IsNothing(TensorType input, TensorType output) => input == output;
}

namespace ModelBuild.Engine;

/// <summary>A matrix: axes before <paramref name="Axis"/> are its rows, the others its columns.</summary>
internal sealed record Flatten(int Axis = 1) : Reshaping
{
    protected override Shape To(Shape x)
    {
        int axis = Axis == x.Rank ? x.Rank : x.Axis(Axis);
        return [Shape.Of(x.Take(axis)).Size, Shape.Of(x.Skip(axis)).Size];
    }
}

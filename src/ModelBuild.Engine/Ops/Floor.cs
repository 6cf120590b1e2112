namespace ModelBuild.Engine;

/// <summary>The largest integer that is not above x.</summary>
internal sealed record Floor : Unary
{
    protected override double Apply(double x) => Math.Floor(x);
}

namespace ModelBuild.Engine;

/// <summary>1 / x.</summary>
internal sealed record Reciprocal : Unary
{
    protected override double Apply(double x) => 1 / x;
}

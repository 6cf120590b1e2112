namespace ModelBuild.Engine;

/// <summary>The smallest integer that is not below x.</summary>
internal sealed record Ceil : Unary
{
    protected override double Apply(double x) => Math.Ceiling(x);
}

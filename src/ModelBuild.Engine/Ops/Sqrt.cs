namespace ModelBuild.Engine;

/// <summary>The square root.</summary>
internal sealed record Sqrt : Unary
{
    protected override double Apply(double x) => Math.Sqrt(x);
}

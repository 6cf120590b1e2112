namespace ModelBuild.Engine;

/// <summary>e^x.</summary>
internal sealed record Exp : Unary
{
    protected override double Apply(double x) => Math.Exp(x);
}

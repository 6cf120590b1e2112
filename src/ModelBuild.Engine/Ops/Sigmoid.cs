namespace ModelBuild.Engine;

/// <summary>1 / (1 + e^−x).</summary>
internal sealed record Sigmoid : Unary
{
    protected override double Apply(double x) => 1 / (1 + Math.Exp(-x));
}

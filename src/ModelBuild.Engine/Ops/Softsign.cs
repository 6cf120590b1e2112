namespace ModelBuild.Engine;

/// <summary>x / (1 + |x|).</summary>
internal sealed record Softsign : Unary
{
    protected override double Apply(double x) => x / (1 + Math.Abs(x));
}

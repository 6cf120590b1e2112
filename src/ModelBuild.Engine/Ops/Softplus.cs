namespace ModelBuild.Engine;

/// <summary>ln(1 + e^x).</summary>
internal sealed record Softplus : Unary
{
    protected override double Apply(double x) => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x)));

    // ln(1 + e) without losing a small e in the sum.
    private static double Log1P(double e) => 2 * Math.Atanh(e / (2 + e));
}

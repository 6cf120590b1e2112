namespace ModelBuild.Engine;

/// <summary>The larger of a and b; NaN where either is.</summary>
internal sealed record Max : Binary
{
    protected override double Apply(double a, double b) => Math.Max(a, b);

    protected override long Apply(long a, long b) => Math.Max(a, b);
}

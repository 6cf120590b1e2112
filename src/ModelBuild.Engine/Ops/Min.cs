namespace ModelBuild.Engine;

/// <summary>The smaller of a and b; NaN where either is.</summary>
internal sealed record Min : Binary
{
    protected override double Apply(double a, double b) => Math.Min(a, b);

    protected override long Apply(long a, long b) => Math.Min(a, b);
}

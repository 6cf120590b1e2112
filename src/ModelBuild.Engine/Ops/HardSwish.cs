namespace ModelBuild.Engine;

/// <summary>x·max(0, min(1, x/6 + 1/2)).</summary>
internal sealed record HardSwish : Unary
{
    protected override double Apply(double x) => x * Math.Max(0, Math.Min(1, x / 6 + 0.5));
}

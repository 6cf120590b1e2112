namespace ModelBuild.Engine;

/// <summary>a + b.</summary>
internal sealed record Add : Binary
{
    protected override double Apply(double a, double b) => a + b;

    protected override long Apply(long a, long b) => a + b;

    public override bool AddsTwo => true;
}

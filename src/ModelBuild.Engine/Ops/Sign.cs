namespace ModelBuild.Engine;

/// <summary>−1, 0 or 1.</summary>
internal sealed record Sign : Unary
{
    protected override double Apply(double x) => double.IsNaN(x) ? x : Math.Sign(x);
}

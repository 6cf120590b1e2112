namespace ModelBuild.Engine;

/// <summary>max(0, x).</summary>
internal sealed record Relu : Unary
{
    protected override double Apply(double x) => x > 0 ? x : double.IsNaN(x) ? x : 0;

    public override bool IsHomogeneous => true;

    public override (float Lo, float Hi)? Clamp => (0, float.PositiveInfinity);
}

namespace ModelBuild.Engine;

/// <summary>max(0, min(1, <paramref name="Alpha"/>·x + <paramref name="Beta"/>)).</summary>
internal sealed record HardSigmoid(float Alpha = 0.2f, float Beta = 0.5f) : Unary
{
    protected override double Apply(double x) => Math.Max(0, Math.Min(1, Alpha * x + Beta));

    protected override (string, object?)[] Arguments => [("alpha", Alpha), ("beta", Beta)];
}

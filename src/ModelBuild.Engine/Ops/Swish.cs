namespace ModelBuild.Engine;

/// <summary>x / (1 + e^(−<paramref name="Alpha"/>·x)).</summary>
internal sealed record Swish(float Alpha = 1) : Unary
{
    protected override double Apply(double x) => x / (1 + Math.Exp(-Alpha * x));

    protected override (string, object?)[] Arguments => [("alpha", Alpha)];
}

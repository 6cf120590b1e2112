namespace ModelBuild.Engine;

/// <summary>x where it is above <paramref name="Alpha"/>, else 0.</summary>
internal sealed record ThresholdedRelu(float Alpha = 1) : Unary
{
    protected override double Apply(double x) => x > Alpha || double.IsNaN(x) ? x : 0;

    protected override (string, object?)[] Arguments => [("alpha", Alpha)];
}

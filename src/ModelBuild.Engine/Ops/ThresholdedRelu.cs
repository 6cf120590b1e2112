namespace ModelBuild.Engine;

/// <summary>x where it is above <paramref name="Alpha"/>, else 0.</summary>
internal sealed record ThresholdedRelu(float Alpha = 1) : Unary
{
    protected override double Apply(double x) => x > Alpha || double.IsNaN(x) ? x : 0;

    protected override (string, object?)[] Arguments => [("alpha", Alpha)];

    public override bool KeepsScale => true;

    public override Op? After(Op before) => before is ThresholdedRelu { Alpha: >= 0 } first && Alpha >= 0 ? new ThresholdedRelu(Math.Max(Alpha, first.Alpha)) : null;
}

namespace ModelBuild.Engine;

/// <summary>0 where |x| is at most <paramref name="Lambda"/>, else x, by <paramref name="Bias"/> nearer to zero. What isn't a number is 0.</summary>
internal sealed record Shrink(float Bias = 0, float Lambda = 0.5f) : Unary
{
    protected override double Apply(double x) => x < -Lambda ? x + Bias : x > Lambda ? x - Bias : 0;

    protected override (string, object?)[] Arguments => [("bias", Bias), ("lambda", Lambda)];

    public override bool KeepsScale => Bias == 0;
}

namespace ModelBuild.Engine;

/// <summary>x − <paramref name="Bias"/> above <paramref name="Limit"/>, x + <paramref name="Bias"/> below −<paramref name="Limit"/>, and 0 between.</summary>
internal sealed record Shrink(float Bias = 0, float Limit = 0.5f) : Unary
{
    protected override double Apply(double x) => x < -Limit ? x + Bias : x > Limit ? x - Bias : double.IsNaN(x) ? x : 0;

    protected override (string, object?)[] Arguments => [("bias", Bias), ("limit", Limit)];
}

namespace ModelBuild.Engine;

/// <summary>(e^x − e^−x) / (e^x + e^−x).</summary>
internal sealed record Tanh : Unary
{
    protected override double Apply(double x) => Math.Tanh(x);
}

namespace ModelBuild.Engine;

/// <summary>x·tanh(ln(1 + e^x)).</summary>
internal sealed record Mish : Unary
{
    protected override double Apply(double x) => x * Math.Tanh(Math.Log(1 + Math.Exp(x)));
}

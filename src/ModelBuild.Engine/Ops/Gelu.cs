namespace ModelBuild.Engine;

/// <summary>x·Φ(x), Φ being the normal distribution; <paramref name="Approximate"/>: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). At −∞ the exact one is 0.</summary>
internal sealed record Gelu(bool Approximate = false) : Unary
{
    protected override string Kernel => Approximate ? "GeluTanh" : "Gelu";

    protected override double Apply(double x) => Approximate
        ? x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x)))
        : double.IsNegativeInfinity(x) ? -0.0 : x / 2 * Erf.Complement(-x / Math.Sqrt(2));
}

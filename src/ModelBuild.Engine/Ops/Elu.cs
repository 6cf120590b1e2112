namespace ModelBuild.Engine;

/// <summary>x where it is positive, else something that tends to a constant exponentially. One kernel: x·scale, or alpha·(e^(x·slope) − 1).</summary>
internal abstract record ExponentialUnit : Unary
{
    protected abstract (double Alpha, double Slope, double Scale) Factors { get; }

    protected override double Apply(double x) => x < 0 ? Factors.Alpha * ExpM1(x * Factors.Slope) : x * Factors.Scale;

    protected override string Kernel => "Elu";

    protected override (string, object?)[] Arguments => [("alpha", (float)Factors.Alpha), ("slope", (float)Factors.Slope), ("scale", (float)Factors.Scale)];

    // e^x − 1 without losing a small x beside the 1.
    private static double ExpM1(double x) => x < -700 ? -1 : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2);
}

/// <summary>x, and <paramref name="Alpha"/>·(e^x − 1) where x is negative.</summary>
internal sealed record Elu(float Alpha = 1) : ExponentialUnit
{
    protected override (double, double, double) Factors => (Alpha, 1, 1);
}

/// <summary>x, and <paramref name="Alpha"/>·(e^(x/<paramref name="Alpha"/>) − 1) where x is negative.</summary>
internal sealed record Celu(float Alpha = 1) : ExponentialUnit
{
    protected override (double, double, double) Factors => (Alpha, 1.0 / Alpha, 1);
}

/// <summary><paramref name="Gamma"/>·x, and <paramref name="Gamma"/>·<paramref name="Alpha"/>·(e^x − 1) where x is negative.</summary>
internal sealed record Selu(float Alpha = 1.67326319217681884765625f, float Gamma = 1.05070102214813232421875f) : ExponentialUnit
{
    protected override (double, double, double) Factors => ((double)Gamma * Alpha, 1, Gamma);
}

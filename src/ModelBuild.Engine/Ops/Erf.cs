namespace ModelBuild.Engine;

/// <summary>The error function, 2/√π·∫₀ˣ e^(−t²) dt.</summary>
internal sealed record Erf : Unary
{
    protected override double Apply(double x) => Math.Abs(x) < 2 ? Series(x) : x < 0 ? Complement(-x) - 1 : 1 - Complement(x);

    /// <summary>1 − erf(x), with all digits where that is small.</summary>
    public static double Complement(double x) => double.IsNaN(x) ? x : x < 0 ? 2 - Complement(-x) : x < 2 ? 1 - Series(x) : Fraction(x);

    // 2/√π·Σ (−1)ⁿ·x^(2n+1) / (n!·(2n+1)).
    private static double Series(double x)
    {
        double power = x, sum = x;
        for (int n = 1; n < 60; n++)
        {
            power *= -x * x / n;
            sum += power / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    // e^(−x²)/√π / (x + ½/(x + 1/(x + 3⁄2/(x + …)))), from the inside out.
    private static double Fraction(double x)
    {
        if (x > 30)
            return 0;
        double rest = x;
        for (int n = 200; n > 0; n--)
            rest = x + n / 2.0 / rest;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / rest;
    }
}

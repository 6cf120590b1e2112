using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated.Tests;

/// <summary>The registers that kernels are written for; a machine without the wide ones emulates them.</summary>
public enum Width { V1, V128, V256, V512 }

/// <summary>A function of one float: the kernel's operator, and the same in double precision. Errors are in units of the last place.</summary>
internal abstract record UnaryKernel(string Name, Func<double, double> Reference, double Ulps, float From, float To)
{
    public abstract unsafe void Rows(Width width, float* x, float* y, int rows, int count, int xRow, int yRow, int xs, int ys);

    public override string ToString() => Name;
}

internal sealed record UnaryKernel<O>(string Name, O Op, Func<double, double> Reference, double Ulps, float From = float.NegativeInfinity, float To = float.PositiveInfinity)
    : UnaryKernel(Name, Reference, Ulps, From, To) where O : struct, IUnary
{
    public override unsafe void Rows(Width width, float* x, float* y, int rows, int count, int xRow, int yRow, int xs, int ys)
    {
        switch (width)
        {
            case Width.V512: Elementwise.Rows<O, V512>(Op, x, y, rows, count, xRow, yRow, xs, ys); break;
            case Width.V256: Elementwise.Rows<O, V256>(Op, x, y, rows, count, xRow, yRow, xs, ys); break;
            case Width.V128: Elementwise.Rows<O, V128>(Op, x, y, rows, count, xRow, yRow, xs, ys); break;
            default: Elementwise.Rows<O, V1>(Op, x, y, rows, count, xRow, yRow, xs, ys); break;
        }
    }

    public override string ToString() => Name;
}

/// <summary>A function of two floats.</summary>
internal abstract record BinaryKernel(string Name, Func<double, double, double> Reference)
{
    public abstract unsafe void Rows(Width width, float* a, float* b, float* y, int rows, int count, int aRow, int bRow, int yRow, int sa, int sb, int ys);
}

internal sealed record BinaryKernel<O>(string Name, O Op, Func<double, double, double> Reference) : BinaryKernel(Name, Reference) where O : struct, IBinary
{
    public override unsafe void Rows(Width width, float* a, float* b, float* y, int rows, int count, int aRow, int bRow, int yRow, int sa, int sb, int ys)
    {
        switch (width)
        {
            case Width.V512: Elementwise.Rows<O, V512>(Op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys); break;
            case Width.V256: Elementwise.Rows<O, V256>(Op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys); break;
            case Width.V128: Elementwise.Rows<O, V128>(Op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys); break;
            default: Elementwise.Rows<O, V1>(Op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys); break;
        }
    }

    public override string ToString() => Name;
}

internal static class FloatKernels
{
    /// <summary>With the largest error that was seen over all floats, a little rounded up.</summary>
    public static IReadOnlyList<UnaryKernel> Unary { get; } =
    [
        Of("Abs", new Kernels.Abs(), Math.Abs, 0),
        Of("Ceil", new Kernels.Ceil(), Math.Ceiling, 0),
        Of("Clip", new Kernels.Clip(-1.5f, 6), x => Math.Min(6, Math.Max(-1.5, x)), 0),
        Of("Elu", new Kernels.Elu(1.5f, 1, 1), x => x < 0 ? 1.5 * ExpM1(x) : x, 3),
        Of("Celu", new Kernels.Elu(2, 0.5f, 1), x => x < 0 ? 2 * ExpM1(x / 2) : x, 3),
        Of("Selu", new Kernels.Elu(1.75809932f, 1, 1.05070102f), x => x < 0 ? 1.75809932f * ExpM1(x) : 1.05070102f * x, 3),
        Of("Erf", new Kernels.Erf(), x => x < 0 ? -Erf(-x) : Erf(x), 6),
        Of("Exp", new Kernels.Exp(), Math.Exp, 2, -86.9f),
        Of("Floor", new Kernels.Floor(), Math.Floor, 0),
        Of("Gelu", new Kernels.Gelu(), x => double.IsNegativeInfinity(x) ? -0.0 : x * Normal(x), 20, -5),
        Of("GeluTanh", new Kernels.GeluTanh(), x => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x))), 30, -5),
        Of("HardSigmoid", new Kernels.HardSigmoid(0.25f, 0.5f), x => Math.Max(0, Math.Min(1, 0.25 * x + 0.5)), 1, -1.5f),
        Of("HardSwish", new Kernels.HardSwish(), x => x * Math.Max(0, Math.Min(1, x / 6 + 0.5)), 4, -2.5f),
        Of("LeakyRelu", new Kernels.LeakyRelu(0.01f), x => x < 0 ? 0.01f * x : x, 1),
        Of("Log", new Kernels.Log(), Math.Log, 2),
        Of("Mish", new Kernels.Mish(), x => x > 100 ? x : x * Math.Tanh(Log1P(Math.Exp(x))), 6, -40),
        Of("Neg", new Kernels.Neg(), x => -x, 0),
        Of("Power2", new Kernels.Power(2), x => x * x, 1),
        Of("Power3", new Kernels.Power(3), x => x * x * x, 2),
        Of("Power-2", new Kernels.Power(-2), x => 1 / (x * x), 2),
        Of("Reciprocal", new Kernels.Reciprocal(), x => 1 / x, 1),
        Of("Relu", new Kernels.Relu(), x => Math.Max(0, x), 0),
        Of("Round", new Kernels.Round(), Math.Round, 0),
        Of("Sigmoid", new Kernels.Sigmoid(), x => 1 / (1 + Math.Exp(-x)), 4, -86.9f),
        Of("Sign", new Kernels.Sign(), x => double.IsNaN(x) ? x : Math.Sign(x), 0),
        Of("Softplus", new Kernels.Softplus(), x => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x))), 4, -86.9f),
        Of("Softsign", new Kernels.Softsign(), x => x / (1 + Math.Abs(x)), 2),
        Of("Sqrt", new Kernels.Sqrt(), Math.Sqrt, 1),
        Of("Swish", new Kernels.Swish(1), x => x / (1 + Math.Exp(-x)), 4, -86.9f),
        Of("Tanh", new Kernels.Tanh(), Math.Tanh, 5),
        Of("Shrink", new Kernels.Shrink(0.25f, 0.5f), x => x < -0.5 ? x + 0.25 : x > 0.5 ? x - 0.25 : 0, 0),
        Of("ThresholdedRelu", new Kernels.ThresholdedRelu(1), x => x > 1 || double.IsNaN(x) ? x : 0, 0),
    ];

    public static IReadOnlyList<BinaryKernel> Binary { get; } =
    [
        Of("Add", new Kernels.Add(), (a, b) => a + b),
        Of("Div", new Kernels.Div(), (a, b) => a / b),
        Of("Max", new Kernels.Max(), Math.Max),
        Of("Min", new Kernels.Min(), Math.Min),
        Of("Mul", new Kernels.Mul(), (a, b) => a * b),
        Of("PRelu", new Kernels.PRelu(), (x, slope) => x < 0 ? slope * x : x),
        Of("Sub", new Kernels.Sub(), (a, b) => a - b),
    ];

    private static UnaryKernel Of<O>(string name, O op, Func<double, double> reference, double ulps, float from = float.NegativeInfinity, float to = float.PositiveInfinity) where O : struct, IUnary =>
        new UnaryKernel<O>(name, op, reference, ulps, from, to);

    private static BinaryKernel Of<O>(string name, O op, Func<double, double, double> reference) where O : struct, IBinary => new BinaryKernel<O>(name, op, reference);

    private static double ExpM1(double x) => x < -700 ? -1 : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2);

    private static double Log1P(double e) => 2 * Math.Atanh(e / (2 + e));

    // For small x a series of positive terms, e^(−x²)·2/√π·Σ 2ⁿ·x^(2n+1)/(2n+1)!!.
    private static double Erf(double x)
    {
        if (!(x < 3))
            return 1 - ErfC(x);
        double term = x, sum = x;
        for (int n = 1; n < 100; n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // 1 − erf(x) for x ≥ 0: e^(−x²)·2/√π·∫₀^∞ e^(−2xs−s²) ds, by Simpson's rule.
    private static double ErfC(double x)
    {
        if (double.IsNaN(x) || x > 40)
            return double.IsNaN(x) ? x : 0;
        const int Steps = 400;
        double end = Math.Min(6, 40 / Math.Max(x, 1)), h = end / Steps, sum = 0;
        for (int i = 0; i <= Steps; i++)
            sum += Math.Exp(-h * i * (2 * x + h * i)) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum * h / 3;
    }

    private static double Normal(double x) => x < 0 ? ErfC(-x / Math.Sqrt(2)) / 2 : 1 - ErfC(x / Math.Sqrt(2)) / 2;
}

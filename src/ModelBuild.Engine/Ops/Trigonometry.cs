namespace ModelBuild.Engine;

/// <summary>sin x.</summary>
internal sealed record Sin : Unary
{
    protected override double Apply(double x) => Math.Sin(x);
}

/// <summary>cos x.</summary>
internal sealed record Cos : Unary
{
    protected override double Apply(double x) => Math.Cos(x);
}

/// <summary>tan x.</summary>
internal sealed record Tan : Unary
{
    protected override double Apply(double x) => Math.Tan(x);
}

/// <summary>The angle whose sine is x.</summary>
internal sealed record Asin : Unary
{
    protected override double Apply(double x) => Math.Asin(x);
}

/// <summary>The angle whose cosine is x.</summary>
internal sealed record Acos : Unary
{
    protected override double Apply(double x) => Math.Acos(x);
}

/// <summary>The angle whose tangent is x.</summary>
internal sealed record Atan : Unary
{
    protected override double Apply(double x) => Math.Atan(x);
}

/// <summary>(e^x − e^−x) / 2.</summary>
internal sealed record Sinh : Unary
{
    protected override double Apply(double x) => Math.Sinh(x);
}

/// <summary>(e^x + e^−x) / 2.</summary>
internal sealed record Cosh : Unary
{
    protected override double Apply(double x) => Math.Cosh(x);
}

/// <summary>Where <see cref="Sinh"/> is x.</summary>
internal sealed record Asinh : Unary
{
    protected override double Apply(double x) => Math.Asinh(x);
}

/// <summary>Where <see cref="Cosh"/> is x.</summary>
internal sealed record Acosh : Unary
{
    protected override double Apply(double x) => Math.Acosh(x);
}

/// <summary>Where <see cref="Tanh"/> is x.</summary>
internal sealed record Atanh : Unary
{
    protected override double Apply(double x) => Math.Atanh(x);
}

namespace ModelBuild.Engine;

/// <summary>x, and x·<paramref name="Alpha"/> where x is negative.</summary>
internal sealed record LeakyRelu(float Alpha = 0.01f) : Unary
{
    protected override double Apply(double x) => x < 0 ? Alpha * x : x;

    public override bool IsHomogeneous => true;

    protected override (string, object?)[] Arguments => [("alpha", Alpha)];
}

namespace ModelBuild.Engine;

/// <summary>|x|; the least integer stays.</summary>
internal sealed record Abs : Unary
{
    protected override double Apply(double x) => Math.Abs(x);

    protected override long Apply(long x) => x < 0 ? -x : x;

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];
}

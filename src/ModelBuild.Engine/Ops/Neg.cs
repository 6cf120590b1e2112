namespace ModelBuild.Engine;

/// <summary>−x.</summary>
internal sealed record Neg : Unary
{
    protected override double Apply(double x) => -x;

    protected override long Apply(long x) => -x;

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    public override Op? After(Op before) => before is Neg ? new Identity() : null;
}

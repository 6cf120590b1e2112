namespace ModelBuild.Engine;

/// <summary>a·b.</summary>
internal sealed record Mul : Binary
{
    protected override double Apply(double a, double b) => a * b;

    protected override long Apply(long a, long b) => a * b;

    public override Affine? AsAffine(TensorType input, Tensor?[] constants) =>
        Channels(input, constants) is { } scale ? new Affine(scale, null) : null;
}

namespace ModelBuild.Engine;

/// <summary>a + b.</summary>
internal sealed record Add : Binary
{
    protected override double Apply(double a, double b) => a + b;

    protected override long Apply(long a, long b) => a + b;

    public override bool AddsTwo => true;

    public override Affine? AsAffine(TensorType input, Tensor?[] constants) =>
        Channels(input, constants) is { } shift ? new Affine(null, shift) : null;
}

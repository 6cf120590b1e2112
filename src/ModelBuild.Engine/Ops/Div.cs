namespace ModelBuild.Engine;

/// <summary>a / b; of integers towards zero, and 0 where b is 0.</summary>
internal sealed record Div : Binary
{
    protected override double Apply(double a, double b) => a / b;

    protected override long Apply(long a, long b) => b == 0 ? 0 : b == -1 ? -a : a / b;

    public override Affine? AsAffine(TensorType input, Tensor?[] constants) =>
        constants[0] == null && Channels(input, constants) is { } divisor ? new Affine(Array.ConvertAll(divisor, v => 1 / v), null) : null;
}

namespace ModelBuild.Engine;

/// <summary>a − b.</summary>
internal sealed record Sub : Binary
{
    protected override double Apply(double a, double b) => a - b;

    protected override long Apply(long a, long b) => a - b;

    public override Affine? AsAffine(TensorType input, Tensor?[] constants) => Channels(input, constants) is not { } shift ? null
        : constants[0] == null ? new Affine(null, Array.ConvertAll(shift, v => -v)) : new Affine(Array.ConvertAll(shift, _ => -1f), shift);
}

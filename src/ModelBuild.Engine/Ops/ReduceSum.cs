namespace ModelBuild.Engine;

/// <summary>Σ x along axes. float32, int32, int64.</summary>
internal sealed record ReduceSum(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values) => values.Sum();

    protected override long Reduce(long[] values) => values.Sum();

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];
}

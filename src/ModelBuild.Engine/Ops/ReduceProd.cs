namespace ModelBuild.Engine;

/// <summary>Π x along axes. float32, int32, int64.</summary>
internal sealed record ReduceProd(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values) => values.Aggregate(1.0, (a, b) => a * b);

    protected override long Reduce(long[] values) => values.Aggregate(1L, (a, b) => a * b);

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];
}

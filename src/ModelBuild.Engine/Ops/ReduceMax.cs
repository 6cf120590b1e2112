namespace ModelBuild.Engine;

/// <summary>The largest along axes. float32, int32, int64, int8, uint8, bool.</summary>
internal sealed record ReduceMax(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    public override bool IsHomogeneous => true;

    protected override double Reduce(double[] values) => values.DefaultIfEmpty(double.NegativeInfinity).Max();

    protected override long Reduce(long[] values) => values.Max();

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Int8, ElementType.UInt8, ElementType.Bool];

    protected override Pool? AsPool(Ints window) => MaxPool.Over(window);
}

namespace ModelBuild.Engine;

/// <summary>Σ |x| along axes. float32.</summary>
internal sealed record ReduceL1(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values) => values.Sum(Math.Abs);
}

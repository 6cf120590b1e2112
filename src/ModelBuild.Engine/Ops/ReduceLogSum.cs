namespace ModelBuild.Engine;

/// <summary>ln Σ x along axes. float32.</summary>
internal sealed record ReduceLogSum(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values) => Math.Log(values.Sum());
}

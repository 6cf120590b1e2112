namespace ModelBuild.Engine;

/// <summary>Σ x² along axes. float32.</summary>
internal sealed record ReduceSumSquare(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values) => values.Sum(v => v * v);
}

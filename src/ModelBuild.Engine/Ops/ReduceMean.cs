namespace ModelBuild.Engine;

/// <summary>The mean along axes. float32.</summary>
internal sealed record ReduceMean(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    public override bool IsHomogeneous => true;

    protected override double Reduce(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    protected override Pool? AsPool(Ints window) => AveragePool.Over(window);
}

namespace ModelBuild.Engine;

/// <summary>ln Σ e^x along axes. float32.</summary>
internal sealed record ReduceLogSumExp(Ints? Axes = null, bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(Axes, KeepDims, NoopWithEmptyAxes)
{
    protected override double Reduce(double[] values)
    {
        double largest = values.DefaultIfEmpty(double.NegativeInfinity).Max();
        return double.IsInfinity(largest) ? largest : largest + Math.Log(values.Sum(v => Math.Exp(v - largest)));
    }
}

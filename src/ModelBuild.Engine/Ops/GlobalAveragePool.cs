namespace ModelBuild.Engine;

/// <summary>The mean of each channel: x [N, C, spatial…] → [N, C, 1…]. float32.</summary>
internal sealed record GlobalAveragePool() : Reduction(null, true, false)
{
    public override bool IsHomogeneous => true;

    protected override string Kernel => nameof(ReduceMean);

    protected override bool[] Reduced(Shape x) => [.. Enumerable.Range(0, x.Rank).Select(i => i > 1)];

    protected override double Reduce(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    protected override Pool? AsPool(Ints window) => AveragePool.Over(window);
}

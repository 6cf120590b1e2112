namespace ModelBuild.Engine;

/// <summary>The largest element of each channel: x [N, C, spatial…] → [N, C, 1…]. float32.</summary>
internal sealed record GlobalMaxPool() : Reduction(null, true, false)
{
    public override bool IsHomogeneous => true;

    protected override string Kernel => nameof(ReduceMax);

    protected override bool[] Reduced(Shape x) => [.. Enumerable.Range(0, x.Rank).Select(i => i > 1)];

    protected override double Reduce(double[] values) => values.DefaultIfEmpty(double.NegativeInfinity).Max();

    protected override Pool? AsPool(Ints window) => MaxPool.Over(window);
}

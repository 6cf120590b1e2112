namespace ModelBuild.Engine;

/// <summary>min(<paramref name="Hi"/>, max(<paramref name="Lo"/>, x)), float32; bounds that are no constants, or of integers, are Min and Max.</summary>
internal sealed record Clip(float Lo = float.NegativeInfinity, float Hi = float.PositiveInfinity) : Unary
{
    // A NaN stays.
    protected override double Apply(double x) => Math.Min(Hi, Math.Max(Lo, x));

    protected override (string, object?)[] Arguments => [("lo", Lo), ("hi", Hi)];

    public override (float Lo, float Hi)? Clamp => (Lo, Hi);

    /// <summary>One clamp for two, the first of which is <paramref name="before"/>.</summary>
    public static Op Both((float Lo, float Hi) before, (float Lo, float Hi) after)
    {
        float lo = Math.Min(after.Hi, Math.Max(after.Lo, before.Lo)), hi = Math.Min(after.Hi, Math.Max(after.Lo, before.Hi));
        return lo == 0 && float.IsPositiveInfinity(hi) ? new Relu() : new Clip(lo, hi);
    }
}

namespace ModelBuild.Engine;

/// <summary>How large numbers are, counted in steps of 2⁻¹² of what they are: positive floats order as their bits do. Memory does not grow with the data.</summary>
internal sealed class Magnitudes
{
    // Of a float without its sign, 8 bits of exponent and 12 of fraction.
    private const int Dropped = 11;

    private readonly long[] _counts = new long[1 << (31 - Dropped)];
    private long _zeros;

    public long Count { get; private set; }

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            uint bits = Bits(value);
            _zeros += bits == 0 ? 1 : 0;
            _counts[bits >> Dropped]++;
        }
        Count += values.Length;
    }

    /// <summary>The share of the numbers whose magnitude is at most that; of those of one step, all are.</summary>
    public double Share(float most)
    {
        if (Count == 0)
            return 0;
        long sum = _zeros;
        if (most > 0)
            sum = _counts.AsSpan(0, (int)(Bits(most) >> Dropped) + 1).ToArray().Sum();
        return (double)sum / Count;
    }

    /// <summary>The largest threshold that leaves no larger share of the numbers at most that large; 0 where as many are zero.</summary>
    public float Threshold(double share)
    {
        // The last digits of a decimal share (0.3 of 10) aren't the user's.
        long limit = (long)Math.Floor(share * Count + 1e-6), sum = 0;
        int last = -1;
        // Infinities and what isn't a number stay.
        for (int step = 0; step < (int)(Bits(float.PositiveInfinity) >> Dropped) && sum + _counts[step] <= limit; step++)
        {
            sum += _counts[step];
            last = _counts[step] > 0 ? step : last;
        }
        return last < 0 || sum == _zeros ? 0 : BitConverter.UInt32BitsToSingle(((uint)last + 1 << Dropped) - 1);
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value) & 0x7fffffff;
}

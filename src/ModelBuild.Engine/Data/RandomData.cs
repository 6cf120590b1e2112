namespace ModelBuild.Engine;

/// <summary>
/// Made-up samples where the item has no data: enough to compare two executions of one model. The same on every machine and with every version of .NET.
/// </summary>
internal static class RandomData
{
    /// <summary>
    /// Floating-point inputs get numbers from −1 to 1; with Scale, Mean or Std bytes, normalized. Wide integers get 0 and 1, which any table has as indices,
    /// narrow ones all their values.
    /// </summary>
    public static Dataset Of(IReadOnlyList<DataInput> inputs, Normalization normalization, int count, ulong seed)
    {
        return new Dataset(null, count, null, [], Read);

        IEnumerable<Tensor[]> Read()
        {
            for (int sample = 0; sample < count; sample++)
                yield return [.. inputs.Select((input, i) => Sample(input, normalization, seed + (ulong)(sample * inputs.Count + i) * 0x632BE59BD9B4E019))];
        }
    }

    private static Tensor Sample(DataInput input, Normalization normalization, ulong state)
    {
        bool bytes = !normalization.IsNone && input.Type.Element.IsFloat();
        var values = new double[input.Type.Shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            ulong random = Next(ref state);
            double unit = (random >> 11) * (1.0 / (1UL << 53));
            values[i] = input.Type.Element switch
            {
                _ when bytes => random >> 56,
                ElementType.UInt8 => random >> 56,
                ElementType.Int8 => (double)(random >> 56) - 128,
                _ when input.Type.Element.IsFloat() => (float)(2 * unit - 1),
                _ => random >> 63,
            };
        }
        return new SampleConverter(new DataSource(default, "random data", "", "", DataRange.All), "", input, normalization).Convert(values, 0);
    }

    // SplitMix64.
    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}

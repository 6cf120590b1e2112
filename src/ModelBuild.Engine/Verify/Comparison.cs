namespace ModelBuild.Engine;

/// <summary>How far a result is from a reference, by the rules of the contract.</summary>
internal static class Comparison
{
    /// <summary>Null where equal enough for a backend case: type and shape equal, |y−r| ≤ 1e-7 + 1e-3·|r| (float32), 1e-3 + 1e-2·|r| (fp16), integers and bool equal.</summary>
    public static string? Fault(Tensor result, Tensor reference)
    {
        if (result.Type != reference.Type)
            return $"{result.Type} where {reference.Type} is expected";
        var (absolute, relative) = reference.Element switch
        {
            ElementType.Float32 or ElementType.Float64 => (1e-7, 1e-3),
            ElementType.Float16 or ElementType.BFloat16 => (1e-3, 1e-2),
            _ => (0.0, 0.0),
        };
        // As numbers in double precision, integers over 2^53 would be equal to their neighbours.
        if (result.Bytes.Span.SequenceEqual(reference.Bytes.Span))
            return null;
        double[] y = result.Doubles(), r = reference.Doubles();
        if (!reference.Element.IsFloat() && y.SequenceEqual(r))
            return "an integer differs in its last digits";
        for (int i = 0; i < y.Length; i++)
        {
            bool same = y[i].Equals(r[i]) || Math.Abs(y[i] - r[i]) <= absolute + relative * Math.Abs(r[i]);
            if (!same)
                return $"element {i} is {y[i]:G9} where {r[i]:G9} is expected";
        }
        return null;
    }

    /// <summary>max|y−r| / max|r|; NaN and infinities that differ are infinitely far.</summary>
    public static double Error(Tensor result, Tensor reference)
    {
        if (result.Type != reference.Type)
            return double.PositiveInfinity;
        double[] y = result.Doubles(), r = reference.Doubles();
        double worst = 0, largest = 0;
        for (int i = 0; i < y.Length; i++)
        {
            if (y[i].Equals(r[i]))
            {
                largest = double.IsFinite(r[i]) ? Math.Max(largest, Math.Abs(r[i])) : largest;
                continue;
            }
            double distance = Math.Abs(y[i] - r[i]);
            worst = Math.Max(worst, double.IsNaN(distance) ? double.PositiveInfinity : distance);
            largest = Math.Max(largest, Math.Abs(r[i]));
        }
        return worst == 0 ? 0 : largest == 0 ? double.PositiveInfinity : worst / largest;
    }
}

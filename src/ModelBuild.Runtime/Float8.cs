namespace ModelBuild.Generated;

/// <summary>
/// Floats of eight bits: a sign, an exponent, then <see cref="E4M3"/> or <see cref="E5M2"/> bits of fraction, by which the two types are told apart (OCP 8-bit Floating
/// Point Specification 1.0; ONNX's float8e4m3fn and float8e5m2).
/// </summary>
internal static class Float8
{
    /// <summary>Up to 448; no infinities, and one NaN of each sign.</summary>
    public const int E4M3 = 3;

    /// <summary>Up to 57344; infinities and NaNs: the upper byte of a float16.</summary>
    public const int E5M2 = 2;

    /// <summary>What each byte says.</summary>
    public static float[] Values(int fraction)
    {
        if (fraction is not (E4M3 or E5M2))
            throw new InvalidOperationException($"The weights are damaged: floats of eight bits, {fraction} of them fraction.");
        var values = new float[256];
        for (int code = 0; code < 128; code++)
        {
            float magnitude = Magnitude(code, fraction);
            (values[code], values[code + 128]) = (magnitude, -magnitude);
        }
        return values;
    }

    private static float Magnitude(int code, int fraction)
    {
        int exponent = code >> fraction, digits = code & (1 << fraction) - 1, bias = (1 << (6 - fraction)) - 1;
        if (fraction == E4M3 ? code == 0x7f : exponent == 0x1f)
            return digits == 0 ? float.PositiveInfinity : float.NaN;
        // At exponent 0 there is no leading one, and the step is that of exponent 1.
        return MathF.ScaleB(exponent == 0 ? digits : digits + (1 << fraction), Math.Max(exponent, 1) - bias - fraction);
    }
}

using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Weights that are floats of eight bits times a float16 scale of their output, which are found from the weights alone.</summary>
internal sealed record ScaledFloats(byte[] Codes, float[] Scales)
{
    /// <summary>Null where the weights are no such products, to the bit.</summary>
    public static ScaledFloats? Of(ReadOnlySpan<float> weights, PanelLayout layout, Float8Type type)
    {
        int[] outputs = Grid.Outputs(weights.Length, layout);
        if (weights.IsEmpty || Grid.Magnitudes(weights, outputs, layout.All) is not { } magnitudes)
            return null;
        var scales = new float[magnitudes.Length];
        for (int output = 0; output < scales.Length; output++)
        {
            if (Scale(magnitudes[output], type) is not { } scale)
                return null;
            scales[output] = scale;
        }
        var codes = new byte[weights.Length];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = weights[i] == 0 ? (byte)0 : type.Code(weights[i] / scales[outputs[i]]);
        return new(codes, scales);
    }

    /// <summary>
    /// The smallest scale that does: the largest magnitude is some float times it. Products of 11 and 4 digits are exact, so that a quotient is the scale or none is.
    /// </summary>
    private static float? Scale(float[] magnitudes, Float8Type type)
    {
        if (magnitudes.Length == 0)
            return 0;
        for (int i = type.Magnitudes.Length - 1; i > 0; i--)
        {
            float scale = magnitudes[^1] / type.Magnitudes[i];
            if (scale == (float)(Half)scale && Array.TrueForAll(magnitudes, m => type.Round(m / scale) * scale == m))
                return scale;
        }
        return null;
    }
}

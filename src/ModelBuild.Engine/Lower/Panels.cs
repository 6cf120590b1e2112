namespace ModelBuild.Engine;

/// <summary>Weights in the order in which kernels read them.</summary>
internal static class Panels
{
    /// <summary>Outputs of a panel; the runtime's kernels agree.</summary>
    private const int Width = 32;

    /// <summary>[M, C, (kH,) kW] → [group][panel][tap][c][output].</summary>
    public static float[] Pack(Tensor weights, int groups)
    {
        Shape shape = weights.Shape;
        int outputs = shape[0] / groups, channels = shape[1], taps = shape.Skip(2).Aggregate(1, (a, b) => a * b);
        ReadOnlySpan<float> w = weights.F32;
        var packed = new float[w.Length];
        int at = 0;
        for (int g = 0; g < groups; g++)
        for (int panel = 0; panel < outputs; panel += Width)
        for (int tap = 0; tap < taps; tap++)
        for (int c = 0; c < channels; c++)
        for (int m = panel; m < Math.Min(panel + Width, outputs); m++)
            packed[at++] = w[((g * outputs + m) * channels + c) * taps + tap];
        return packed;
    }

    /// <summary>A depthwise convolution's [C, 1, (kH,) kW] → [tap][c].</summary>
    public static float[] Taps(Tensor weights)
    {
        int channels = weights.Shape[0], taps = weights.Shape.Size / channels;
        ReadOnlySpan<float> w = weights.F32;
        var packed = new float[w.Length];
        for (int i = 0; i < packed.Length; i++)
            packed[i] = w[i % channels * taps + i / channels];
        return packed;
    }

    /// <summary>A matrix [K, N] (or its transpose, [N, K]) → [panel][k][n].</summary>
    public static float[] Pack(ReadOnlySpan<float> matrix, int depth, int columns, bool transposed)
    {
        var packed = new float[matrix.Length];
        int at = 0;
        for (int panel = 0; panel < columns; panel += Width)
        for (int k = 0; k < depth; k++)
        for (int n = panel; n < Math.Min(panel + Width, columns); n++)
            packed[at++] = transposed ? matrix[n * depth + k] : matrix[k * columns + n];
        return packed;
    }
}

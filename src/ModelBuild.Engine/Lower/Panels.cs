using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Weights in the order in which kernels read them.</summary>
internal static class Panels
{
    /// <summary>Outputs of a panel; the runtime's kernels agree.</summary>
    private const int Width = 32;

    /// <summary>[M, C, (kH,) kW] → [group][panel][tap][c][output].</summary>
    public static PanelWeights Pack(Tensor weights, int groups)
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
        return new(packed, new(outputs, channels * taps, Width, groups) { Channels = channels });
    }

    /// <summary>[M, C, kH, kW] → [tap][panel][c][output].</summary>
    public static PanelWeights PackTaps(Tensor weights)
    {
        Shape shape = weights.Shape;
        int outputs = shape[0], channels = shape[1], taps = shape[2] * shape[3];
        ReadOnlySpan<float> w = weights.F32;
        var packed = new float[w.Length];
        int at = 0;
        for (int tap = 0; tap < taps; tap++)
        for (int panel = 0; panel < outputs; panel += Width)
        for (int c = 0; c < channels; c++)
        for (int m = panel; m < Math.Min(panel + Width, outputs); m++)
            packed[at++] = w[(m * channels + c) * taps + tap];
        return new(packed, new(outputs, channels, Width) { Channels = channels });
    }

    /// <summary>Integer weights [M, C, kH, kW] → [tap][panel][c / 2][output][2].</summary>
    public static sbyte[] PackTaps(ReadOnlySpan<sbyte> w, Shape shape)
    {
        int outputs = shape[0], channels = shape[1], taps = shape[2] * shape[3], pairs = (channels + 1) / 2;
        var packed = new sbyte[taps * outputs * pairs * 2];
        int at = 0;
        for (int tap = 0; tap < taps; tap++)
        for (int panel = 0; panel < outputs; panel += Width)
        for (int pair = 0; pair < pairs; pair++)
        for (int m = panel; m < Math.Min(panel + Width, outputs); m++)
        for (int c = pair * 2; c < pair * 2 + 2; c++, at++)
            packed[at] = c < channels ? w[(m * channels + c) * taps + tap] : (sbyte)0;
        return packed;
    }

    /// <summary>[M, K] → [block of outputs][k][output]; a block has <paramref name="rows"/> outputs, and M is a multiple.</summary>
    public static float[] Blocks(ReadOnlySpan<float> weights, int depth, int rows)
    {
        var packed = new float[weights.Length];
        for (int i = 0; i < packed.Length; i++)
            packed[i] = weights[(i / (depth * rows) * rows + i % rows) * depth + i / rows % depth];
        return packed;
    }

    /// <summary>A depthwise convolution's [C, 1, (kH,) kW] → [tap][c].</summary>
    public static PanelWeights Taps(Tensor weights)
    {
        int channels = weights.Shape[0], taps = weights.Shape.Size / channels;
        ReadOnlySpan<float> w = weights.F32;
        var packed = new float[w.Length];
        for (int i = 0; i < packed.Length; i++)
            packed[i] = w[i % channels * taps + i / channels];
        return new(packed, new(channels, taps, channels));
    }

    /// <summary>The same of integers.</summary>
    public static sbyte[] Taps(ReadOnlySpan<sbyte> weights, int channels)
    {
        int taps = weights.Length / channels;
        var packed = new sbyte[weights.Length];
        for (int i = 0; i < packed.Length; i++)
            packed[i] = weights[i % channels * taps + i / channels];
        return packed;
    }

    /// <summary>A matrix [K, N] (or its transpose, [N, K]) → [panel][k][n]; <paramref name="channels"/> as the layout has them.</summary>
    public static PanelWeights Pack(ReadOnlySpan<float> matrix, int depth, int columns, bool transposed, int channels = 0)
    {
        var packed = new float[matrix.Length];
        int at = 0;
        for (int panel = 0; panel < columns; panel += Width)
        for (int k = 0; k < depth; k++)
        for (int n = panel; n < Math.Min(panel + Width, columns); n++)
            packed[at++] = transposed ? matrix[n * depth + k] : matrix[k * columns + n];
        return new(packed, new(columns, depth, Width) { Channels = channels });
    }

    /// <summary>Integer weights [M, C, (kH,) kW] → [group][panel][tap][k / 4][output][4]; with <paramref name="whole"/> a tap is a kernel's row: k = (kW, c).</summary>
    public static sbyte[] Pack(ReadOnlySpan<sbyte> w, Shape shape, int groups, bool whole)
    {
        int outputs = shape[0] / groups, channels = shape[1], columns = shape[^1], rows = shape.Size / (shape[0] * channels * columns);
        int taps = whole ? rows : rows * columns, depth = whole ? columns * channels : channels, quads = (depth + 3) / 4;
        var packed = new sbyte[groups * outputs * taps * quads * 4];
        int at = 0;
        for (int g = 0; g < groups; g++)
        for (int panel = 0; panel < outputs; panel += Width)
        for (int tap = 0; tap < taps; tap++)
        for (int quad = 0; quad < quads; quad++)
        for (int m = panel; m < Math.Min(panel + Width, outputs); m++)
        for (int k = quad * 4; k < quad * 4 + 4; k++, at++)
        {
            if (k >= depth)
                continue;
            int c = k % channels, place = whole ? tap * columns + k / channels : tap;
            packed[at] = w[((g * outputs + m) * channels + c) * rows * columns + place];
        }
        return packed;
    }

    /// <summary>An integer matrix [K, N] (or its transpose) → [panel][k / 4][n][4].</summary>
    public static sbyte[] Pack(ReadOnlySpan<sbyte> matrix, int depth, int columns, bool transposed)
    {
        var rows = new sbyte[matrix.Length];
        for (int n = 0; n < columns; n++)
        {
            for (int k = 0; k < depth; k++)
                rows[n * depth + k] = transposed ? matrix[n * depth + k] : matrix[k * columns + n];
        }
        return Pack(rows, [columns, depth, 1, 1], groups: 1, whole: true);
    }
}

/// <summary>Weights as kernels read them, and which output each belongs to.</summary>
internal readonly record struct PanelWeights(float[] Values, PanelLayout Layout);

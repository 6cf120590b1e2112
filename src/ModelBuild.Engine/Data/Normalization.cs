using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>
/// x' = (x·Scale − Mean)/Std, with one value each, or one a channel. The channels are axis 1 of the input where that is as long as there are values (NCHW), else
/// the last axis (NHWC).
/// </summary>
internal sealed record Normalization(EquatableArray<double> Scale, EquatableArray<double> Mean, EquatableArray<double> Std)
{
    public static Normalization None { get; } = new(default, default, default);

    public bool IsNone => Scale.Count + Mean.Count + Std.Count == 0;

    /// <exception cref="DiagnosticException">MB1011: a value is no number, or doesn't fit an input that takes numbers with a fraction.</exception>
    public static Normalization Read(CompileRequest request, IReadOnlyList<DataInput> inputs)
    {
        var normalization = new Normalization(Values(request, "Scale", request.Scale), Values(request, "Mean", request.Mean), Values(request, "Std", request.Std));
        if (normalization.IsNone)
            return None;
        if (normalization.Std.Contains(0))
            throw Diagnostics.Normalization(request.Site, "Std", request.Std, "a division by 0");
        DataInput[] floats = [.. inputs.Where(i => i.Type.Element.IsFloat())];
        if (floats.Length == 0)
            throw Diagnostics.Normalization(request.Site, request.Scale.Length > 0 ? "Scale" : request.Mean.Length > 0 ? "Mean" : "Std", request.Scale + request.Mean + request.Std, "the model has no input of floating-point numbers");
        foreach (DataInput input in floats)
        {
            foreach (var (name, text, values) in new[] { ("Scale", request.Scale, normalization.Scale), ("Mean", request.Mean, normalization.Mean), ("Std", request.Std, normalization.Std) })
            {
                if (values.Count > 1 && ChannelAxis(input.Type.Shape, values.Count) < 0)
                    throw Diagnostics.Normalization(request.Site, name, text, $"{values.Count} values, and the input '{input.Name}' {input.Type.Shape} has neither an axis 1 nor a last axis of that length; give one value, or one a channel");
            }
        }
        return normalization;
    }

    /// <summary>Normalizes a sample in place. Each value is computed in double precision; whoever stores it rounds once.</summary>
    public void Apply(Span<double> sample, Shape shape)
    {
        if (IsNone)
            return;
        int channels = Channels;
        int axis = channels == 1 ? -1 : ChannelAxis(shape, channels), inner = axis < 0 ? sample.Length : shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        double[] scale = Each(Scale, channels, 1), mean = Each(Mean, channels, 0), std = Each(Std, channels, 1);
        for (int i = 0; i < sample.Length; i++)
        {
            int c = channels == 1 ? 0 : i / inner % channels;
            sample[i] = (sample[i] * scale[c] - mean[c]) / std[c];
        }
    }

    /// <summary>How bytes become the only float32 input of a class; null where there are more, or none, or the item says nothing of what bytes mean.</summary>
    public static PlanPixels? Pixels(CompileRequest request, IReadOnlyList<DataInput> inputs)
    {
        Normalization normalization = Read(request, inputs);
        int[] floats = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].Type.Element == ElementType.Float32)];
        if (floats is not [int input] || normalization.IsNone && request.Layout.Length == 0)
            return null;
        Shape shape = inputs[input].Type.Shape;
        int channels = normalization.Channels, inner = channels > 1 ? shape.Skip(ChannelAxis(shape, channels) + 1).Aggregate(1, (a, b) => a * b) : shape.Size;
        EquatableArray<string> Texts(EquatableArray<double> values, double otherwise) => new(Each(values, channels, otherwise).Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return new(input, inner, Texts(normalization.Scale, 1), Texts(normalization.Mean, 0), Texts(normalization.Std, 1));
    }

    private int Channels => Math.Max(1, Math.Max(Scale.Count, Math.Max(Mean.Count, Std.Count)));

    private static double[] Each(EquatableArray<double> values, int count, double otherwise) => values.Count == count ? [.. values] : [.. Enumerable.Repeat(values.Count == 0 ? otherwise : values[0], count)];

    private static int ChannelAxis(Shape shape, int values) => shape.Rank > 1 && shape[1] == values ? 1 : shape.Rank > 0 && shape[^1] == values ? shape.Rank - 1 : -1;

    private static EquatableArray<double> Values(CompileRequest request, string name, string text) => new(text
        .Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(v => Quantity.ParseFraction(v) ?? throw Diagnostics.Normalization(request.Site, name, text, $"'{v}' is no number; write numbers or fractions, like 0.5 or 1/255, separated by commas")));
}

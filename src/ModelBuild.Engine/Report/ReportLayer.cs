using System.Text.Json.Serialization;

namespace ModelBuild.Engine;

/// <summary>
/// A kernel call that has weights: the decoder of the form they are stored in (empty where the kernel reads them in place), the bytes in the resource of all that it reads there, the share of its
/// weights that is zero, and multiply–accumulates a call.
/// </summary>
internal sealed record ReportLayer(string Layer, string Kernel, string Stored, int Bytes, double Zeros, long Macs)
{
    /// <summary>The same in the float model; null where it has no such layer.</summary>
    public long? BytesBefore { get; init; }

    public long? MacsBefore { get; init; }

    /// <summary>How far the layer's outputs are from the float model's; null where that can't be said.</summary>
    public LayerError? Error { get; init; }

    public WeightHistogram? Weights { get; init; }

    /// <summary>The layer's own name; the rest says what was fused and the shape.</summary>
    [JsonIgnore]
    public string Name => Layer.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? Layer[..colon] : Layer;

    /// <summary>The layers of <paramref name="after"/> with what they were in <paramref name="before"/>.</summary>
    public static IReadOnlyList<ReportLayer> Compare(StepResult before, StepResult after) =>
    [
        .. after.Layers.Select(layer =>
        {
            ReportLayer[] was = [.. before.Layers.Where(l => l.Name == layer.Name)];
            return layer with
            {
                BytesBefore = was.Length > 0 ? was.Sum(l => (long)l.Bytes) : null,
                MacsBefore = was.Length > 0 ? was.Sum(l => l.Macs) : null,
                Error = after.Errors.GetValueOrDefault(layer.Name),
                Weights = WeightHistogram.Of(LayerWeights.Of(before.Graph, layer.Name), LayerWeights.Of(after.Graph, layer.Name)),
            };
        }),
    ];
}

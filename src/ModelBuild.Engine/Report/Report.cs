using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelBuild.Engine;

/// <summary>All that a build knows about a model it compressed; the same inputs give the same report, but for what is measured in floats.</summary>
internal sealed record Report(
    string Model, string Class, string Recipe, string SourceHash, string Tool,
    long BytesBefore, long WeightsBytes, long ExpandedBytes, long ScratchBytes, long Macs,
    string Import, Proof Proof, Measurement Measurement, Timing? Microseconds, IReadOnlyList<Footprint> Steps, IReadOnlyList<ReportLayer> Layers, IReadOnlyList<string> Choices)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The line that a build prints: size, accuracy and, where it was measured, time, before → after.</summary>
    public string Summary
    {
        get
        {
            string quality = Measurement.CorrectBefore != null
                ? $"top-1 {Percent(Measurement.AccuracyBefore!.Value)} → {Percent(Measurement.AccuracyAfter!.Value)} on {Measurement.Samples:N0} samples"
                : $"max error {Measurement.MaxError:0.0E+0} on {Measurement.Samples:N0} {Measurement.Data} samples";
            string factor = BytesBefore >= WeightsBytes ? Factor(BytesBefore, WeightsBytes, "smaller") : Factor(WeightsBytes, BytesBefore, "larger");
            string time = Microseconds == null ? "" : $", {Time(Microseconds.Before)} → {Time(Microseconds.After)} a call";
            return $"{Class}: {Size(BytesBefore)} → {Size(WeightsBytes)} ({factor}), {quality}{time}";
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];

    public byte[] ToMarkdown()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# {Class}");
        Line($"{Summary}");
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        Line($"| model | {Model} (SHA-256 {SourceHash[..Math.Min(16, SourceHash.Length)]}…) |");
        Line($"| recipe | {(Recipe.Length == 0 ? "none: float, simplified" : $"`{Recipe}`")} |");
        Line($"| weights resource | {WeightsBytes:N0} bytes |");
        Line($"| expanded at construction | {ExpandedBytes:N0} bytes |");
        Line($"| scratch for each concurrent call | {ScratchBytes:N0} bytes |");
        Line($"| multiply–accumulates a call | {Macs:N0} |");
        Line($"| judge of the import | {Proof.Judge}: error {Proof.Error:0.0E+0} on {Proof.Samples} samples{(Proof.Why.Length == 0 ? "" : $" ({Proof.Why})")} |");
        Line($"| import | {Import}{(Proof.Reference is { } met ? $": error {met.Error:0.0E+0} against {met.Samples:N0} reference samples" : Import == "unproved" ? ": give the item a Reference" : "")} |");
        if (Measurement.CorrectBefore != null)
            Line($"| top-1 | {Measurement.CorrectBefore:N0} → {Measurement.CorrectAfter:N0} of {Measurement.Samples:N0} ({Percent(Measurement.AccuracyBefore!.Value)} → {Percent(Measurement.AccuracyAfter!.Value)}) |");
        Line($"| same class as the float model | {Percent(Measurement.Agreement)} of {Measurement.Samples:N0} {Measurement.Data} samples |");
        Line($"| largest error of an output | {Measurement.MaxError:0.0E+0} |");
        Line($"| signal to quantization noise | {(double.IsInfinity(Measurement.Sqnr) ? "no noise" : string.Create(CultureInfo.InvariantCulture, $"{Measurement.Sqnr:0.0} dB"))} |");
        if (Microseconds != null)
            Line($"| a call on one thread, on the machine that built | {Time(Microseconds.Before)} → {Time(Microseconds.After)} |");
        Line($"");
        Line($"## Steps");
        Line($"| step | nodes | bytes of constants |");
        Line($"|---|---:|---:|");
        foreach (Footprint step in Steps)
            Line($"| {step.Step} | {step.Nodes:N0} | {step.Bytes:N0} |");
        Line($"");
        Line($"## Layers");
        Line($"| layer | kernel | stored as | bytes | zeros | MACs |");
        Line($"|---|---|---|---:|---:|---:|");
        foreach (ReportLayer layer in Layers)
            Line($"| {layer.Layer} | {layer.Kernel} | {layer.Stored} | {layer.Bytes:N0} | {Percent(layer.Zeros)} | {layer.Macs:N0} |");
        if (Choices.Count > 0)
        {
            Line($"");
            Line($"## Choices");
            foreach (string choice in Choices)
                Line($"- {choice}");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Factor(double more, double less, string word) => string.Create(CultureInfo.InvariantCulture, $"{more / less:0.0}× {word}");

    private static string Time(double microseconds) => microseconds < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.0} µs") : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000:0.0} ms");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.00} %");

    private static string Size(long bytes) => bytes < 1000 ? $"{bytes} B"
        : bytes < 1_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} KB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

/// <summary>A kernel call that has weights: the decoder of the form they are stored in (none where the kernel reads them in place), their bytes in the resource, the share of them that is zero, and multiply–accumulates a call.</summary>
internal sealed record ReportLayer(string Layer, string Kernel, string Stored, int Bytes, double Zeros, long Macs);

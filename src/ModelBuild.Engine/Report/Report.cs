using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelBuild.Engine;

/// <summary>All that a build knows about a model it compressed; the same inputs give the same report, but for what is measured in floats.</summary>
internal sealed record Report(
    string Model, string Class, string Recipe, string SourceHash, string Tool,
    long BytesBefore, long WeightsBytes, long ExpandedBytes, long ScratchBytes, long Macs,
    string Import, Proof Proof, Measurement Measurement, Timing? Microseconds, IReadOnlyList<Footprint> Steps, IReadOnlyList<ReportLayer> Layers, IReadOnlyList<string> Choices, SearchTrace? Search = null)
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
            string time = Microseconds == null ? "" : $", {Time(Microseconds.Before)} → {Time(Microseconds.After)} a call";
            return $"{Class}: {Size(BytesBefore)} → {Size(WeightsBytes)} ({Factor}), {quality}{time}";
        }
    }

    /// <summary>How many times smaller (or larger) the weights are than the model file.</summary>
    public string Factor => BytesBefore >= WeightsBytes ? Times(BytesBefore, WeightsBytes, "smaller") : Times(WeightsBytes, BytesBefore, "larger");

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];

    public byte[] ToMarkdown() => ReportMarkdown.Of(this);

    public byte[] ToHtml() => ReportHtml.Of(this);

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Report Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<Report>(json, Json) ?? throw new JsonException("it is null");

    /// <summary>What is said of the whole model, in words.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, string Value)> Facts
    {
        get
        {
            string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
            string Error(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);
            yield return ("model", $"{Model} (SHA-256 {SourceHash[..Math.Min(16, SourceHash.Length)]}…)");
            yield return ("recipe", Recipe.Length == 0 ? "none: float, simplified" : Recipe);
            yield return ("weights resource", $"{Number(WeightsBytes)} bytes");
            yield return ("expanded at construction", $"{Number(ExpandedBytes)} bytes");
            yield return ("scratch for each concurrent call", $"{Number(ScratchBytes)} bytes");
            yield return ("multiply–accumulates a call", Number(Macs));
            yield return ("judge of the import", $"{Proof.Judge}: error {Error(Proof.Error)} on {Proof.Samples} samples{(Proof.Why.Length == 0 ? "" : $" ({Proof.Why})")}");
            yield return ("import", $"{Import}{(Proof.Reference is { } met ? $": error {Error(met.Error)} against {Number(met.Samples)} reference samples" : Import == "unproved" ? ": give the item a Reference" : "")}");
            if (Measurement.CorrectBefore is { } before && Measurement.CorrectAfter is { } after)
                yield return ("top-1", $"{Number(before)} → {Number(after)} of {Number(Measurement.Samples)} ({Percent(Measurement.AccuracyBefore!.Value)} → {Percent(Measurement.AccuracyAfter!.Value)})");
            yield return ("same class as the float model", $"{Percent(Measurement.Agreement)} of {Number(Measurement.Samples)} {Measurement.Data} samples");
            yield return ("largest error of an output", Error(Measurement.MaxError));
            yield return ("signal to quantization noise", double.IsInfinity(Measurement.Sqnr) ? "no noise" : $"{Decibels(Measurement.Sqnr)} dB");
            if (Microseconds != null)
                yield return ("a call on one thread, on the machine that built", $"{Time(Microseconds.Before)} → {Time(Microseconds.After)}");
        }
    }

    public static string Decibels(double? sqnr) => sqnr is { } value && double.IsFinite(value) ? value.ToString("0.0", CultureInfo.InvariantCulture) : "";

    private static string Times(double more, double less, string word) => string.Create(CultureInfo.InvariantCulture, $"{more / less:0.0}× {word}");

    public static string Time(double microseconds) => microseconds < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.0} µs") : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000:0.0} ms");

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.00} %");

    public static string Size(long bytes) => bytes < 1000 ? $"{bytes} B"
        : bytes < 1_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} KB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

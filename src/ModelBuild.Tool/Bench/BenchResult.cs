using System.Globalization;
using System.Text.Json.Serialization;

namespace ModelBuild.Tool;

/// <summary>
/// What <c>bench</c> measures. <paramref name="Ratio"/> is the class's time over that of the faster baseline, the median of all rounds' ratios; what ONNX
/// Runtime can't run is null.
/// </summary>
/// <param name="OnnxRuntimeMicroseconds">The faster baseline.</param>
/// <param name="OnnxRuntimeFloatMicroseconds">The model as given or, if ONNX Runtime doesn't read its format, our export of the import.</param>
/// <param name="OnnxRuntimeQuantizedMicroseconds">Our own export of the quantized model.</param>
/// <param name="BytesPerCall">Allocated on all threads.</param>
/// <param name="FirstCallMicroseconds">Construction and first call in a new process.</param>
/// <param name="OnnxRuntimeFirstCallMicroseconds">The same of the faster baseline: its library, a session and the first run in a new process.</param>
/// <param name="MaxError">max|y−r| / max|r| against the model as given.</param>
/// <param name="QuantizedMaxError">The same against our export.</param>
/// <param name="Judge">Why ONNX Runtime did not run; else empty.</param>
internal sealed record BenchResult(
    string Model, string Recipe, string Calibration, int Threads, int Rounds, long WeightsBytes,
    double Microseconds, double? OnnxRuntimeMicroseconds, double? Ratio, double? RatioLow, double? RatioHigh,
    double? OnnxRuntimeFloatMicroseconds, double? OnnxRuntimeQuantizedMicroseconds,
    double BytesPerCall, double FirstCallMicroseconds, double? OnnxRuntimeFirstCallMicroseconds, double? MaxError, double? QuantizedMaxError, string Judge)
{
    /// <summary>Whether ONNX Runtime doesn't read the model's format.</summary>
    [JsonIgnore]
    public bool Exported { get; init; }

    public IEnumerable<string> Lines()
    {
        string recipe = Recipe.Length == 0 ? "float" : Recipe;
        yield return $"{Model}: {recipe}, {Threads} {(Threads == 1 ? "thread" : "threads")}, {Text(WeightsBytes, "N0")} bytes of weights";
        yield return $"  the class     {Time(Microseconds)} a call, {Text(BytesPerCall, "0")} bytes allocated";
        if (OnnxRuntimeFloatMicroseconds is { } whole)
            yield return $"  ONNX Runtime  {Time(whole)} a call on the model as given{(Exported ? ", exported to ONNX" : "")}";
        if (OnnxRuntimeQuantizedMicroseconds is { } quantized)
            yield return $"  ONNX Runtime  {Time(quantized)} a call on the quantized model";
        if (Ratio is { } ratio)
            yield return $"  ratio         {Text(ratio, "0.000")} of ONNX Runtime's time ({Text(RatioLow!.Value, "0.000")} to {Text(RatioHigh!.Value, "0.000")} in half of {Rounds} rounds)";
        yield return $"  first call    {Time(FirstCallMicroseconds)} with construction, in a new process{(OnnxRuntimeFirstCallMicroseconds is { } other ? $"; ONNX Runtime's {Time(other)}" : "")}";
        if (MaxError is { } error)
            yield return $"  error         {Text(error, "0.0E+0")} of the largest value{(QuantizedMaxError is { } second ? $"; {Text(second, "0.0E+0")} against the quantized model" : "")}";
        if (Judge.Length > 0)
            yield return $"  ONNX Runtime could not run it: {Judge}";
    }

    private static string Time(double microseconds) => microseconds switch
    {
        < 10 => $"{Text(microseconds, "0.000")} µs", < 1000 => $"{Text(microseconds, "0.0")} µs", _ => $"{Text(microseconds / 1000, "0.00")} ms",
    };

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Globalization;
using ModelBuild.Benchmarks;

namespace ModelBuild.Engine.Tests;

/// <summary>The README's table of a processor's results: a model a line, ratios of ONNX Runtime's time, float and int8 side by side.</summary>
internal static class SpeedTable
{
    private const string Int8 = "quantize(int8)";

    public static string Of(Results results)
    {
        (int Threads, bool Int8)[] columns = [.. results.Rows.Select(r => (r.Threads, r.Recipe == Int8)).Distinct().Order()];
        string[] titles = [.. columns.Select(c => (c.Int8 ? "int8" : "float") + (c.Threads == 1 ? "" : $", {c.Threads} threads"))];
        IEnumerable<string> lines = results.Rows.GroupBy(Name).Select(model => $"| {model.Key} | {string.Join(" | ", columns.Select(c =>
            model.FirstOrDefault(r => (r.Threads, r.Recipe == Int8) == c)?.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? ""))} |\n");
        return $"{results.Cpu}; {results.Facts}\n\n| model | {string.Join(" | ", titles)} |\n|---|{string.Concat(columns.Select(_ => "---:|"))}\n{string.Concat(lines)}";
    }

    private static string Name(ResultRow row)
    {
        string model = row.Model.StartsWith("--", StringComparison.Ordinal) ? $"`{row.Model}`" : row.Model;
        return row.Recipe is "float" or Int8 ? model : $"{model}, {row.Recipe.Replace("float, ", "").Replace("|", "\\|")}";
    }
}

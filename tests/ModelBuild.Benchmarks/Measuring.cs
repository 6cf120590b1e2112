using System.IO.Enumeration;
using ModelBuild.Tool;

namespace ModelBuild.Benchmarks;

/// <summary>Cases by <c>modelbuild bench</c>, each in a process of its own: what one compiles, allocates or leaves running is no matter for the next.</summary>
internal static class Measuring
{
    /// <summary>The cases whose names have a part that fits the pattern, in which * is anything.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static ModelCase[] Select(string? pattern)
    {
        ModelCase[] cases = [.. ModelCase.All.Where(c => FileSystemName.MatchesSimpleExpression($"*{pattern}*", c.Name))];
        return cases.Length > 0 ? cases : throw new UsageException($"--only: '{pattern}' is no part of any of these:\n{string.Join("\n", ModelCase.All.Select(c => c.Name))}");
    }

    /// <summary>One case's figures; null, after a line that says why, where there are none.</summary>
    public static ResultRow? Run(ModelCase model, int threads, Terminal terminal)
    {
        string[] command = ["bench", .. model.Arguments, "--threads", $"{threads}"];
        terminal.Line($"modelbuild {string.Join(" ", command.Select(w => w.AsSpan().ContainsAny(" ()[]|%,;*") ? $"\"{w}\"" : w))}");
        string json = Path.GetTempFileName();
        try
        {
            var (code, output) = OwnProcess.Run([.. command, "--json", json], CancellationToken.None);
            terminal.Line(string.Join("\n", output.Trim().Split('\n').Select(l => $"  {l}")));
            if (code != 0)
                return null;
            BenchResult result = Json.Read<BenchResult>(json);
            return new(model.Model, model.Recipe, threads, result.Microseconds, result.OnnxRuntimeMicroseconds, result.Ratio, result.RatioLow, result.RatioHigh,
                result.BytesPerCall, result.FirstCallMicroseconds, result.OnnxRuntimeFirstCallMicroseconds, result.MaxError);
        }
        finally
        {
            File.Delete(json);
        }
    }
}

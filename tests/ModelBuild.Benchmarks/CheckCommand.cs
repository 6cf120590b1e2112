using System.CommandLine;
using System.Globalization;
using ModelBuild.Tool;

namespace ModelBuild.Benchmarks;

/// <summary><c>check</c>: whether anything has become slower than the committed figures of this processor say.</summary>
internal static class CheckCommand
{
    /// <summary>How much worse a ratio may be.</summary>
    private const double Tolerance = 1.1;

    public static Command Make(Terminal terminal)
    {
        var only = new Option<string>("--only") { Description = "Only cases whose name has this in it; * is anything.", HelpName = "PATTERN" };
        var command = new Command("check", "Measures what results/ has of this processor again. Exit code 1: a ratio is more than 10 % worse; 2: there are no results.") { only };
        command.SetAction(parsed =>
        {
            string file = Results.File(Machine.Cpu);
            if (!File.Exists(file))
                throw new UsageException($"there are no results of this processor: {file}; 'models --write' makes them");
            Results committed = Results.Read(file);
            if (committed.Facts != Machine.Facts)
                terminal.Line($"the results are of {committed.Facts}; this is {Machine.Facts}");
            var worse = new List<string>();
            int measured = 0;
            foreach (ModelCase model in Measuring.Select(parsed.GetValue(only)))
            {
                foreach (ResultRow row in committed.Rows.Where(r => (r.Model, r.Recipe) == (model.Model, model.Recipe)))
                {
                    string name = $"{model.Name}, {row.Threads} {(row.Threads == 1 ? "thread" : "threads")}";
                    if (model.Missing.Length > 0 || row.Ratio is not { } before)
                    {
                        terminal.Line($"{name}: skipped, {(row.Ratio == null ? "ONNX Runtime did not run it" : $"{model.Missing} is absent")}");
                        continue;
                    }
                    measured++;
                    double? ratio = Ratio(model, row.Threads, before * Tolerance, terminal);
                    string change = string.Create(CultureInfo.InvariantCulture, $"{name}: {before:0.000} → {ratio:0.000}");
                    terminal.Line(change);
                    if (ratio == null || ratio > before * Tolerance)
                        worse.Add(change);
                }
            }
            terminal.Line(string.Join("\n", worse.Prepend($"{measured} ratios measured, {worse.Count} more than 10 % worse")));
            return worse.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>The ratio; of one that is suspicious, the median of three measurements. Null if it can't be measured.</summary>
    private static double? Ratio(ModelCase model, int threads, double most, Terminal terminal)
    {
        double? first = Measuring.Run(model, threads, terminal)?.Ratio;
        if (first == null || first <= most)
            return first;
        double?[] ratios = [first, Measuring.Run(model, threads, terminal)?.Ratio, Measuring.Run(model, threads, terminal)?.Ratio];
        return ratios.Any(r => r == null) ? null : Rounds.Median(ratios.Select(r => r!.Value));
    }
}

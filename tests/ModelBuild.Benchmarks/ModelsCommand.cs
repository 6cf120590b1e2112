using System.CommandLine;
using ModelBuild.Tool;

namespace ModelBuild.Benchmarks;

/// <summary><c>models</c>: every case against ONNX Runtime.</summary>
internal static class ModelsCommand
{
    public static Command Make(Terminal terminal)
    {
        var threads = new Option<int>("--threads") { Description = "How many threads a call may use. Default: 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var only = new Option<string>("--only") { Description = "Only cases whose name has this in it; * is anything.", HelpName = "PATTERN" };
        var write = new Option<bool>("--write") { Description = "Write the figures into results/, where rows of other cases stay." };
        var command = new Command("models", "Measures models against ONNX Runtime, each by 'modelbuild bench' in a process of its own.") { threads, only, write };
        command.SetAction(parsed =>
        {
            var rows = new List<ResultRow>();
            bool failed = false;
            foreach (ModelCase model in Measuring.Select(parsed.GetValue(only)))
            {
                if (model.Missing.Length > 0)
                    terminal.Line($"{model.Name}: skipped, {model.Missing} is absent");
                else if (Measuring.Run(model, parsed.GetValue(threads), terminal) is { } row)
                    rows.Add(row);
                else
                    failed = true;
            }
            if (parsed.GetValue(write) && rows.Count > 0)
                Write(rows, terminal);
            return failed ? 1 : 0;
        });
        return command;
    }

    private static void Write(List<ResultRow> rows, Terminal terminal)
    {
        string file = Results.File(Machine.Cpu);
        Results? old = File.Exists(file) ? Results.Read(file) : null;
        if (old != null && old.Facts != Machine.Facts)
            terminal.Line($"rows of other circumstances are dropped: {old.Facts}");
        else
            rows.AddRange((old?.Rows ?? []).Where(o => !rows.Any(r => (r.Model, r.Recipe, r.Threads) == (o.Model, o.Recipe, o.Threads))));
        string[] order = [.. ModelCase.All.Select(c => c.Name)];
        new Results(Machine.Cpu, Machine.Facts, [.. rows.OrderBy(r => Array.IndexOf(order, $"{r.Model} {r.Recipe}")).ThenBy(r => r.Threads)]).Write();
        terminal.Line($"written: {file}");
    }
}

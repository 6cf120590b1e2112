using System.CommandLine;

namespace ModelBuild.Tool;

/// <summary><c>bench MODEL</c>: the generated class against ONNX Runtime.</summary>
internal static class BenchCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("bench", "Measures a model's class against ONNX Runtime: time a call, bytes allocated, error.");
        var options = new BenchOptions(command);
        var json = new Option<string>("--json") { Description = "Also write the figures to this file.", HelpName = "FILE" };
        command.Options.Add(json);
        command.SetAction(parsed => options.With(parsed, terminal, (request, threads, calibration, scratch) =>
        {
            BenchResult result = terminal.Working($"measuring {Path.GetFileName(request.Model)}", () => Benchmark.Run(request, threads, calibration, scratch, cancellation), still: true);
            Json.Write(parsed.GetValue(json), result);
            foreach (string line in result.Lines())
                terminal.Line(line);
            return 0;
        }));
        return command;
    }
}

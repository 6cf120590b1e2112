using System.CommandLine;
using Google.Protobuf;
using ModelBuild.Engine;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool;

/// <summary><c>bench MODEL</c>: the generated class against ONNX Runtime.</summary>
internal static class BenchCommand
{
    private const int MostThreads = 256;

    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Argument<string>("MODEL") { Description = "The model file; none with --builtin.", Arity = ArgumentArity.ZeroOrOne };
        var builtin = new Option<string>("--builtin") { Description = $"Instead of a model, a synthetic one with seeded weights: {string.Join(", ", BuiltinModels.Table.Select(b => b.Name))}.", HelpName = "NAME" };
        var threads = new Option<string>("--threads") { Description = "How many threads a call may use, ours and ONNX Runtime's alike. Default: 1.", HelpName = "N", DefaultValueFactory = _ => "1" };
        var json = new Option<string>("--json") { Description = "Also write the figures to this file.", HelpName = "FILE" };
        Option<string>[] item = ItemOptions.Make("--recipe", "--calibration", "--scale", "--mean", "--std", "--dimensions", "--optimize", "--numerics");
        var command = new Command("bench", "Measures a model's class against ONNX Runtime: time a call, bytes allocated, error.") { model, builtin, threads };
        foreach (Option<string> option in item)
            command.Options.Add(option);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            string count = parsed.GetRequiredValue(threads);
            if (!int.TryParse(count, out int number) || number is < 1 or > MostThreads)
                throw new UsageException($"--threads: '{count}' is no number from 1 to {MostThreads}");
            DirectoryInfo scratch = Directory.CreateTempSubdirectory("modelbuild-bench-");
            try
            {
                string file = Model(parsed.GetValue(model), parsed.GetValue(builtin), scratch.FullName);
                BenchResult result = Run(ItemOptions.Request(file, item, parsed), number, scratch.FullName, terminal, cancellation);
                Json.Write(parsed.GetValue(json), result);
                foreach (string line in result.Lines())
                    terminal.Line(line);
                return 0;
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return command;
    }

    private static string Model(string? model, string? builtin, string scratch)
    {
        string names = string.Join(", ", BuiltinModels.Table.Select(b => b.Name));
        if (model == null == (builtin == null))
            throw new UsageException($"bench takes a MODEL or --builtin NAME ({names}), one of both");
        if (model != null)
            return model;
        Func<ModelProto> make = BuiltinModels.Table.FirstOrDefault(b => b.Name == builtin).Make
            ?? throw new UsageException($"--builtin: '{builtin}' is unknown; valid: {names}{Near.Hint(builtin!, BuiltinModels.Table.Select(b => b.Name))}");
        string file = Path.Combine(scratch, builtin + ".onnx");
        File.WriteAllBytes(file, make().ToByteArray());
        return file;
    }

    private static BenchResult Run(CompileRequest request, int threads, string scratch, Terminal terminal, CancellationToken cancellation)
    {
        string calibration = request.Calibration;
        if (calibration.Length == 0 && RecipeBinder.Bind(request).Any(s => s.Pass.NeedsCalibration))
        {
            calibration = $"{RandomCalibration.Samples} seeded random samples";
            request = request with { Calibration = Path.Combine(scratch, "random.npz") };
            RandomCalibration.Write(request.Calibration, request);
            terminal.Line($"calibrated on {calibration}, as there is no --calibration: good for times, not for the error");
        }
        return terminal.Working($"measuring {Path.GetFileName(request.Model)}", () => Benchmark.Run(request, threads, calibration, cancellation));
    }
}

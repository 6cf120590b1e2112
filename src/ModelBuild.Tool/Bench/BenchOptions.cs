using System.CommandLine;
using Google.Protobuf;
using ModelBuild.Engine;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool;

/// <summary>What a command that measures is told: a model or the name of a synthetic one, how it is compiled, and how many threads a call may use.</summary>
internal sealed class BenchOptions
{
    private const int MostThreads = 256;

    private static readonly string s_names = string.Join(", ", BuiltinModels.Table.Select(b => b.Name));

    private readonly Argument<string> _model = new("MODEL") { Description = "The model file; none with --builtin.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _builtin = new("--builtin") { Description = $"Instead of a model, a synthetic one with seeded weights: {s_names}.", HelpName = "NAME" };
    private readonly Option<string> _threads = new("--threads") { Description = "How many threads a call may use, ours and ONNX Runtime's alike. Default: 1.", HelpName = "N", DefaultValueFactory = _ => "1" };
    private readonly Option<string>[] _item = ItemOptions.Make("--recipe", "--calibration", "--scale", "--mean", "--std", "--dimensions", "--optimize", "--numerics");

    public BenchOptions(Command command)
    {
        command.Arguments.Add(_model);
        foreach (Option<string> option in _item.Prepend(_threads).Prepend(_builtin))
            command.Options.Add(option);
    }

    /// <summary>Does something with what was asked for, its threads, what it is calibrated on in words, and a folder that is deleted afterwards.</summary>
    /// <exception cref="UsageException">The command line makes no sense.</exception>
    public T With<T>(ParseResult parsed, Terminal terminal, Func<CompileRequest, int, string, string, T> work)
    {
        string count = parsed.GetRequiredValue(_threads);
        if (!int.TryParse(count, out int threads) || threads is < 1 or > MostThreads)
            throw new UsageException($"--threads: '{count}' is no number from 1 to {MostThreads}");
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("modelbuild-bench-");
        try
        {
            CompileRequest request = ItemOptions.Request(Model(parsed, scratch.FullName), _item, parsed);
            string calibration = request.Calibration;
            if (calibration.Length == 0 && RecipeBinder.Bind(request).Any(s => s.Pass.NeedsCalibration))
            {
                calibration = $"{RandomCalibration.Samples} seeded random samples";
                request = request with { Calibration = Path.Combine(scratch.FullName, "random.npz") };
                RandomCalibration.Write(request.Calibration, request);
                terminal.Line($"calibrated on {calibration}, as there is no --calibration: good for times, not for the error");
            }
            return work(request, threads, calibration, scratch.FullName);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private string Model(ParseResult parsed, string scratch)
    {
        string? model = parsed.GetValue(_model), builtin = parsed.GetValue(_builtin);
        if (model == null == (builtin == null))
            throw new UsageException($"{parsed.CommandResult.Command.Name} takes a MODEL or --builtin NAME ({s_names}), one of both");
        if (model != null)
            return model;
        Func<ModelProto> make = BuiltinModels.Table.FirstOrDefault(b => b.Name == builtin).Make
            ?? throw new UsageException($"--builtin: '{builtin}' is unknown; valid: {s_names}{Near.Hint(builtin!, BuiltinModels.Table.Select(b => b.Name))}");
        string file = Path.Combine(scratch, builtin + ".onnx");
        File.WriteAllBytes(file, make().ToByteArray());
        return file;
    }
}

using System.CommandLine;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>An option that says what an item's metadatum says: how help names its value and describes it, and where in the request it goes.</summary>
internal sealed record ItemOption(string Name, string Value, string Description, Func<CompileRequest, string, CompileRequest> Set);

/// <summary>Every metadatum of a <c>&lt;Model&gt;</c> item as an option.</summary>
internal static class ItemOptions
{
    public static readonly ItemOption[] Table =
    [
        new("--recipe", "STEPS", "Compression steps, like \"prune(0.5) | quantize(int8)\", or a named recipe (Default, Smallest, Float16). None: float, simplified.", (r, v) => r with { Recipe = v }),
        new("--calibration", "DATA", "Samples to measure ranges on: .npz, .npy, .csv or a folder, perhaps with a range: digits.npz[0..500].", (r, v) => r with { Calibration = v }),
        new("--evaluation", "DATA", "Samples, best with labels, that the result is measured on. No step sees them.", (r, v) => r with { Evaluation = v }),
        new("--reference", "FILE", "An .npz file with inputs of the model and the outputs that another runtime computes of them: what the import must agree with.", (r, v) => r with { Reference = v }),
        new("--scale", "NUMBERS", "With --mean and --std: data becomes (x·scale − mean)/std; one number or one a channel, like 1/255.", (r, v) => r with { Scale = v }),
        new("--mean", "NUMBERS", "See --scale.", (r, v) => r with { Mean = v }),
        new("--std", "NUMBERS", "See --scale.", (r, v) => r with { Std = v }),
        new("--layout", "LAYOUT", "How images come to the class, and lie in the data: NHWC or NCHW. Default: as the model has them.", (r, v) => r with { Layout = v }),
        new("--labels", "FILE", "The classes' names, one a line.", (r, v) => r with { Labels = v }),
        new("--class", "NAME", "The class's name. Default: the model's file name as an identifier.", (r, v) => r with { Class = v }),
        new("--namespace", "NAME", "The class's namespace. Default: none.", (r, v) => r with { Namespace = v }),
        new("--dimensions", "LENGTHS", "Lengths of symbolic dimensions: \"seq=128;width=192\".", (r, v) => r with { Dimensions = v }),
        new("--max-size", "BYTES", "The most that the weights may take: 30000, 30KB or 30KiB.", (r, v) => r with { MaxSize = v }),
        new("--max-accuracy-drop", "SHARE", "The most that top-1 may fall by: 0.01 or 1%.", (r, v) => r with { MaxAccuracyDrop = v }),
        new("--max-error", "SHARE", "The most that an output may differ from the float model's, as a share of its largest value.", (r, v) => r with { MaxError = v }),
        new("--max-scratch", "BYTES", "The most scratch memory for each concurrent call.", (r, v) => r with { MaxScratch = v }),
        new("--max-macs", "NUMBER", "The most multiply–accumulates a call: 6000000 or 6e6.", (r, v) => r with { MaxMacs = v }),
        new("--optimize", "WHAT", "Size (default) or Speed.", (r, v) => r with { Optimize = v }),
        new("--numerics", "HOW", "Strict, Default or Fast.", (r, v) => r with { Numerics = v }),
        new("--backend", "WHO", "Who runs the model inside the class: ModelBuild (default) or OnnxRuntime.", (r, v) => r with { Backend = v }),
        new("--export", "FORMATS", "Formats to write the compressed model in. Default: onnx.", (r, v) => r with { Export = v }),
        new("--budgets", "SEVERITY", "What a missed budget is: error (default) or warning.", (r, v) => r with { Budgets = v }),
        new("--measure", "FLAG", "true: time a call, of the float and of the compressed model, for the report.", (r, v) => r with { Measure = v }),
    ];

    /// <summary>Options for a command, in the table's order: all, or those of these names. Each command makes its own.</summary>
    public static Option<string>[] Make(params string[] names) =>
        [.. Table.Where(row => names.Length == 0 || names.Contains(row.Name)).Select(row => new Option<string>(row.Name) { Description = row.Description, HelpName = row.Value })];

    /// <summary>What the options ask, for this model.</summary>
    /// <exception cref="UsageException">The class can't have its name.</exception>
    public static CompileRequest Request(string model, IReadOnlyList<Option<string>> options, ParseResult parsed)
    {
        var request = new CompileRequest(Path.GetFullPath(model), Identifiers.Class(Path.GetFileNameWithoutExtension(model)), "", Export: "onnx");
        foreach (Option<string> option in options)
        {
            if (parsed.GetValue(option) is { } value)
                request = Table.First(row => row.Name == option.Name).Set(request, value);
        }
        if (!Identifiers.IsIdentifier(request.Class))
            throw new UsageException($"--class: '{request.Class}' is no identifier of C#");
        if (request.Namespace.Length > 0 && !request.Namespace.Split('.').All(Identifiers.IsIdentifier))
            throw new UsageException($"--namespace: '{request.Namespace}' is no namespace of C#");
        string name = request.Namespace.Length == 0 ? request.Class : $"{request.Namespace}.{request.Class}";
        return request with { Resource = $"ModelBuild.{name}.weights" };
    }
}

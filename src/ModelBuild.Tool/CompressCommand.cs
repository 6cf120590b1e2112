using System.CommandLine;
using System.Text;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary><c>compress MODEL -o DIR</c>: what a build does for an item, with the class as a file too.</summary>
internal static class CompressCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Argument<string>("MODEL") { Description = "The model file." };
        var folder = new Option<string>("--output", "-o") { Description = "The folder for the plan, the weights, the class, the reports and the exported models.", HelpName = "DIR", Required = true };
        var json = new Option<string>("--json") { Description = "Also write report.json to this file.", HelpName = "FILE" };
        Option<string>[] item = ItemOptions.Make();
        var command = new Command("compress", "Compresses a model and writes its plan, weights and class, reports, and the compressed model as an ONNX file.") { model, folder };
        foreach (Option<string> option in item)
            command.Options.Add(option);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model);
            return Run(ItemOptions.Request(path, item, parsed), Path.GetFullPath(parsed.GetRequiredValue(folder)), parsed.GetValue(json), terminal, cancellation);
        });
        return command;
    }

    private static int Run(CompileRequest request, string folder, string? json, Terminal terminal, CancellationToken cancellation)
    {
        string name = Path.GetFileNameWithoutExtension(request.Model);
        CompileResult result = terminal.Working($"compressing {name}", progress => Compiler.Compile(request, cancellation, progress));
        var files = new Dictionary<string, byte[]>(result.Files)
        {
            [name + ".plan"] = Encoding.UTF8.GetBytes(result.PlanText),
            [name + ".weights"] = result.Weights,
            [request.Class + ".g.cs"] = Encoding.UTF8.GetBytes(GeneratedSource.Of(PlanText.Parse(result.PlanText))),
        };
        foreach (Diagnostic diagnostic in result.Diagnostics)
            terminal.Line(diagnostic.ToString());
        if (result.Diagnostics.Any(d => d.Severity == Severity.Error))
            return 1;
        if (files.Keys.Select(f => Path.Combine(folder, f)).Intersect(result.Inputs).FirstOrDefault() is { } input)
            throw new UsageException($"--output: '{folder}' is where '{Path.GetFileName(input)}' is read from, which would be overwritten; give another folder");

        Directory.CreateDirectory(folder);
        foreach ((string file, byte[] bytes) in files)
            OutputFolder.PutFile(Path.Combine(folder, file), bytes);
        if (json != null)
            OutputFolder.PutFile(Path.GetFullPath(json), files["report.json"]);
        StepSummary.Add(result);
        terminal.Line(result.Summary);
        return 0;
    }
}

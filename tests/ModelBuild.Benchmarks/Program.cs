using System.CommandLine;
using System.Text;
using ModelBuild.Benchmarks;
using ModelBuild.Engine;
using ModelBuild.Tool;

Console.OutputEncoding = new UTF8Encoding(false);
Terminal terminal = Terminal.OfProcess();
var root = new RootCommand("Measures ModelBuild: models against ONNX Runtime, the layers of a model, single kernels, the start of a process.")
{
    ModelsCommand.Make(terminal),
    CheckCommand.Make(terminal),
    LayersCommand.Make(terminal),
    KernelsCommand.Make(),
    StartCommand.Make(terminal),
};
try
{
    ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parsed.Errors.Count > 0)
        throw new UsageException($"{string.Join("\n", parsed.Errors.Select(e => e.Message))}\ncommands: {string.Join(", ", root.Subcommands.Select(c => c.Name))}; COMMAND --help says more");
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException e)
{
    terminal.Error.WriteLine(e.Message);
    return 2;
}
catch (DiagnosticException e)
{
    terminal.Line(e.Diagnostic.ToString());
    return 1;
}

using ModelBuild.Engine;
using ModelBuild.Protocol;

namespace ModelBuild.Tool;

/// <summary><c>compress --request FILE</c>: what a build runs. Diagnostics and one summary line go to the standard output, all else, such as what takes long, to the error output.</summary>
internal static class RequestCommand
{
    public static int Run(string file, bool outline, CancellationToken cancellation)
    {
        try
        {
            Request request = Request.Parse(File.ReadAllText(file));
            return outline ? Outline(request) : Compress(request, cancellation);
        }
        catch (DiagnosticException e)
        {
            Print(e.Diagnostic);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("canceled");
        }
        catch (FormatException e)
        {
            Print(new Diagnostic("MB9003", Severity.Error, file, 0, 0, $"not a request that this tool understands: {e.Message}; build once more with one version of ModelBuild"));
        }
        catch (Exception e)
        {
            // Whatever it is, it is our fault, and the trace is what a report of it needs.
            Print(new Diagnostic("MB9001", Severity.Error, file, 0, 0, $"the tool failed, which is a fault in ModelBuild: {e}"));
        }
        return 1;
    }

    private static int Compress(Request request, CancellationToken cancellation)
    {
        // Taken before they are read: what changes meanwhile differs in the next build.
        string[] inputs = [.. request.Files.Select(InputsText.Line)];
        CompileResult result = new Cache(request.Cache).Get(request, () => Compiler.Compile(request.Compile, cancellation, at => Console.Error.WriteLine($"{request.Name}: {at}")), out bool hit, cancellation);
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Print(diagnostic);
        if (result.Diagnostics.Any(d => d.Severity == Severity.Error))
            return 1;

        var output = new OutputFolder(request.Directory, request.Name);
        output.Write(result);
        output.WriteInputs([.. inputs, .. result.Inputs.Except(request.Files).Select(InputsText.Line)]);
        StepSummary.Add(result);
        Console.WriteLine(hit ? $"{result.Summary} (from the cache)" : result.Summary);
        return 0;
    }

    private static int Outline(Request request)
    {
        new OutputFolder(request.Directory, request.Name).WriteOutline(ModelBuild.Engine.Outline.Of(request.Compile));
        return 0;
    }

    private static void Print(Diagnostic diagnostic) => Console.WriteLine(DiagnosticText.Join(diagnostic.ToString()));
}

using System.CommandLine;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>
/// What people and scripts run. Results go to the standard output, as do diagnostics, in canonical form; 0 is good, 1 a diagnostic or a failure, 2 a
/// command line that can't be understood.
/// </summary>
internal static class CommandLine
{
    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("Compiles trained models into small C# classes, and says what is in a model, whether its class is right and how fast it is.")
        {
            CompressCommand.Make(terminal, cancellation),
            InspectCommand.Make(terminal, cancellation),
            VerifyCommand.Make(terminal, cancellation),
            BenchCommand.Make(terminal, cancellation),
            ReportCommand.Make(terminal),
        };
        // No @FILE: a model's name may begin so.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Errors.Count > 0)
                throw new UsageException(UsageText.Of(parsed));
            return parsed.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UsageException e)
        {
            terminal.Error.WriteLine(e.Message);
            return 2;
        }
        catch (DiagnosticException e)
        {
            terminal.Line(e.Diagnostic.ToString());
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("canceled");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Line(new Diagnostic("MB9004", Severity.Error, "modelbuild", 0, 0, e.Message).ToString());
        }
        catch (Exception e)
        {
            // Whatever it is, it is our fault, and the trace is what a report of it needs.
            terminal.Line(new Diagnostic("MB9001", Severity.Error, "modelbuild", 0, 0, $"the tool failed, which is a fault in ModelBuild: {e}").ToString());
        }
        return 1;
    }
}

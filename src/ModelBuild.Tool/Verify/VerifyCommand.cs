using System.Collections.Concurrent;
using System.CommandLine;
using System.Runtime.ExceptionServices;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary><c>verify PATH…</c>: runs the generated classes of models and backend cases against what they have to compute.</summary>
internal static class VerifyCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Models, folders of backend cases (model.onnx beside test_data_set_0), or folders that hold such.", Arity = ArgumentArity.OneOrMore };
        var reference = new Option<string>("--reference") { Description = "For one model: an .npz file with the arrays 'input' and 'output'. Without it ONNX Runtime judges, on random inputs.", HelpName = "FILE" };
        var dimensions = new Option<string>("--dimensions") { Description = "For models: lengths of symbolic dimensions, like \"seq=128;width=192\".", HelpName = "LENGTHS" };
        var report = new Option<string>("--report") { Description = "Write verdict, name, bound inputs and reason of every case to this file, separated by tabs.", HelpName = "FILE" };
        var json = new Option<string>("--json") { Description = "Write passed, failed, unsupported and cases to this file.", HelpName = "FILE" };
        var command = new Command("verify", "Compiles models and ONNX backend cases to classes and compares what these compute with what they should.") { paths, reference, dimensions, report, json };
        command.SetAction(parsed =>
        {
            VerifyItem[] items = [.. parsed.GetRequiredValue(paths).SelectMany(VerifyItem.Find)];
            string against = parsed.GetValue(reference) is { } file ? Path.GetFullPath(file) : "";
            if (against.Length > 0 && items is not [{ IsCase: false }])
                throw new UsageException("--reference: it is for one model, and the paths stand for something else");
            IReadOnlyList<CaseResult> results = Run(items, i => i.Run(parsed.GetValue(dimensions) ?? "", against, cancellation), terminal, cancellation);
            if (parsed.GetValue(report) is { } table)
                File.WriteAllText(table, CaseText.Table(results));
            Json.Write(parsed.GetValue(json), CaseText.ForJson(results));
            terminal.Line(CaseText.Summary([.. results]));
            return results.Any(r => r.Verdict == Verdict.Fail) ? 1 : 0;
        });
        return command;
    }

    /// <summary>All results, in order, each printed as soon as those before it are.</summary>
    private static IReadOnlyList<CaseResult> Run(VerifyItem[] items, Func<VerifyItem, CaseResult> run, Terminal terminal, CancellationToken cancellation)
    {
        var results = new CaseResult?[items.Length];
        int printed = 0;
        try
        {
            terminal.Working("verifying", items.Length, counted => Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, items.Length), EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
                {
                    CaseResult result = run(items[i]);
                    lock (results)
                    {
                        results[i] = result;
                        counted();
                        for (; printed < items.Length && results[printed] is { } next; printed++)
                            terminal.Line(CaseText.Line(next));
                    }
                }));
        }
        catch (AggregateException e) when (e.InnerException is DiagnosticException or OperationCanceledException)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
        }
        return [.. results.OfType<CaseResult>()];
    }
}

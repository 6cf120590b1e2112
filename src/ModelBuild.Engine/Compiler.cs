using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Model file → plan and weights: import, simplify, prove, the recipe, lower, measure, budgets.</summary>
public static class Compiler
{
    /// <summary>Errors that say what our import or our kernels can't do, which ONNX Runtime may well.</summary>
    private static readonly string[] s_onlyOurs = ["MB2005", "MB2006", "MB2012"];

    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Ends it with an OperationCanceledException.</param>
    /// <param name="progress">Takes what steps that take long are at, for whoever watches.</param>
    /// <exception cref="DiagnosticException">The model, the recipe or the data is at fault; nothing was written.</exception>
    public static CompileResult Compile(CompileRequest request, CancellationToken cancellation, Action<string>? progress = null)
    {
        // What the user wrote is read first: a typing error should not wait for a measurement.
        Asked asked = Asked.Read(request);
        try
        {
            return Imported(asked, cancellation, progress);
        }
        catch (DiagnosticException e) when (IsOnlyOurs(request, e.Diagnostic))
        {
            return asked.Backend == Backend.OnnxRuntime ? AsItIs(asked, e.Diagnostic, cancellation) : throw Diagnostics.OrOnnxRuntime(e.Diagnostic, recipe: asked.Steps.Count > 0);
        }
    }

    /// <summary>Whether the error is one that ONNX Runtime, running the model's file as it is, need not have.</summary>
    public static bool IsOnlyOurs(CompileRequest request, Diagnostic diagnostic) => s_onlyOurs.Contains(diagnostic.Id) && ModelFormat.Of(request.Model).RunsInOnnxRuntime;

    private static CompileResult Imported(Asked asked, CancellationToken cancellation, Action<string>? progress)
    {
        CompileRequest request = asked.Request;
        Imported imported = ModelFormat.Import(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) });
        Graph own = Lowered(request, () => Simplify.Run(imported.Graph));
        CallerLayout layout = CallerLayout.Of(request, own);
        Graph source = layout.IsModels ? own : Lowered(request, () => Simplify.Run(layout.Apply(own)));
        ItemData data = ItemData.Read(request, source, own);
        PlanNames names = data.Names;
        foreach (BoundStep step in asked.Steps)
            step.NeedCalibration(data.Calibration != null);

        Emitted before = Lowered(request, () => Emitted.From(source, names, numerics: asked.Numerics));
        // Proved is what the file says, in its own layout.
        Emitted plain = layout.IsModels ? before : Lowered(request, () => Emitted.From(own, names, numerics: asked.Numerics));
        Proof proof = Proof.Of(request.Model, imported.Graph, plain, layout.Back(data.Known.Samples()), data.Reference, cancellation);

        var notes = new List<string>();
        SearchTrace? search = null;
        var run = new RecipeRun(source, data.Known, graph => Emitted.From(graph, names, asked.Optimize, asked.Numerics), cancellation) { Progress = at => progress?.Invoke(at) };
        var results = new List<StepResult> { run.Start(asked.Optimize == Optimize.Size ? before : Lowered(request, () => run.Emit(source))) };
        foreach (BoundStep step in asked.Steps)
        {
            var context = new PassContext(source)
            {
                Samples = data.Known.Samples(), Labels = data.Known.Labels, Note = notes.Add, Search = found => search = found, Progress = layer => progress?.Invoke($"{step.Text}: {layer}"), Cancellation = cancellation,
            };
            StepResult last = results[^1] = results[^1] with { Emitted = null };
            results.Add(Lowered(request, () => run.After(last, step, context)));
        }

        StepResult start = run.Start(before);
        Graph graph = results[^1].Graph;
        Emitted after = results[^1].Emitted!;
        ILookup<bool, Diagnostic> idle;
        using var first = new PlanRunner(before.Plan, before.Weights);
        Measurement measurement;
        Timing? timing;
        if (asked.Backend == Backend.OnnxRuntime)
        {
            after = Emitted.Of(Lowered(request, () => OnnxWriter.Write(graph, before.Plan.Tool)), graph, names with { Backend = Backend.OnnxRuntime });
            results = [.. results.Select(SessionLayers.Of)];
            start = SessionLayers.Of(start);
            // What a step gains here is not for our stored forms to say.
            idle = Array.Empty<Diagnostic>().ToLookup(_ => false);
            using var session = new EmbeddedSession(request.Model, graph, after.Content);
            measurement = Measurement.Of(data.MeasuredName, first.Run, session.Run, data.Measured, cancellation);
            using OnnxRuntimeBinding? bound = asked.Measure ? session.Bound(data.Measured.Samples().First()) : null;
            timing = bound == null ? null : Timing.Of(first.Call(data.Measured.Samples().First()), bound.Run);
        }
        else
        {
            // A step that costs nothing may gain nothing: that is worth a line in the report, and no more.
            idle = Lowered(request, () => NoWin.Of(run, [.. asked.Steps], results).ToLookup(d => d.Severity == Severity.Message));
            using var second = new PlanRunner(after.Plan, after.Weights);
            measurement = Measurement.Of(data.MeasuredName, first.Run, second.Run, data.Measured, cancellation);
            timing = asked.Measure ? Timing.Of(first.Call(data.Measured.Samples().First()), second.Call(data.Measured.Samples().First())) : null;
        }
        IReadOnlyList<ReportLayer> layers = ReportLayer.Compare(start, results[^1]);
        var report = new Report(Path.GetFileName(request.Model), request.Class, asked.Recipe, names.Source.Hash, after.Plan.Tool,
            imported.Bytes, after.Weights.Length, after.Plan.Weights.ExpandedBytes, after.Plan.ScratchBytes, layers.Sum(l => l.Macs), proof.Import, proof, measurement, timing,
            [Footprint.Of("imported", imported.Graph), .. results.Select(r => r.Footprint)], layers, [.. notes, .. after.Choices, .. idle[true].Select(d => d.Text.Split('\n')[0])], search);
        return Result(asked, after, report, [.. imported.Files, .. data.Files], format => Exported(request, () => format.Write(graph, after.Plan.Tool)),
            [.. proof.Why.Length == 0 ? [] : new[] { Diagnostics.OtherJudge(request.Model, proof.Why) }, .. BudgetCheck.Of(request.Site, asked.Budgets, report), .. idle[false]]);
    }

    /// <summary>A model that can't be imported, run by ONNX Runtime: nothing of it is changed, so nothing is proved.</summary>
    private static CompileResult AsItIs(Asked asked, Diagnostic why, CancellationToken cancellation)
    {
        CompileRequest request = asked.Request;
        foreach (var (metadata, isAsked) in new[] { ("a Recipe", asked.Steps.Count > 0), ("Layout", Choices.Layout(request) != null), ("MaxMacs", asked.Budgets.MaxMacs != null) })
        {
            if (isAsked)
                throw Diagnostics.NeedsImport(request.Site, metadata, why);
        }
        OnnxAsIs model = OnnxAsIs.Read(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) });
        ItemData data = ItemData.Read(request, model.Signature, model.Signature);
        Emitted emitted = Emitted.Of(model.File, model.Signature, data.Names with { Backend = Backend.OnnxRuntime });
        using var session = new EmbeddedSession(request.Model, model.Signature, model.File);
        ReferenceProof? met = data.Reference?.Check(session.Run, model.Signature.Outputs, Proof.FloatLimit, cancellation);
        var proof = new Proof("none, as ONNX Runtime runs the file as it is", 0, 0, "", met == null ? "none" : "proved", met);
        Measurement measurement = Measurement.Of(data.MeasuredName, session.Run, session.Run, data.Measured, cancellation);
        using OnnxRuntimeBinding? bound = asked.Measure ? session.Bound(data.Measured.Samples().First()) : null;
        var report = new Report(Path.GetFileName(request.Model), request.Class, "", data.Names.Source.Hash, emitted.Plan.Tool,
            model.Files.Sum(f => new FileInfo(f).Length), emitted.Weights.Length, 0, 0, 0, proof.Import, proof, measurement, bound == null ? null : Timing.Of(bound.Run, bound.Run),
            [new Footprint("as it is", model.Nodes, model.File.Length, emitted.Weights.Length)], [], [$"run by ONNX Runtime as it is: {why.Text}"]);
        return Result(asked, emitted, report, [.. model.Files, .. data.Files], format => format.Write == OnnxWriter.Write ? model.File : throw Diagnostics.NeedsImport(request.Site, $"Export=\"{format.Word}\"", why),
            [.. BudgetCheck.Of(request.Site, asked.Budgets, report)]);
    }

    private static CompileResult Result(Asked asked, Emitted emitted, Report report, IEnumerable<string> read, Func<ExportFormat, byte[]> export, IReadOnlyList<Diagnostic> diagnostics)
    {
        var files = new Dictionary<string, byte[]> { ["report.json"] = report.ToJson(), ["report.md"] = report.ToMarkdown(), ["report.html"] = report.ToHtml() };
        foreach (ExportFormat format in asked.Exports)
            files[Path.GetFileNameWithoutExtension(asked.Request.Model) + format.Extension] = export(format);
        Emitted known = emitted.With(Facts(asked.Recipe, report.Measurement));
        return new CompileResult(known.Text, known.Weights, report.Summary, files, [.. read.Distinct()], diagnostics);
    }

    private static PlanFact[] Facts(string recipe, Measurement measurement)
    {
        string Share(double? share) => share!.Value.ToString("0.####", CultureInfo.InvariantCulture);
        return
        [
            new(PlanFact.Recipe, recipe),
            .. measurement.CorrectBefore == null ? [] : new PlanFact[] { new(PlanFact.AccuracyBefore, Share(measurement.AccuracyBefore)), new(PlanFact.AccuracyAfter, Share(measurement.AccuracyAfter)) },
        ];
    }

    private static byte[] Exported(CompileRequest request, Func<byte[]> write)
    {
        try
        {
            return Lowered(request, write);
        }
        catch (ExportException e)
        {
            throw Diagnostics.Export(request.Model, e);
        }
    }

    // What an operator can't do is the model's fault, not ours.
    private static T Lowered<T>(CompileRequest request, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperatorException e)
        {
            throw Diagnostics.Lowering(request.Model, e.Message);
        }
    }

    /// <summary>What the item asks for, but for its model and its data.</summary>
    private sealed record Asked(CompileRequest Request, Budgets Budgets, EquatableArray<BoundStep> Steps, Optimize Optimize, Numerics Numerics, bool Measure, IReadOnlyList<ExportFormat> Exports, Backend Backend)
    {
        public string Recipe => string.Join(" | ", Steps.Select(s => s.Text));

        public static Asked Read(CompileRequest request)
        {
            Budgets budgets = Budgets.Read(request);
            var asked = new Asked(request, budgets, RecipeBinder.Bind(request), Choices.Optimize(request), Choices.Numerics(request), Choices.Measure(request), ExportFormat.Read(request), Choices.Backend(request));
            return asked.Backend != Backend.OnnxRuntime || budgets.MaxScratch == null ? asked
                : throw Diagnostics.Metadata(request.Site, nameof(request.MaxScratch), request.MaxScratch, "nothing, where Backend is OnnxRuntime: what a call takes is not known beforehand");
        }
    }
}

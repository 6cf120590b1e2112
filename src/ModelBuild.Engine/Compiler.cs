using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Model file → plan and weights: import, simplify, prove, the recipe, lower, measure, budgets.</summary>
public static class Compiler
{
    /// <summary>How many made-up samples stand in where the item has no data.</summary>
    private const int RandomSamples = 16;

    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Ends it with an OperationCanceledException.</param>
    /// <param name="progress">Takes what steps that take long are at, for whoever watches.</param>
    /// <exception cref="DiagnosticException">The model, the recipe or the data is at fault; nothing was written.</exception>
    public static CompileResult Compile(CompileRequest request, CancellationToken cancellation, Action<string>? progress = null)
    {
        // What the user wrote is read first: a typing error should not wait for a measurement.
        Budgets budgets = Budgets.Read(request);
        EquatableArray<BoundStep> steps = RecipeBinder.Bind(request);
        Optimize optimize = Choices.Optimize(request);
        Numerics numerics = Choices.Numerics(request);
        bool measure = Choices.Measure(request);
        IReadOnlyList<ExportFormat> exports = ExportFormat.Read(request);
        Imported imported = ModelFormat.Import(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) });
        Graph own = Lowered(request, () => Simplify.Run(imported.Graph));
        CallerLayout layout = CallerLayout.Of(request, own);
        Graph source = layout.IsModels ? own : Lowered(request, () => Simplify.Run(layout.Apply(own)));
        var (labels, labelsFile) = LabelsFile.Read(request, source.Outputs[0], source.Types[source.Outputs[0]].Shape);
        PlanNames names = PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource, Labels = [.. labels] };
        DataInput[] inputs = [.. source.Inputs.Select(i => new DataInput(i, Identifiers.Input(i, request.Class), source.Types[i]))];
        names = names with { Pixels = Normalization.Pixels(request, inputs) };
        Dataset? calibration = Dataset.Calibration(request, inputs, names.Labels), evaluation = Dataset.Evaluation(request, inputs, names.Labels);
        ReferenceData? reference = ReferenceData.Open(request, own);
        evaluation?.NeedClasses(Classes(source));
        foreach (BoundStep step in steps)
            step.NeedCalibration(calibration != null);
        Dataset known = calibration ?? RandomData.Of(inputs, Normalization.Read(request, inputs), RandomSamples, seed: 1);

        Emitted before = Lowered(request, () => Emitted.From(source, names, numerics: numerics));
        // Proved is what the file says, in its own layout.
        Emitted plain = layout.IsModels ? before : Lowered(request, () => Emitted.From(own, names, numerics: numerics));
        Proof proof = Proof.Of(request.Model, imported.Graph, plain, layout.Back(known.Samples()), reference, cancellation);

        var notes = new List<string>();
        SearchTrace? search = null;
        var run = new RecipeRun(source, known, graph => Emitted.From(graph, names, optimize, numerics), cancellation) { Progress = at => progress?.Invoke(at) };
        var results = new List<StepResult> { run.Start(optimize == Optimize.Size ? before : Lowered(request, () => run.Emit(source))) };
        foreach (BoundStep step in steps)
        {
            var context = new PassContext(source)
            {
                Samples = known.Samples(), Labels = known.Labels, Note = notes.Add, Search = found => search = found, Progress = layer => progress?.Invoke($"{step.Text}: {layer}"), Cancellation = cancellation,
            };
            results.Add(Lowered(request, () => run.After(results[^1], step, context)));
        }

        string recipe = string.Join(" | ", steps.Select(s => s.Text));
        Graph graph = results[^1].Graph;
        Emitted after = results[^1].Emitted;
        // A step that costs nothing may gain nothing: that is worth a line in the report, and no more.
        ILookup<bool, Diagnostic> idle = Lowered(request, () => NoWin.Of(run, [.. steps], results).ToLookup(d => d.Severity == Severity.Message));
        Measurement measurement = Measurement.Of(evaluation != null ? "evaluation" : known.IsRandom ? "random" : "calibration", before, after, evaluation ?? known, cancellation);
        after = after.With(Facts(recipe, measurement));

        IReadOnlyList<ReportLayer> layers = ReportLayer.Compare(run.Start(before), results[^1]);
        var report = new Report(Path.GetFileName(request.Model), request.Class, recipe, names.Source.Hash, after.Plan.Tool,
            imported.Bytes, after.Weights.Length, after.Plan.Weights.ExpandedBytes, after.Plan.ScratchBytes, layers.Sum(l => l.Macs), proof.Import, proof, measurement,
            measure ? Timing.Of(before, after, (evaluation ?? known).Samples().First()) : null,
            [Footprint.Of("imported", imported.Graph), .. results.Select(r => r.Footprint)], layers, [.. notes, .. after.Choices, .. idle[true].Select(d => d.Text.Split('\n')[0])], search);
        Diagnostic[] diagnostics =
        [
            .. proof.Why.Length == 0 ? [] : new[] { Diagnostics.OtherJudge(request.Model, proof.Why) },
            .. BudgetCheck.Of(request.Site, budgets, report),
            .. idle[false],
        ];
        var files = new Dictionary<string, byte[]> { ["report.json"] = report.ToJson(), ["report.md"] = report.ToMarkdown(), ["report.html"] = report.ToHtml() };
        foreach (ExportFormat format in exports)
            files[Path.GetFileNameWithoutExtension(request.Model) + format.Extension] = Exported(request, () => format.Write(graph, after.Plan.Tool));
        string[] read = [.. imported.Files, .. labelsFile == null ? [] : new[] { labelsFile }, .. calibration?.Files ?? [], .. evaluation?.Files ?? [], .. reference?.Files ?? []];
        return new CompileResult(after.Text, after.Weights, report.Summary, files, [.. read.Distinct()], diagnostics);
    }

    private static int Classes(Graph graph) => graph.Types[graph.Outputs[0]].Shape is { Rank: > 0 } shape ? shape.Size : 1;

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
}

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
        Graph source = Lowered(request, () => Simplify.Run(imported.Graph));
        var (labels, labelsFile) = LabelsFile.Read(request, source.Outputs[0], source.Types[source.Outputs[0]].Shape);
        PlanNames names = PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource, Labels = [.. labels] };
        DataInput[] inputs = [.. source.Inputs.Select(i => new DataInput(i, Identifiers.Input(i, request.Class), source.Types[i]))];
        Dataset? calibration = Dataset.Calibration(request, inputs, names.Labels), evaluation = Dataset.Evaluation(request, inputs, names.Labels);
        ReferenceData? reference = ReferenceData.Open(request, source);
        evaluation?.NeedClasses(Classes(source));
        foreach (BoundStep step in steps)
            step.NeedCalibration(calibration != null);
        Dataset known = calibration ?? RandomData.Of(inputs, Normalization.Read(request, inputs), RandomSamples, seed: 1);

        Emitted before = Lowered(request, () => Emitted.From(source, names, numerics: numerics));
        Proof proof = Proof.Of(request.Model, imported.Graph, before, known, reference, cancellation);

        var footprints = new List<Footprint> { Footprint.Of("imported", imported.Graph), Footprint.Of("simplified", source) };
        var notes = new List<string>();
        Graph graph = source;
        foreach (BoundStep step in steps)
        {
            var context = new PassContext(source) { Samples = known.Samples(), Labels = known.Labels, Note = notes.Add, Progress = layer => progress?.Invoke($"{step.Text}: {layer}"), Cancellation = cancellation };
            graph = Lowered(request, () => Simplify.Run(step.Apply(graph, context)));
            footprints.Add(Footprint.Of(step.Text, graph));
        }

        string recipe = string.Join(" | ", steps.Select(s => s.Text));
        Emitted after = steps.Count == 0 && optimize == Optimize.Size ? before : Lowered(request, () => Emitted.From(graph, names, optimize, numerics));
        Measurement measurement = Measurement.Of(evaluation != null ? "evaluation" : known.IsRandom ? "random" : "calibration", before, after, evaluation ?? known, cancellation);
        after = after.With(Facts(recipe, measurement));

        IReadOnlyList<ReportLayer> layers = ReportLayers.Of(after);
        var report = new Report(Path.GetFileName(request.Model), request.Class, recipe, names.Source.Hash, after.Plan.Tool,
            imported.Bytes, after.Weights.Length, after.Plan.Weights.ExpandedBytes, after.Plan.ScratchBytes, layers.Sum(l => l.Macs), proof.Import, proof, measurement,
            measure ? Timing.Of(before, after, (evaluation ?? known).Samples().First()) : null, footprints, layers, [.. notes, .. after.Choices]);
        Diagnostic[] diagnostics =
        [
            .. proof.Why.Length == 0 ? [] : new[] { Diagnostics.OtherJudge(request.Model, proof.Why) },
            .. BudgetCheck.Of(request.Site, budgets, report),
        ];
        var files = new Dictionary<string, byte[]> { ["report.json"] = report.ToJson(), ["report.md"] = report.ToMarkdown() };
        foreach (ExportFormat format in exports)
            files[Path.GetFileNameWithoutExtension(request.Model) + format.Extension] = Lowered(request, () => format.Write(graph, after.Plan.Tool));
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

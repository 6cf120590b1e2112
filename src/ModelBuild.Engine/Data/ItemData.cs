namespace ModelBuild.Engine;

/// <summary>What an item says beside its model, read for the model's signature: the names of the class, and the samples.</summary>
/// <param name="Names">Of the class.</param>
/// <param name="Calibration">Null where the item has none.</param>
/// <param name="Evaluation">Null where the item has none.</param>
/// <param name="Reference">Null where the item has none.</param>
/// <param name="Known">Samples that steps and proof may look at: those of calibration, else made-up ones.</param>
/// <param name="Files">All that were read.</param>
internal sealed record ItemData(PlanNames Names, Dataset? Calibration, Dataset? Evaluation, ReferenceData? Reference, Dataset Known, IReadOnlyList<string> Files)
{
    /// <summary>How many made-up samples stand in where the item has no data.</summary>
    private const int RandomSamples = 16;

    /// <summary>What the result is measured on.</summary>
    public Dataset Measured => Evaluation ?? Known;

    public string MeasuredName => Evaluation != null ? "evaluation" : Known.IsRandom ? "random" : "calibration";

    /// <param name="request">Whose data it is.</param>
    /// <param name="graph">As the caller has it.</param>
    /// <param name="own">As the model has it.</param>
    /// <exception cref="DiagnosticException">MB1xxx: labels, normalization or data can't be used for this model.</exception>
    public static ItemData Read(CompileRequest request, Graph graph, Graph own)
    {
        var (labels, labelsFile) = LabelsFile.Read(request, graph.Outputs[0], graph.Types[graph.Outputs[0]].Shape);
        PlanNames names = PlanNames.Of(request.Model, request.Class, request.Namespace) with { Resource = request.Resource, Labels = [.. labels] };
        DataInput[] inputs = [.. graph.Inputs.Select(i => new DataInput(i, Identifiers.Input(i, request.Class), graph.Types[i]))];
        names = names with { Pixels = Normalization.Pixels(request, inputs) };
        Dataset? calibration = Dataset.Calibration(request, inputs, names.Labels), evaluation = Dataset.Evaluation(request, inputs, names.Labels);
        ReferenceData? reference = ReferenceData.Open(request, own);
        evaluation?.NeedClasses(graph.Types[graph.Outputs[0]].Shape is { Rank: > 0 } shape ? shape.Size : 1);
        Dataset known = calibration ?? RandomData.Of(inputs, Normalization.Read(request, inputs), RandomSamples, seed: 1);
        return new(names, calibration, evaluation, reference, known, [.. labelsFile == null ? [] : new[] { labelsFile }, .. calibration?.Files ?? [], .. evaluation?.Files ?? [], .. reference?.Files ?? []]);
    }
}

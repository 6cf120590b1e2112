using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Engine;

/// <summary>A whole model against reference data, or against ONNX Runtime on made-up inputs: |y−r| ≤ 1e-4·max|r| for every output.</summary>
internal static class ModelCheck
{
    private const double Limit = 1e-4;

    private const int RandomSamples = 8;

    /// <param name="reference">The file of a <see cref="ReferenceData"/>; empty for none.</param>
    /// <exception cref="DiagnosticException">MB1xxx: the dimensions or the reference can't be used.</exception>
    public static CaseResult Run(string file, string dimensions, string reference, Execution execution, CancellationToken cancellation) => CaseResult.Of(Path.GetFileName(file), [], () =>
    {
        var lengths = Dimensions.Read(new CompileRequest(file, "", "") { Dimensions = dimensions });
        Graph graph = ModelFormat.Import(file, ImportOptions.None with { Dimensions = lengths }).Graph;
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.Of(file), numerics: Numerics.Default);
        return reference.Length > 0 ? AgainstFile(reference, graph, emitted, execution) : AgainstJudge(file, graph, emitted, execution, cancellation);
    });

    private static (Verdict, string) AgainstFile(string reference, Graph graph, Emitted emitted, Execution execution)
    {
        ReferenceData data = ReferenceData.Open(new DataSource(new Site(reference, 0), "--reference", reference, reference, DataRange.All), graph);
        Tensor[][] inputs = [.. data.Inputs.Samples()];
        return Compare(graph, [.. data.Outputs.Samples()], execution(emitted, inputs), $"the reference's {inputs.Length} samples");
    }

    private static (Verdict, string) AgainstJudge(string file, Graph graph, Emitted emitted, Execution execution, CancellationToken cancellation)
    {
        DataInput[] inputs = [.. graph.Inputs.Select(i => new DataInput(i, i, graph.Types[i]))];
        Tensor[][] samples = [.. RandomData.Of(inputs, Normalization.None, RandomSamples, seed: 1).Samples()];
        IReadOnlyList<Tensor[]> results = execution(emitted, samples);
        using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, graph, out string why);
        try
        {
            if (judge != null)
                return Compare(graph, [.. samples.Select(s => Judged(judge, graph, s, cancellation))], results, $"ONNX Runtime{(ModelFormat.Of(file).RunsInOnnxRuntime ? "" : " (our export of the import)")} on {samples.Length} random samples");
        }
        catch (OnnxRuntimeException e)
        {
            why = e.Message;
        }
        // Slow, so one sample.
        return Compare(graph, [Reference.Run(graph, samples[0], cancellation)], results, $"the scalar reference on a random sample, as ONNX Runtime could not judge ({why})");
    }

    private static Tensor[] Judged(OnnxRuntimeModel judge, Graph graph, Tensor[] sample, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return judge.Run(graph, sample);
    }

    private static (Verdict, string) Compare(Graph graph, Tensor[][] expected, IReadOnlyList<Tensor[]> actual, string judge)
    {
        double worst = 0;
        for (int sample = 0; sample < expected.Length; sample++)
        {
            for (int i = 0; i < graph.Outputs.Length; i++)
            {
                Tensor y = actual[sample][i], r = expected[sample][i];
                if (y.Type != r.Type)
                    return (Verdict.Fail, $"output '{graph.Outputs[i]}' is {y.Type} where {r.Type} is expected");
                double error = Comparison.Error(y, r);
                if (!(error <= Limit))
                    return (Verdict.Fail, $"sample {sample}, output '{graph.Outputs[i]}': differs from {judge} by {Short(error)} of its largest value, and {Short(Limit)} is the limit");
                worst = Math.Max(worst, error);
            }
        }
        return (Verdict.Pass, $"error {Short(worst)} against {judge}");
    }

    private static string Short(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);
}

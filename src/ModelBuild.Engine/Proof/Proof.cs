using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Engine;

/// <summary>
/// That import, simplify and our kernels compute what the model's file says: both sides run on samples, and outputs are compared. The judge is ONNX Runtime;
/// where it can't load or can't run the model, the operators' plain reference is. Of a format that ONNX Runtime doesn't read it judges our export of the
/// import, which says nothing of the import itself: what that computes must equal the item's Reference.
/// </summary>
/// <param name="Judge">Who judged.</param>
/// <param name="Samples">On how many samples.</param>
/// <param name="Error">The largest max|y−r| / max|r| of any output.</param>
/// <param name="Why">Why it was not ONNX Runtime; else empty.</param>
/// <param name="Import"><c>proved</c> if ONNX Runtime judged the file itself or a reference was met, else <c>unproved</c>.</param>
/// <param name="Reference">How far the import is from the item's Reference; null without one.</param>
internal sealed record Proof(string Judge, int Samples, double Error, string Why, [property: JsonIgnore] string Import, ReferenceProof? Reference)
{
    private const int MostSamples = 16;

    /// <summary>The limit of a float model (contract, Numbers), and of one that holds integers already: there, single steps may differ and carry on.</summary>
    public const double FloatLimit = 1e-4, QuantizedLimit = 5e-2;

    /// <exception cref="DiagnosticException">MB3001: the two differ by more than the limit; the text names the first tensor that does. MB3011: the reference differs.</exception>
    public static Proof Of(string file, Graph imported, Emitted emitted, IEnumerable<Tensor[]> data, ReferenceData? reference, CancellationToken cancellation)
    {
        bool ofFile = ModelFormat.Of(file).RunsInOnnxRuntime;
        using OnnxRuntimeModel? model = OnnxRuntimeModel.TryOpen(file, imported, out string why);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        double limit = imported.Nodes.Any(n => n.Op.Quantizes != null) ? QuantizedLimit : FloatLimit, worst = 0;
        int samples = 0;
        bool judged = model != null;
        foreach (Tensor[] sample in data.Take(MostSamples))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[]? expected = judged ? Judged(model!, imported, sample, ref why) : null;
            if (expected == null && judged)
                judged = false;
            expected ??= ModelBuild.Engine.Reference.Run(imported, sample, cancellation);
            Tensor[] actual = runner.Run(sample);
            samples++;
            for (int i = 0; i < actual.Length; i++)
            {
                double error = Comparison.Error(actual[i], expected[i]);
                worst = Math.Max(worst, error);
                if (!(error <= limit))
                    throw Diagnostics.Differs(file, imported.Outputs[i], error, limit, judged ? "ONNX Runtime" : "the scalar reference", FirstFault(imported, sample, limit, cancellation));
            }
            // The reference is slow: one sample says what can be said.
            if (!judged)
                break;
        }
        ReferenceProof? met = reference?.Check(runner.Run, imported.Outputs, limit, cancellation);
        string judge = !judged ? "scalar reference" : ofFile ? "ONNX Runtime" : "ONNX Runtime, on the import's export";
        return new Proof(judge, samples, worst, judged ? "" : why, (judged && ofFile) || met != null ? "proved" : "unproved", met);
    }

    private static Tensor[]? Judged(OnnxRuntimeModel model, Graph graph, Tensor[] sample, ref string why)
    {
        try
        {
            return model.Run(graph, sample);
        }
        catch (OnnxRuntimeException e)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>The first value, in execution order, that our kernels and the reference disagree on.</summary>
    private static string FirstFault(Graph graph, Tensor[] sample, double limit, CancellationToken cancellation)
    {
        string[] values = [.. graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0)];
        Graph watched = graph with { Outputs = [.. values] };
        Emitted emitted = Emitted.From(watched, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Tensor[] actual = runner.Run(sample), expected = ModelBuild.Engine.Reference.Run(watched, sample, cancellation);
        int first = Enumerable.Range(0, values.Length).FirstOrDefault(i => !(Comparison.Error(actual[i], expected[i]) <= limit), -1);
        return first < 0 ? "no tensor alone differs, so simplification does" : $"the first tensor that differs is '{values[first]}', of {graph.Nodes.First(n => n.Outputs.Contains(values[first]))}";
    }
}

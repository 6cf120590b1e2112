using System.Diagnostics;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>The generated class against ONNX Runtime, in one process, on one sample.</summary>
internal static class Benchmark
{
    private const int Counted = 100;

    public static BenchResult Run(CompileRequest request, int threads, string calibration, CancellationToken cancellation)
    {
        bool quantized = RecipeBinder.Bind(request).Any(s => s.Step.Name.Equals("quantize", StringComparison.OrdinalIgnoreCase));
        CompileResult compiled = Compiler.Compile(request, cancellation);
        Plan plan = PlanText.Parse(compiled.PlanText);
        DataInput[] inputs = [.. plan.Inputs.Select(i => new DataInput(i.Name, i.Identifier, Type(i)))];
        Tensor[] sample = (Dataset.Calibration(request, inputs, []) ?? RandomData.Of(inputs, Normalization.Read(request, inputs), 1, seed: 1)).Samples().First();
        (string, Tensor)[] bound = [.. plan.Inputs.Zip(sample, (i, tensor) => (i.Name, tensor))];
        (string, TensorType)[] results = [.. plan.Outputs.Select(o => (o.Name, Type(o)))];

        byte[][] x = [.. sample.Select(t => t.Bytes.ToArray())], y = [.. results.Select(r => new byte[r.Item2.Bytes])];
        using GeneratedClass generated = GeneratedClass.Load(plan, compiled.Weights, unload: false);
        long start = Stopwatch.GetTimestamp();
        Action<byte[][], byte[][]> run = generated.New(threads);
        run(x, y);
        double first = Stopwatch.GetElapsedTime(start).TotalMicroseconds;

        // Files beside the model hold weights of large ones, so the session needs the path.
        using OnnxRuntimeBinding? whole = OnnxRuntimeBinding.TryOpen(request.Model, bound, results, threads, out string why);
        string export = Path.GetFileNameWithoutExtension(request.Model) + ".onnx";
        using OnnxRuntimeBinding? ours = quantized && compiled.Files.TryGetValue(export, out byte[]? bytes) ? OnnxRuntimeBinding.TryOpen(bytes, bound, results, threads, out why) : null;
        OnnxRuntimeBinding[] baselines = [.. new[] { whole, ours }.OfType<OnnxRuntimeBinding>()];

        double[][] rounds = Rounds.Measure([() => run(x, y), .. baselines.Select(b => (Action)b.Run)], cancellation);
        double[] medians = [.. rounds.Select(Rounds.Median)];
        int fastest = Enumerable.Range(1, baselines.Length).DefaultIfEmpty(0).MinBy(b => medians[b]);
        double[] ratios = [.. rounds[0].Zip(rounds[fastest], (own, other) => own / other).Order()];
        double? Of(OnnxRuntimeBinding? baseline) => baseline == null ? null : medians[1 + Array.IndexOf(baselines, baseline)];
        double? Quantile(double share) => fastest == 0 ? null : ratios[(int)(share * (ratios.Length - 1))];

        Tensor[] computed = [.. results.Zip(y, (r, data) => new Tensor(r.Item2, data))];
        double? Error(OnnxRuntimeBinding? baseline) => baseline?.Outputs().Zip(computed, (r, own) => Comparison.Error(own, r)).Max();
        return new BenchResult(
            Path.GetFileName(request.Model), request.Recipe, calibration, threads, rounds[0].Length, compiled.Weights.Length,
            medians[0], fastest == 0 ? null : medians[fastest], fastest == 0 ? null : Rounds.Median(ratios), Quantile(0.25), Quantile(0.75), Of(whole), Of(ours),
            Allocated(() => run(x, y)), first, Error(whole), Error(ours), why);
    }

    private static double Allocated(Action call)
    {
        call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Counted; i++)
            call();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Counted;
    }

    private static TensorType Type(PlanTensor tensor) => new(CallCompiler.Element(tensor), Shape.Of(tensor.Shape));
}

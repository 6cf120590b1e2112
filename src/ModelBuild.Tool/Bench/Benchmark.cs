using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>The generated class against ONNX Runtime, in one process, on one sample.</summary>
internal static class Benchmark
{
    private const int Counted = 100;

    // Workers of ONNX Runtime's spin for up to 30 ms after a run and take a core from whoever is measured next.
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(100);

    /// <param name="request">The model and how it is compiled.</param>
    /// <param name="threads">How many a call may use.</param>
    /// <param name="calibration">In words, what it is calibrated on.</param>
    /// <param name="scratch">A folder for files of its own.</param>
    /// <param name="cancellation">Ends it.</param>
    public static BenchResult Run(CompileRequest request, int threads, string calibration, string scratch, CancellationToken cancellation)
    {
        bool quantized = RecipeBinder.Bind(request).Any(s => s.Step.Name.Equals("quantize", StringComparison.OrdinalIgnoreCase));
        CompileResult compiled = Compiler.Compile(request, cancellation);
        Plan plan = PlanText.Parse(compiled.PlanText);
        DataInput[] inputs = [.. plan.Inputs.Select(i => new DataInput(i.Name, i.Identifier, Type(i)))];
        Tensor[] sample = (Dataset.Calibration(request, inputs, []) ?? RandomData.Of(inputs, Normalization.Read(request, inputs), 1, seed: 1)).Samples().First();
        (string, Tensor)[] bound = [.. plan.Inputs.Zip(sample, (i, tensor) => (i.Name, tensor))];
        (string, TensorType)[] results = [.. plan.Outputs.Select(o => (o.Name, Type(o)))];

        byte[][] x = [.. sample.Select(t => t.Bytes.ToArray())], y = [.. results.Select(r => new byte[r.Item2.Bytes])];
        byte[] assembly = GeneratedClass.Compile(plan, compiled.Weights);
        var first = new FirstCall(assembly, compiled.PlanText, sample, scratch);
        double firstCall = first.Measure(threads, cancellation);
        using GeneratedClass generated = GeneratedClass.Load(assembly, unload: false);
        Action<byte[][], byte[][]> run = generated.New(threads);

        // Files beside the model hold weights of large ones, so the session needs the path.
        string given = request.Model;
        if (!ModelFormat.Of(given).RunsInOnnxRuntime)
            File.WriteAllBytes(given = Path.Combine(scratch, "import.onnx"), OnnxWriter.Write(ModelFormat.Import(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) }).Graph, ""));
        string export = Path.Combine(scratch, "export.onnx");
        if (quantized && compiled.Files.TryGetValue(Path.GetFileNameWithoutExtension(request.Model) + ".onnx", out byte[]? bytes))
            File.WriteAllBytes(export, bytes);
        using OnnxRuntimeBinding? whole = OnnxRuntimeBinding.TryOpen(given, bound, results, threads, out string why);
        using OnnxRuntimeBinding? ours = File.Exists(export) ? OnnxRuntimeBinding.TryOpen(export, bound, results, threads, out why) : null;
        (OnnxRuntimeBinding Binding, double FirstCall)[] baselines = [.. new[] { (whole, given), (ours, export) }
            .Where(b => b.Item1 != null).Select(b => (b.Item1!, first.Measure(threads, cancellation, b.Item2)))];

        double[][] rounds = Rounds.Measure([() => run(x, y), .. baselines.Select(b => (Action)b.Binding.Run)], threads > 1 ? s_apart : TimeSpan.Zero, cancellation);
        double[] medians = [.. rounds.Select(Rounds.Median)];
        int fastest = Enumerable.Range(1, baselines.Length).DefaultIfEmpty(0).MinBy(b => medians[b]);
        double[] ratios = [.. rounds[0].Zip(rounds[fastest], (own, other) => own / other).Order()];
        double? Of(OnnxRuntimeBinding? baseline) => baseline == null ? null : medians[1 + Array.FindIndex(baselines, b => b.Binding == baseline)];
        double? Quantile(double share) => fastest == 0 ? null : ratios[(int)(share * (ratios.Length - 1))];

        Tensor[] computed = [.. results.Zip(y, (r, data) => new Tensor(r.Item2, data))];
        double? Error(OnnxRuntimeBinding? baseline) => baseline?.Outputs().Zip(computed, (r, own) => Comparison.Error(own, r)).Max();
        return new BenchResult(
            Path.GetFileName(request.Model), request.Recipe, calibration, threads, rounds[0].Length, compiled.Weights.Length,
            medians[0], fastest == 0 ? null : medians[fastest], fastest == 0 ? null : Rounds.Median(ratios), Quantile(0.25), Quantile(0.75), Of(whole), Of(ours),
            Allocated(() => run(x, y)), firstCall, fastest == 0 ? null : baselines[fastest - 1].FirstCall, Error(whole), Error(ours), why) { Exported = given != request.Model };
    }

    public static TensorType Type(PlanTensor tensor) => new(CallCompiler.Element(tensor), Shape.Of(tensor.Shape));

    /// <summary>Bytes a call, on all threads; the least of some attempts, as the runtime's own threads allocate too.</summary>
    private static double Allocated(Action call)
    {
        return Enumerable.Range(0, 3).Min(_ => Attempt());

        double Attempt()
        {
            call();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Counted; i++)
                call();
            return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Counted;
        }
    }
}

namespace ModelBuild.Engine.Tests;

/// <summary>What is written as ONNX, against what was compiled.</summary>
[TestClass]
public class OnnxExportTests
{
    private const string Suite = "/usr/share/libonnx-testdata/data";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Write_IsReadAsTheSameGraph_ForEveryCaseOfTheSuite()
    {
        if (!Directory.Exists(Suite))
            Assert.Inconclusive($"{Suite} is absent: apt-get install libonnx-testdata");
        int written = 0;
        var operators = new HashSet<string>();
        foreach (string folder in Directory.GetDirectories(Suite).SelectMany(Directory.GetDirectories).Where(BackendCase.Is).Order(StringComparer.Ordinal))
        {
            Graph graph;
            byte[] bytes;
            try
            {
                graph = BackendCase.Import(folder);
                bytes = OnnxWriter.Write(graph, "test");
            }
            catch (Exception e) when (e is DiagnosticException or OperatorException)
            {
                continue;
            }
            string file = Path.Combine(Path.GetTempPath(), $"modelbuild-export-{Environment.ProcessId}.onnx");
            File.WriteAllBytes(file, bytes);
            Graph again = OnnxReader.Read(file, ImportOptions.None with { Shapes = graph.Inputs.ToDictionary(i => i, i => graph.Types[i].Shape) }).Graph;
            File.Delete(file);
            Assert.AreEqual(Text(graph), Text(again), folder);
            operators.UnionWith(graph.Nodes.Select(n => n.Op.Name));
            written++;
        }
        TestContext.WriteLine($"{written} cases, {operators.Count} operators; never written: {string.Join(" ", OnnxOperators.ByOp.Values.Select(o => o.Name).Except(operators))}");
        Assert.IsGreaterThan(600, written);
    }

    [TestMethod]
    [DataRow("burn_mnist", "", "", "")]
    [DataRow("tiny_resnet8_cifar10", "", "", "")]
    [DataRow("tiny_dscnn_kws", "", "", "")]
    [DataRow("fastestdet_shufflenetv2", "", "", "")]
    [DataRow("burn_mnist", "quantize(fp16)", "", "")]
    [DataRow("tiny_mobilenetv1_025_vww", "prune(0.5) | quantize(fp16)", "", "")]
    [DataRow("burn_mnist", "palettize(2, solve: nearest) | encode()", "", "")]
    [DataRow("tiny_resnet8_cifar10", "quantize(int4, solve: nearest)", "", "")]
    [DataRow("tiny_dscnn_kws", "quantize(ternary, solve: nearest)", "", "")]
    [DataRow("burn_mnist", "quantize(int8)", "mnist_train.npz[..64]", "mnist_test.npz[..32]")]
    [DataRow("tiny_resnet8_cifar10", "quantize(int8)", "cifar10_train.npz[..64]", "cifar10_test.npz[..32]")]
    [DataRow("tiny_dscnn_kws", "quantize(int8)", "keyword_spotting.npz[0..64]", "keyword_spotting.npz[300..332]")]
    [DataRow("tiny_mobilenetv1_025_vww", "quantize(int8)", "person_detection.npz[0..16]", "person_detection.npz[32..64]")]
    public void Compile_ExportsWhatOnnxRuntimeRunsAlike(string name, string recipe, string calibration, string evaluation)
    {
        string data = Path.GetDirectoryName(Fixtures.Path("data/mnist_test.npz"))!, folder = Directory.CreateTempSubdirectory("modelbuild-export").FullName;
        string Data(string file) => file.Length == 0 ? "" : Path.Combine(data, file);
        string scale = name == "tiny_mobilenetv1_025_vww" || name == "burn_mnist" ? "1/255" : "";
        var request = new CompileRequest(Fixtures.Path($"models/onnx/{name}.onnx"), "Model", "Models", recipe, Data(calibration), Data(evaluation), scale, Export: "onnx");
        CompileResult result = Compiler.Compile(request, CancellationToken.None);
        string file = Path.Combine(folder, $"{name}.onnx");
        File.WriteAllBytes(file, result.Files[$"{name}.onnx"]);

        Graph exported = Simplify.Run(OnnxReader.Read(file, ImportOptions.None).Graph);
        using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, out string why);
        Assert.IsNotNull(judge, why);
        using var runner = new PlanRunner(PlanText.Parse(result.PlanText), result.Weights);
        DataInput[] inputs = [.. exported.Inputs.Select(i => new DataInput(i, i, exported.Types[i]))];
        Dataset samples = Dataset.Evaluation(request, inputs, []) ?? RandomData.Of(inputs, Normalization.Read(request, inputs), 8, seed: 3);
        double worst = 0;
        foreach (Tensor[] sample in samples.Samples())
        {
            Tensor[] expected = judge.Run([.. exported.Inputs.Zip(sample)]), actual = runner.Run(sample);
            for (int i = 0; i < expected.Length; i++)
            {
                // One step where the output's integers are what it is made of; else float rounding.
                double step = exported.Nodes.FirstOrDefault(n => n.Outputs.Contains(exported.Outputs[i]))?.Op.Dequantizes?.Scale ?? 0;
                double[] y = actual[i].Doubles(), r = expected[i].Doubles();
                double limit = step > 0 ? step * 1.001 : recipe.Contains("int8") ? SoftmaxStep : 1e-4 * r.Max(Math.Abs);
                for (int e = 0; e < y.Length; e++)
                {
                    worst = Math.Max(worst, Math.Abs(y[e] - r[e]) / limit);
                    Assert.IsLessThanOrEqualTo(limit, Math.Abs(y[e] - r[e]), $"{exported.Outputs[i]}[{e}]");
                }
            }
        }
        TestContext.WriteLine($"{name} {recipe}: {result.Files[$"{name}.onnx"].Length} bytes, {worst:0.000} of the limit");
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow("quantize(weights: int8, wide: none)", 8, 0.30)]
    [DataRow("quantize(int4, wide: none)", 4, 0.17)]
    [DataRow("quantize(int3, wide: none)", 4, 0.17)]
    [DataRow("quantize(quaternary, wide: none)", 4, 0.17)]
    [DataRow("quantize(ternary, wide: none)", 4, 0.17)]
    [DataRow("quantize(int4, block: 32, wide: none)", 4, 0.19)]
    [DataRow("quantize(weights: int8, block: 64, wide: none)", 8, 0.32)]
    [DataRow("palettize(4, wide: none)", 4, 0.17)]
    [DataRow("palettize(6, wide: none)", 8, 0.30)]
    public void Write_StoresWeightsOfFewLevelsInTheirBits(string recipe, int bits, double share)
    {
        Graph graph = Network(), after = RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)).Single()
            .Apply(graph, new PassContext(graph) { Samples = [.. Enumerable.Range(0, 8).Select(Sample)] });
        string file = Path.Combine(Path.GetTempPath(), $"modelbuild-bits-{Environment.ProcessId}.onnx");
        byte[] bytes = OnnxWriter.Write(after, "test");
        File.WriteAllBytes(file, bytes);
        try
        {
            int weights = graph.Nodes.Where(n => n.Op.WeightsAxis != null).Sum(n => graph.Constant(n.Inputs[1])!.Shape.Size);
            Assert.IsTrue(bytes.Length > weights * bits / 8 && bytes.Length < share * OnnxWriter.Write(graph, "test").Length, $"{bytes.Length} of {OnnxWriter.Write(graph, "test").Length}");
            using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, out string why);
            Assert.IsNotNull(judge, why);
            Emitted emitted = Emitted.From(Simplify.Run(after), PlanNames.None), again = Emitted.From(Simplify.Run(OnnxReader.Read(file, ImportOptions.None).Graph), PlanNames.None);
            // What was read again is as small, and gives the same.
            Assert.AreEqual(emitted.Weights.Length, again.Weights.Length);
            using PlanRunner runner = new(emitted.Plan, emitted.Weights), second = new(again.Plan, again.Weights);
            foreach (Tensor[] sample in Enumerable.Range(50, 4).Select(Sample))
            {
                Tensor actual = runner.Run(sample)[0];
                Assert.IsLessThan(1e-5, (double)Comparison.Error(actual, judge.Run([("x", sample[0])])[0]));
                CollectionAssert.AreEqual(actual.Bytes.ToArray(), second.Run(sample)[0].Bytes.ToArray());
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Tensor[] Sample(int seed)
    {
        var random = new Random(seed);
        return [Tensor.Of([1, 8, 10, 10], [.. Enumerable.Range(0, 800).Select(_ => 2 * random.NextSingle() - 1)])];
    }

    /// <summary>A convolution, a grouped one, a Gemm behind them and a MatMul; one output's weights are zero.</summary>
    private static Graph Network()
    {
        var random = new Random(5);
        var builder = new GraphBuilder("network");
        builder.AddInput("x", Sample(0)[0].Type);
        string wide = builder.Add("wide", Conv(1), "x", Weights("wide.w", [64, 8, 3, 3], 64 * 72));
        string grouped = builder.Add("grouped", Conv(4), builder.Add("relu", new Relu(), wide), Weights("grouped.w", [48, 16, 3, 3], 0));
        string pooled = builder.Add("pool", new MaxPool(new([2, 2]), new([2, 2]), new([1, 1]), new([0, 0, 0, 0])), grouped);
        string flat = builder.Add("flat", new Flatten(1), pooled);
        string gemm = builder.Add("gemm", new Gemm(TransB: true), flat, Weights("gemm.w", [40, 48 * 25], 0));
        return Simplify.Run(builder.Build([builder.Add("matmul", new MatMul(), builder.Add("relu2", new Relu(), gemm), Weights("matmul.w", [40, 70], 0))]));

        static Conv Conv(int group) => new(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1]), group);

        string Weights(string name, Shape shape, int live) =>
            builder.AddConstant(name, Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => live > 0 && i >= live - 72 ? 0 : (random.NextSingle() - 0.5f) / 8)]));
    }

    /// <summary>What one step of the logits may change in a probability.</summary>
    private const double SoftmaxStep = 0.03;

    private static string Text(Graph graph) => string.Join("\n",
    [
        .. graph.Inputs.Select(i => $"input {i} {graph.Types[i]}"),
        .. graph.Nodes.Select(n => $"{n.Op} {string.Join(",", n.Inputs.Select(i => graph.Constant(i) is { } c ? $"{c.Type} {Convert.ToHexString(c.Bytes.Span)}" : i))} -> {string.Join(",", n.Outputs)}"),
        .. graph.Outputs.Select(o => $"output {o} {graph.Types[o]} {graph.Batch}"),
    ]);
}

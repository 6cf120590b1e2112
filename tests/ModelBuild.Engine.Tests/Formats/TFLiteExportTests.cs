namespace ModelBuild.Engine.Tests;

/// <summary>What is written as TensorFlow Lite, read again, against what was compiled; and in LiteRT, where that is.</summary>
[TestClass]
public class TFLiteExportTests
{
    private const string Suite = "/usr/share/libonnx-testdata/data";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("onnx/burn_mnist.onnx")]
    [DataRow("onnx/onnxjs_mnist.onnx")]
    [DataRow("onnx/tiny_dscnn_kws.onnx")]
    [DataRow("onnx/tiny_mobilenetv1_025_vww.onnx")]
    [DataRow("onnx/tiny_resnet8_cifar10.onnx")]
    [DataRow("onnx/fastestdet_shufflenetv2.onnx")]
    [DataRow("onnx/ultraface_version-RFB-320.onnx")]
    [DataRow("onnx/ultraface_version-RFB-320_simplified.onnx")]
    [DataRow("tflite/alankrantas_mnist.tflite")]
    [DataRow("tflite/tflm_hello_world_f32.tflite")]
    [DataRow("tflite/tiny_autoencoder_ad_f32.tflite")]
    [DataRow("tflite/tiny_dscnn_kws_f32.tflite")]
    [DataRow("tflite/tiny_mobilenetv1_025_vww_f32.tflite")]
    [DataRow("tflite/tiny_resnet8_cifar10_f32.tflite")]
    [DataRow("tflite/tiny_resnet_large_cifar10_f32.tflite")]
    public void Write_IsReadAsWhatGivesTheSame(string model)
    {
        Graph graph = Simplify.Run(ModelFormat.Import(Fixtures.Path($"models/{model}"), ImportOptions.None).Graph);
        byte[] file = TFLiteWriter.Write(graph, "test");
        Graph again = Simplify.Run(TFLiteModel.Read(file));
        Assert.AreEqual(Signature(graph), Signature(again));
        Tensor[] sample = Sample(graph);
        Tensor[] expected = Run(graph, sample), actual = Run(again, sample);
        double worst = expected.Zip(actual).Max(p => Comparison.Error(p.Second, p.First));
        Check(file, sample, actual, 1e-5, 0);
        TestContext.WriteLine($"{model}: {file.Length} bytes, {new FileInfo(Fixtures.Path($"models/{model}")).Length} before; {worst:E2}; {Calls(file)}");
        Assert.IsLessThan(1e-5, worst);
    }

    [TestMethod]
    [DataRow("tflm_hello_world_int8", 1)]
    [DataRow("tflm_person_detect_int8", 1)]
    [DataRow("tiny_autoencoder_ad_int8", 1)]
    [DataRow("tiny_dscnn_kws_int8", 1)]
    [DataRow("tiny_mobilenetv1_025_vww_int8", 1)]
    [DataRow("tiny_resnet8_cifar10_int8", 1)]
    public void Write_KeepsIntegers(string name, int steps)
    {
        Graph graph = Simplify.Run(ModelFormat.Import(Fixtures.Path($"models/tflite/{name}.tflite"), ImportOptions.None).Graph);
        byte[] file = TFLiteWriter.Write(graph, "test");
        Graph again = Simplify.Run(TFLiteModel.Read(file));
        Tensor[] sample = Sample(graph);
        long[] expected = Run(graph, sample)[0].Int64s(), actual = Run(again, sample)[0].Int64s();
        long worst = expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second));
        TestContext.WriteLine($"{name}: {file.Length} bytes, {new FileInfo(Fixtures.Path($"models/tflite/{name}.tflite")).Length} before; {worst} steps; {Calls(file)}");
        Check(file, sample, Run(again, sample), 0, 2);
        Assert.IsLessThanOrEqualTo(steps, worst);
        Assert.IsFalse(Calls(file).Contains("TRANSPOSE", StringComparison.Ordinal), Calls(file));
    }

    // Its weights are unsigned bytes whose zero is not the middle, which signed ones can't say: products run in floating point, and integers are off by what that rounds otherwise.
    [TestMethod]
    public void Write_SaysUnsignedWeightsInFloats()
    {
        Graph graph = Simplify.Run(ModelFormat.Import(Fixtures.Path("models/tflite/coral_mobilenet_v1_0.25_128_quant.tflite"), ImportOptions.None).Graph);
        Graph again = Simplify.Run(TFLiteModel.Read(TFLiteWriter.Write(graph, "test")));
        Assert.AreEqual(Signature(graph), Signature(again));
        Tensor[] sample = Sample(graph);
        CollectionAssert.AreEqual(Reference.Run(graph, sample, default)[0].Int64s(), Reference.Run(again, sample, default)[0].Int64s());
    }

    // Pools whose scales change, pads of all kinds, a concatenation, a gate.
    [TestMethod]
    public void Write_KeepsIntegersOfEveryKind()
    {
        Graph graph = Simplify.Run(new SeededNetwork().QuantizedGraph());
        byte[] file = TFLiteWriter.Write(graph, "test");
        Graph again = Simplify.Run(TFLiteModel.Read(file));
        Tensor[] sample = [new SeededNetwork().Input(5)], expected = Run(graph, sample), actual = Run(again, sample);
        TestContext.WriteLine(Calls(file));
        for (int o = 0; o < expected.Length; o++)
        {
            float step = graph.Nodes.First(n => n.Outputs.Contains(graph.Outputs[o])).Op.Dequantizes!.Scale;
            double worst = expected[o].Doubles().Zip(actual[o].Doubles()).Max(p => Math.Abs(p.First - p.Second)) / step;
            TestContext.WriteLine($"{graph.Outputs[o]}: {worst:0.00} steps");
            Assert.IsLessThanOrEqualTo(2.01, worst);
        }
        Check(file, sample, actual, 0.02, 0);
    }

    [TestMethod]
    public void Write_TakesRowsWithoutHeight()
    {
        var random = new Random(9);
        Tensor Weights(params int[] shape) => Tensor.Of(Shape.Of(shape), [.. Enumerable.Range(0, Shape.Of(shape).Size).Select(_ => random.NextSingle() - 0.5f)]);
        var builder = new GraphBuilder("rows");
        builder.AddInput("x", new(ElementType.Float32, [2, 3, 20]));
        EquatableArray<int> one = new([1]), two = new([2]), three = new([3]);
        string y = builder.Add("relu", new Relu(), builder.Add("conv", new Conv(three, two, one, new([1, 1])), "x", builder.AddConstant("w", Weights(8, 3, 3)), builder.AddConstant("b", Weights(8))));
        y = builder.Add("mean", new AveragePool(three, two, one, new([1, 1])), builder.Add("deep", new Conv(three, one, one, new([2, 0]), 8), y, builder.AddConstant("v", Weights(8, 1, 3))));
        Graph graph = builder.Build([builder.Add("softmax", new Softmax(1), y)]);
        byte[] file = TFLiteWriter.Write(graph, "test");
        Tensor[] sample = Sample(graph), actual = Run(Simplify.Run(TFLiteModel.Read(file)), sample);
        Assert.IsLessThan(1e-5, Comparison.Error(actual[0], Run(graph, sample)[0]));
        Check(file, sample, actual, 1e-5, 0);
    }

    [TestMethod]
    public void Write_CancelsTranspositions()
    {
        var builder = new GraphBuilder("images");
        builder.AddInput("x", new(ElementType.Float32, [1, 9, 9, 4]));
        string first = builder.Add("first", new Transpose(TFLiteValues.ToFirst), "x"), relu = builder.Add("relu", new Elu(), first);
        string pool = builder.Add("pool", new MaxPool(new([2, 2]), new([2, 2]), new([1, 1]), new([0, 0, 0, 0])), builder.Add("sum", new Add(), relu, first));
        byte[] file = TFLiteWriter.Write(builder.Build([builder.Add("last", new Transpose(TFLiteValues.ToLast), pool)]), "test");
        Assert.AreEqual("1×ELU 1×ADD 1×MAX_POOL_2D", Calls(file));
    }

    // No larger than the files that TensorFlow's converter makes of the same networks, and as often right as ours are.
    [TestMethod]
    [DataRow("tiny_dscnn_kws", "keyword_spotting.npz[0..300]", "keyword_spotting.npz[300..]", "", 53_936)]
    [DataRow("tiny_resnet8_cifar10", "cifar10_train.npz[..128]", "cifar10_test.npz[..1000]", "", 98_496)]
    [DataRow("tiny_mobilenetv1_025_vww", "person_detection.npz[0..32]", "person_detection.npz[32..]", "1/255", 333_288)]
    public void Compile_ExportsIntegers(string name, string calibration, string evaluation, string scale, int bytes)
    {
        string data = Path.GetDirectoryName(Fixtures.Path("data/mnist_test.npz"))!;
        var request = new CompileRequest(Fixtures.Path($"models/onnx/{name}.onnx"), "Model", "Models", "quantize(int8)", Path.Combine(data, calibration), Path.Combine(data, evaluation), scale, Export: "tflite");
        CompileResult result = Compiler.Compile(request, CancellationToken.None);
        byte[] file = result.Files[$"{name}.tflite"];
        Graph again = Simplify.Run(TFLiteModel.Read(file));
        Emitted emitted = Emitted.From(again, PlanNames.None);
        Assert.IsEmpty(emitted.Plan.Calls.Where(c => c.Kernel.EndsWith("F32F32", StringComparison.Ordinal)).Select(c => c.ToString()), "a product runs in floating point");
        using var ours = new PlanRunner(PlanText.Parse(result.PlanText), result.Weights);
        using var theirs = new PlanRunner(emitted.Plan, emitted.Weights);
        DataInput[] inputs = [.. again.Inputs.Select(i => new DataInput(i, i, again.Types[i]))];
        Dataset samples = Dataset.Evaluation(request, inputs, [])!;
        int count = 0, right = 0, before = 0, alike = 0;
        Tensor[]? first = null;
        foreach (Tensor[] sample in samples.Samples())
        {
            first ??= sample;
            int a = Largest(ours.Run(sample)[0]), b = Largest(theirs.Run(sample)[0]);
            before += a == samples.Labels![count] ? 1 : 0;
            right += b == samples.Labels![count++] ? 1 : 0;
            alike += a == b ? 1 : 0;
        }
        TestContext.WriteLine($"{name}: {file.Length} bytes; {before} right, {right} from the file, {alike} alike of {count}; {Calls(file)}");
        Check(file, first!, theirs.Run(first!), SoftmaxStep, 0);
        Assert.IsLessThanOrEqualTo(bytes, file.Length);
        Assert.IsLessThanOrEqualTo(0.003 * count, Math.Abs((double)before - right));
    }

    [TestMethod]
    public void Write_SaysEveryOperatorOfTheSuite()
    {
        if (!Directory.Exists(Suite))
            Assert.Inconclusive($"{Suite} is absent: apt-get install libonnx-testdata");
        var written = new HashSet<string>();
        var refused = new HashSet<string>();
        var wrong = new List<string>();
        var asked = new List<(string Name, byte[] File, Tensor[] Sample, Tensor[] Expected)>();
        int cases = 0;
        foreach (string folder in Directory.GetDirectories(Suite).SelectMany(Directory.GetDirectories).Where(BackendCase.Is).Order(StringComparer.Ordinal))
        {
            Graph graph;
            byte[] file;
            try
            {
                graph = BackendCase.Import(folder);
                file = TFLiteWriter.Write(graph, "test");
            }
            catch (Exception e) when (e is DiagnosticException or OperatorException or ExportException)
            {
                if (e is ExportException no)
                    refused.Add($"{no.Node.Op.Name}: {(no.Why.Length > 60 ? no.Why[..60] : no.Why)}");
                continue;
            }
            if (graph.Nodes.Length == 0 || graph.Types.Values.Any(t => t.Shape.Size == 0))
                continue;
            try
            {
                Graph again = TFLiteModel.Read(file, ImportOptions.None with { Shapes = graph.Inputs.ToDictionary(i => i, i => graph.Types[i].Shape) });
                Tensor[] sample = Sample(graph), expected = Reference.Run(graph, sample, default), actual = Reference.Run(again, sample, default);
                double error = expected.Zip(actual).Max(p => Comparison.Error(p.Second, p.First));
                if (!(error < 1e-5))
                    wrong.Add($"{Path.GetFileName(folder)}: {error:E1}");
                if (sample.Concat(expected).All(t => t.Element is ElementType.Float32 or ElementType.Int32 or ElementType.UInt8 && t.Shape.Rank > 0) && graph.Outputs.Distinct().Count() == graph.Outputs.Length)
                    asked.Add((Path.GetFileName(folder), file, sample, actual));
                cases++;
                written.UnionWith(graph.Nodes.Select(n => n.Op.Name));
            }
            catch (Exception e) when (e is not AssertFailedException)
            {
                wrong.Add($"{Path.GetFileName(folder)}: {e.GetType().Name} {e.Message.Split('\n')[0]}");
            }
        }
        TestContext.WriteLine($"{cases} cases of {string.Join(" ", written.Order(StringComparer.Ordinal))}; not written:\n{string.Join("\n", refused.Order(StringComparer.Ordinal))}");
        if (LiteRt.Absent is { } absent)
            TestContext.WriteLine($"LiteRT is not asked: {absent}");
        else
        {
            foreach (var (of, (outputs, why)) in asked.Zip(LiteRt.Run([.. asked.Select(a => (a.File, a.Sample, a.Expected))])))
            {
                double error = outputs == null ? 0 : of.Expected.Zip(outputs).Max(p => Comparison.Error(p.Second, p.First));
                if (outputs == null || !(error < 1e-4))
                    wrong.Add($"LiteRT, {of.Name}: {(outputs == null ? why : $"{error:E1}")}");
            }
            TestContext.WriteLine($"LiteRT: {asked.Count} cases");
        }
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
        Assert.IsGreaterThan(300, cases);
    }

    [TestMethod]
    [DataRow("quantize(fp16)", 0.55)]
    [DataRow("quantize(weights: int8, wide: none)", 0.35)]
    [DataRow("quantize(int4, solve: nearest)", 0.35)]
    public void Compile_ExportsWeightsOfFewBits(string recipe, double share)
    {
        var request = new CompileRequest(Fixtures.Path("models/onnx/tiny_resnet8_cifar10.onnx"), "Model", "Models", recipe, Path.Combine(Path.GetDirectoryName(Fixtures.Path("data/cifar10_train.npz"))!, "cifar10_train.npz[..32]"), Export: "tflite");
        CompileResult result = Compiler.Compile(request, CancellationToken.None);
        byte[] file = result.Files["tiny_resnet8_cifar10.tflite"];
        Graph again = Simplify.Run(TFLiteModel.Read(file));
        using var ours = new PlanRunner(PlanText.Parse(result.PlanText), result.Weights);
        Tensor[] sample = Sample(again), expected = ours.Run(sample);
        TestContext.WriteLine($"{recipe}: {file.Length} bytes; {Calls(file)}");
        Assert.IsLessThan(1e-5, Comparison.Error(Run(again, sample)[0], expected[0]));
        Assert.IsLessThan(share, file.Length / (double)new FileInfo(request.Model).Length);
        Check(file, sample, expected, 1e-5, 0);
    }

    /// <summary>What one step of the logits may change in a probability.</summary>
    private const double SoftmaxStep = 0.03;

    private static int Largest(Tensor scores) => Array.IndexOf(scores.Doubles(), scores.Doubles().Max());

    [TestMethod]
    public void Write_NamesTheNodeThatHasNoEqual()
    {
        var builder = new GraphBuilder("g");
        builder.AddInput("x", new(ElementType.Float32, [1, 4]));
        builder.Add(new Node("odd", new Erf(), new(["x"]), new(["y"])));
        ExportException e = Assert.ThrowsExactly<ExportException>(() => TFLiteWriter.Write(builder.Build(["y"]), "test"));
        string text = Diagnostics.Export("m.onnx", e).Message;
        Assert.Contains("node 'odd' (Erf) can't be written as TensorFlow Lite", text);
        Assert.Contains("valid: Abs, Add", text);
    }

    private static Tensor[] Sample(Graph graph)
    {
        var random = new Random(3);
        return [.. graph.Inputs.Select(i => graph.Types[i]).Select(t => t.Element.IsFloat()
            ? Tensor.From(t, [.. Enumerable.Range(0, t.Shape.Size).Select(_ => (double)random.NextSingle())])
            : Tensor.From(t, [.. Enumerable.Range(0, t.Shape.Size).Select(_ => t.Element is ElementType.Int8 or ElementType.UInt8 ? (long)random.Next(-128, 128) : t.Element != ElementType.Bool && graph.Nodes.Any(n => n.Op is Mod or Div) ? random.Next(1, 4) : random.Next(0, 2))]))];
    }

    private static string Signature(Graph graph) => string.Join(", ", graph.Inputs.Concat(graph.Outputs).Select(v => $"{v} {graph.Types[v]}").Append($"batch {graph.Batch}"));

    private static Tensor[] Run(Graph graph, Tensor[] sample)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run(sample);
    }

    private static string Calls(byte[] file) => string.Join(" ", new TFLiteFile("model.tflite", file).Calls().GroupBy(c => c.Name).Select(g => $"{g.Count()}×{g.Key}"));

    /// <summary>What LiteRT makes of the file, where it is there.</summary>
    private void Check(byte[] file, Tensor[] sample, Tensor[] expected, double within, long steps)
    {
        if (LiteRt.Absent is { } absent)
        {
            TestContext.WriteLine($"LiteRT is not asked: {absent}");
            return;
        }
        // Its package for JavaScript takes and gives float32, int32 and uint8.
        if (sample.Concat(expected).Any(t => t.Element is not (ElementType.Float32 or ElementType.Int32 or ElementType.UInt8)))
        {
            TestContext.WriteLine("LiteRT is not asked: integers of another type at the border");
            return;
        }
        var (actual, why) = LiteRt.Run([(file, sample, expected)])[0];
        Assert.IsNotNull(actual, why);
        for (int o = 0; o < expected.Length; o++)
        {
            double[] y = actual[o].Doubles(), r = expected[o].Doubles();
            double worst = y.Zip(r).Max(p => Math.Abs(p.First - p.Second)), limit = steps > 0 ? steps : within * Math.Max(1, r.Max(Math.Abs));
            TestContext.WriteLine($"LiteRT: output {o} off by {worst:E2}, limit {limit:E2}");
            Assert.IsLessThanOrEqualTo(limit, worst);
        }
    }
}

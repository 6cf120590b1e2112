namespace ModelBuild.Engine.Tests;

/// <summary>Real TensorFlow Lite files: what they compute, by executors that know nothing of us, and how often they are right.</summary>
[TestClass]
public class TFLiteFixtureTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("alankrantas_mnist")]
    [DataRow("tiny_mobilenetv1_025_vww_f32")]
    [DataRow("tiny_resnet8_cifar10_f32")]
    public void Run_AgreesWithTheReference(string name)
    {
        var (graph, runner) = Open(name);
        using (runner)
        {
            var request = new CompileRequest(Fixtures.Path($"models/tflite/{name}.tflite"), "Model", "Models", Reference: Fixtures.Path($"reference/{name}.tflite.npz"));
            ReferenceProof proof = ReferenceData.Open(request, graph)!.Check(runner, graph.Outputs, 1e-5, CancellationToken.None);
            TestContext.WriteLine($"{name}: {proof.Error:E2} over {proof.Samples} samples");
            Assert.IsGreaterThan(0, proof.Samples);
        }
    }

    // The file's own accuracy is known to 0.1 point (shared/fixtures/README.md).
    [TestMethod]
    [DataRow("tiny_resnet8_cifar10_int8", "cifar10_test.npz", "", 0.762, 0.003)]
    [DataRow("tiny_dscnn_kws_int8", "keyword_spotting.npz", "", 0.902, 0.003)]
    [DataRow("tiny_dscnn_kws_f32", "keyword_spotting.npz", "", 0.901, 0.003)]
    [DataRow("tiny_mobilenetv1_025_vww_int8", "person_detection.npz", "1/255", 0.8516, 0.001)]
    [DataRow("tiny_mobilenetv1_025_vww_f32", "person_detection.npz", "1/255", 0.8516, 0.001)]
    [DataRow("alankrantas_mnist", "mnist_test.npz", "", 0.9897, 0.0001)]
    [DataRow("tiny_resnet_large_cifar10_f32", "cifar10_test.npz", "", 0.8245, 0.0001)]
    public void Accuracy_IsTheFilesOwn(string name, string data, string scale, double accuracy, double within)
    {
        var (graph, runner) = Open(name);
        using (runner)
        {
            Quantization? meaning = Meaning(graph);
            TensorType type = graph.Types[graph.Inputs[0]];
            var request = new CompileRequest(Fixtures.Path($"models/tflite/{name}.tflite"), "Model", "Models", Evaluation: Fixtures.Path($"data/{data}"), Scale: scale);
            Dataset samples = Dataset.Evaluation(request, [new DataInput(graph.Inputs[0], graph.Inputs[0], meaning == null ? type : type with { Element = ElementType.Float32 })], [])!;
            int right = 0, count = 0;
            foreach (Tensor[] sample in samples.Samples())
            {
                Tensor given = meaning == null ? sample[0] : Tensor.From(type, [.. sample[0].F32.ToArray().Select(v => (long)meaning.Integer(v))]);
                double[] scores = runner.Run([given])[0].Doubles();
                right += Array.IndexOf(scores, scores.Max()) == samples.Labels![count++] ? 1 : 0;
            }
            TestContext.WriteLine($"{name}: {right} of {count}");
            Assert.AreEqual(accuracy, (double)right / count, within);
        }
    }

    [TestMethod]
    [DataRow("coral_mobilenet_v1_0.25_128_quant")]
    [DataRow("tflm_person_detect_int8")]
    [DataRow("tiny_autoencoder_ad_int8")]
    [DataRow("tiny_dscnn_kws_int8")]
    [DataRow("tiny_mobilenetv1_025_vww_int8")]
    [DataRow("tiny_resnet8_cifar10_int8")]
    public void Products_AreOfIntegers_AndWithinAStepOfTheirMeaning(string name)
    {
        Graph graph = ModelFormat.Import(Fixtures.Path($"models/tflite/{name}.tflite"), ImportOptions.None).Graph;
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.None);
        Assert.IsEmpty(emitted.Plan.Calls.Where(c => c.Kernel.EndsWith("F32F32", StringComparison.Ordinal)).Select(c => c.ToString()));
        // Each layer of the file from what the layer before gave, in double precision.
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        TensorType type = graph.Types[graph.Inputs[0]];
        var random = new Random(1);
        Tensor x = Tensor.From(type, [.. Enumerable.Range(0, type.Shape.Size).Select(_ => (long)random.Next(type.Element == ElementType.UInt8 ? 0 : -128, type.Element == ElementType.UInt8 ? 256 : 128))]);
        double[] got = runner.Run([x])[0].Doubles(), expected = Evaluate(graph, x).Doubles();
        double worst = got.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        TestContext.WriteLine($"{name}: {worst} steps; {got.Zip(expected).Count(p => p.First != p.Second)} of {got.Length} differ");
        // Steps of layers add up a little from layer to layer.
        Assert.IsLessThanOrEqualTo(2, worst);
    }

    private static (Graph, PlanRunner) Open(string name)
    {
        Graph graph = Simplify.Run(ModelFormat.Import(Fixtures.Path($"models/tflite/{name}.tflite"), ImportOptions.None).Graph);
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        return (graph, new PlanRunner(emitted.Plan, emitted.Weights));
    }

    private static Quantization? Meaning(Graph graph) => graph.Nodes.FirstOrDefault(n => n.Inputs.Count > 0 && n.Inputs[0] == graph.Inputs[0])?.Op.Dequantizes;

    /// <summary>What the graph means, node by node.</summary>
    private static Tensor Evaluate(Graph graph, Tensor x)
    {
        var known = new Dictionary<string, Tensor> { [graph.Inputs[0]] = x };
        Tensor Value(string name) => known.TryGetValue(name, out Tensor? value) ? value : graph.Constant(name)!;
        foreach (Node node in graph.Nodes)
        {
            Tensor[] results = node.Op.Evaluate([.. node.Inputs.Select(i => i.Length == 0 ? null : Value(i))]);
            for (int i = 0; i < node.Outputs.Count; i++)
                known[node.Outputs[i]] = results[i];
        }
        return Value(graph.Outputs[0]);
    }
}

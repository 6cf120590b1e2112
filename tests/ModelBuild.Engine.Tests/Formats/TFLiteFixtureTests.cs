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
            ReferenceProof proof = ReferenceData.Open(request, graph)!.Check(runner.Run, graph.Outputs, 1e-5, CancellationToken.None);
            TestContext.WriteLine($"{name}: {proof.Error:E2} over {proof.Samples} samples");
            Assert.IsGreaterThan(0, proof.Samples);
        }
    }

    // What the files are known for (shared/fixtures/README.md); of ResNet8's integers, what LiteRT 2.5.3 gets: 1,520.
    [TestMethod]
    [DataRow("tiny_resnet8_cifar10_int8", "cifar10_test.npz", "", 0.76, 0.003)]
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

    // What LiteRT 2.5.3 (npm's @litertjs/core) computes of the same pattern, in hexadecimal, from an element of the output on.
    [TestMethod]
    [DataRow("coral_mobilenet_v1_0.25_128_quant", 400, "00000000000000000000000002000001000000020100000000000000000000000000000000000000")]
    [DataRow("tiny_autoencoder_ad_int8", 0, "ec0c162b38452e2e2a302d2f2b2a26271e1f19191e211615")]
    [DataRow("tiny_dscnn_kws_int8", 0, "8080808080808080806c8094")]
    [DataRow("tiny_mobilenetv1_025_vww_int8", 0, "7a86")]
    [DataRow("tiny_resnet8_cifar10_int8", 0, "80008080808080800080")]
    [DataRow("tflm_person_detect_int8", 0, "")]
    public void Integers_AreWithinAStepOfLiteRts(string name, int from, string expected)
    {
        Graph graph = ModelFormat.Import(Fixtures.Path($"models/tflite/{name}.tflite"), ImportOptions.None).Graph;
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.None);
        Assert.IsEmpty(emitted.Plan.Calls.Where(c => c.Kernel.EndsWith("F32F32", StringComparison.Ordinal)).Select(c => c.ToString()), "a product runs in floating point");
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        TensorType type = graph.Types[graph.Inputs[0]];
        Tensor y = runner.Run([new Tensor(type, Enumerable.Range(0, type.Bytes).Select(i => (byte)(i * 31 + i / 7 * 17 + i / 96 * 5)).ToArray())])[0];
        byte[] steps = Convert.FromHexString(expected);
        long[] theirs = new Tensor(y.Type with { Shape = [steps.Length] }, steps).Int64s(), ours = y.Int64s()[from..];
        for (int i = 0; i < theirs.Length; i++)
            Assert.IsLessThanOrEqualTo(1, Math.Abs(theirs[i] - ours[i]), $"{from + i}: {ours[i]}, not {theirs[i]}");
    }

    private static (Graph, PlanRunner) Open(string name)
    {
        Graph graph = Simplify.Run(ModelFormat.Import(Fixtures.Path($"models/tflite/{name}.tflite"), ImportOptions.None).Graph);
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        return (graph, new PlanRunner(emitted.Plan, emitted.Weights));
    }

    private static Quantization? Meaning(Graph graph) => graph.Nodes.FirstOrDefault(n => n.Inputs.Count > 0 && n.Inputs[0] == graph.Inputs[0])?.Op.Dequantizes;
}

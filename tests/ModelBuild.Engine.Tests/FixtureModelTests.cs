namespace ModelBuild.Engine.Tests;

/// <summary>Whole models against ONNX Runtime.</summary>
[TestClass]
public class FixtureModelTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("burn_mnist")]
    [DataRow("onnxjs_mnist")]
    [DataRow("tiny_resnet8_cifar10")]
    [DataRow("tiny_mobilenetv1_025_vww")]
    [DataRow("tiny_dscnn_kws")]
    [DataRow("fastestdet_shufflenetv2")]
    [DataRow("ultraface_version-RFB-320")]
    [DataRow("ultraface_version-RFB-320_simplified")]
    public void Run_AgreesWithOnnxRuntime_WhenGivenRandomInputs(string name)
    {
        string file = Fixtures.Path($"models/onnx/{name}.onnx");
        Graph graph = Simplify.Run(OnnxReader.Read(file, ImportOptions.None).Graph);
        Emitted emitted = Emitted.From(graph, PlanNames.Of(file));
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, out string why);
        if (judge == null)
            Assert.Inconclusive(why);
        var random = new Random(1);
        for (int sample = 0; sample < 3; sample++)
        {
            Tensor[] inputs = [.. graph.Inputs.Select(i => Tensor.Of(graph.Types[i].Shape, Enumerable.Range(0, graph.Types[i].Shape.Size).Select(_ => random.NextSingle()).ToArray()))];
            Tensor[] expected = judge.Run([.. graph.Inputs.Zip(inputs)]), actual = runner.Run(inputs);
            for (int i = 0; i < expected.Length; i++)
            {
                double error = Comparison.Error(actual[i], expected[i]);
                TestContext.WriteLine($"{name} {judge.Outputs[i]}: {error:E2}");
                Assert.IsLessThanOrEqualTo(1e-4, error);
            }
        }
    }
}

namespace ModelBuild.Engine.Tests;

/// <summary>Keras's own files against what other runtimes compute of them.</summary>
[TestClass]
public class KerasFixtureTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("tiny_resnet8_cifar10")]
    [DataRow("tiny_mobilenetv1_025_vww")]
    public void Import_ComputesTheReference(string name)
    {
        Graph graph = ModelFormat.Import(Fixtures.Path($"models/keras/{name}.h5"), ImportOptions.None).Graph;
        string reference = Fixtures.Path($"reference/{name}.h5.npz");
        ReferenceData data = ReferenceData.Open(new DataSource(default, "Reference", reference, reference, DataRange.All), graph);
        Graph simple = Simplify.Run(graph);
        TestContext.WriteLine($"{graph.Nodes.Length} nodes, simplified {simple.Nodes.Length}: {string.Join(", ", simple.Nodes.GroupBy(n => n.Op.Name).Select(g => $"{g.Count()} {g.Key}"))}");
        Emitted emitted = Emitted.From(simple, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        double worst = 0;
        foreach (var (x, y) in data.Inputs.Samples().Zip(data.Outputs.Samples()))
            worst = Math.Max(worst, runner.Run(x)[0].Doubles().Zip(y[0].Doubles(), (a, b) => Math.Abs(a - b)).Max());
        TestContext.WriteLine($"largest difference {worst:E2}");
        Assert.IsLessThan(1e-5, worst);
    }

    [TestMethod]
    [DataRow("tiny_resnet8_cifar10", 255)]
    [DataRow("tiny_mobilenetv1_025_vww", 1)]
    public void Import_AgreesWithThatOfTheTFLiteFile(string name, int largest)
    {
        PlanRunner[] runners = [.. new[] { $"models/keras/{name}.h5", $"models/tflite/{name}_f32.tflite" }.Select(f => Emitted.From(Simplify.Run(ModelFormat.Import(Fixtures.Path(f), ImportOptions.None).Graph), PlanNames.None))
            .Select(e => new PlanRunner(e.Plan, e.Weights))];
        ReferenceData data = ReferenceData.Open(new DataSource(default, "Reference", "", Fixtures.Path($"reference/{name}.h5.npz"), DataRange.All), ModelFormat.Import(Fixtures.Path($"models/keras/{name}.h5"), ImportOptions.None).Graph);
        var random = new Random(1);
        double worst = 0;
        foreach (Tensor[] x in data.Inputs.Samples().Concat(data.Inputs.Samples().Take(8).Select(s => new[] { Tensor.From(s[0].Type, [.. s[0].Doubles().Select(_ => random.NextDouble() * largest)]) })))
            worst = Math.Max(worst, runners[0].Run(x)[0].Doubles().Zip(runners[1].Run(x)[0].Doubles(), (a, b) => Math.Abs(a - b)).Max());
        TestContext.WriteLine($"largest difference {worst:E2}");
        Assert.IsLessThan(2e-6, worst);
        Array.ForEach(runners, r => r.Dispose());
    }

    [TestMethod]
    public void Import_KeepsKerassOwnSignature()
    {
        Graph graph = ModelFormat.Import(Fixtures.Path("models/keras/tiny_autoencoder_ad.h5"), ImportOptions.None).Graph;
        Assert.AreEqual("input_1", graph.Inputs.Single());
        Assert.AreEqual("dense_9", graph.Outputs.Single());
        Assert.AreEqual(new TensorType(ElementType.Float32, [1, 640]), graph.Types["input_1"]);
        Assert.AreEqual(new TensorType(ElementType.Float32, [1, 640]), graph.Types["dense_9"]);
        Assert.IsTrue(graph.Batch);
        // Every normalization goes into the product before it.
        Assert.AreEqual(10, Simplify.Run(graph).Nodes.Count(n => n.Op is Gemm));
        Assert.AreEqual(0, Simplify.Run(graph).Nodes.Count(n => n.Op is BatchNormalization));
    }
}

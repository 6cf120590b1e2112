namespace ModelBuild.Engine.Tests;

[TestClass]
public class CallerLayoutTests
{
    private static readonly CompileRequest Nhwc = new("m.onnx", "M", "N", Layout: "nhwc", Project: "app.csproj", Line: 3), Nchw = Nhwc with { Layout = "NCHW" };

    [TestMethod]
    public void Images_ComeAsTheCallerHasThem_AndTheModelComputesTheSame()
    {
        var (graph, image) = (Network(), Random([1, 3, 9, 7]));
        CallerLayout layout = CallerLayout.Of(Nhwc, graph);
        Graph turned = Simplify.Run(layout.Apply(graph));
        Assert.AreEqual(new Shape(new([1, 9, 7, 3])), turned.Types["x"].Shape);
        Tensor pixels = new Transpose(new([0, 2, 3, 1])).Evaluate([image])[0];
        CollectionAssert.AreEqual(Run(graph, image), Run(turned, pixels));
        CollectionAssert.AreEqual(image.F32.ToArray(), layout.Back([[pixels]]).Single()[0].F32.ToArray());
        // And back again, by what is now there to see of it.
        Graph again = Simplify.Run(CallerLayout.Of(Nchw, turned).Apply(turned));
        CollectionAssert.AreEqual(Run(graph, image), Run(again, image));
        Assert.AreEqual(Calls(graph), Calls(again));
    }

    [TestMethod]
    public void NothingIsTurned_WhereTheModelHasItSo()
    {
        Graph graph = Network();
        Assert.AreSame(graph, CallerLayout.Of(Nchw, graph).Apply(graph));
        Assert.AreSame(graph, CallerLayout.Of(Nhwc with { Layout = "" }, graph).Apply(graph));
        Graph turned = CallerLayout.Of(Nhwc, graph).Apply(graph);
        Assert.IsTrue(CallerLayout.Of(Nhwc, turned).IsModels);
    }

    // Inside, channels lie last: images that come so need no turning, and those that don't are turned as they are read.
    [TestMethod]
    public void ImagesWithChannelsLast_NeedNoMoreKernels()
    {
        Graph graph = Network();
        Assert.IsLessThanOrEqualTo(Calls(graph), Calls(Simplify.Run(CallerLayout.Of(Nhwc, graph).Apply(graph))));
    }

    [TestMethod]
    public void Layout_IsRefused_WhereTheModelTakesNoImages()
    {
        var builder = new GraphBuilder("flat");
        builder.AddInput("x", new(ElementType.Float32, [1, 12]));
        Graph graph = builder.Build([builder.Add("r", new Relu(), "x")]);
        Assert.AreEqual("app.csproj(3): error MB1010: Layout=\"nhwc\" can't be read; valid: nothing: the model has no input of four axes of floating-point numbers", Assert.ThrowsExactly<DiagnosticException>(() => CallerLayout.Of(Nhwc, graph)).Message);
    }

    [TestMethod]
    public void AModelWithChannelsLast_IsProvedInItsOwnLayout_AndTakesPlanes()
    {
        string file = Fixtures.Path("models/onnx/tiny_resnet8_cifar10.onnx"), data = Fixtures.Path("data/cifar10_test.npz");
        CompileResult own = Compile(new(file, "M", "N", Evaluation: data + "[..64]", Layout: "NHWC")), planes = Compile(new(file, "M", "N", Layout: "NCHW"));
        Plan one = PlanText.Parse(own.PlanText), other = PlanText.Parse(planes.PlanText);
        Assert.AreEqual("1, 32, 32, 3", string.Join(", ", one.Inputs[0].Shape));
        Assert.AreEqual("1, 3, 32, 32", string.Join(", ", other.Inputs[0].Shape));
        Assert.IsLessThan(1e-5, Report.Parse(planes.Files["report.json"]).Proof.Error);
        Assert.AreEqual(new PlanPixels(0, 3072, new(["1"]), new(["0"]), new(["1"])), other.Pixels);

        static CompileResult Compile(CompileRequest request) => Compiler.Compile(request, CancellationToken.None);
    }

    private static int Calls(Graph graph) => Emitted.From(graph, PlanNames.None).Plan.Calls.Count;

    private static float[] Run(Graph graph, Tensor image)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run([image])[0].F32.ToArray();
    }

    private static Graph Network()
    {
        var builder = new GraphBuilder("images");
        builder.AddInput("x", new(ElementType.Float32, [1, 3, 9, 7]));
        string first = builder.Add("first", new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1])), "x", builder.AddConstant("w", Random([5, 3, 3, 3])));
        return builder.Build([builder.Add("flat", new Flatten(1), builder.Add("r", new Relu(), first))]);
    }

    private static Tensor Random(Shape shape)
    {
        var random = new Random(shape.Size);
        return Tensor.Of(shape, Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle() - 0.5f).ToArray());
    }
}

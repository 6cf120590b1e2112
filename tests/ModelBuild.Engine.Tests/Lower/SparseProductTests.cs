namespace ModelBuild.Engine.Tests;

/// <summary>Which layers are computed by the sparse kernel, that they say why, and that it makes no difference to what they mean.</summary>
[TestClass]
public class SparseProductTests
{
    private const string Kernel = "SparseConvF32F32";

    [TestMethod]
    [DataRow("prune(0)", "")]
    [DataRow("prune(0.3)", "conv: 30 % zeros < 48 % break-even: dense")]
    [DataRow("prune(0.8)", "conv: 80 % zeros ≥ 48 % break-even: sparse")]
    [DataRow("prune(0.3, structure: block)", "conv: 30 % zeros in 4×1 blocks ≥ 12 % break-even: sparse")]
    [DataRow("prune(0.08, structure: block, rows: 16)", "conv: 7.9 % zeros in 4×1 blocks < 12 % break-even: dense")]
    public void Lower_ChoosesByTheShareOfZeros_AndSaysSo(string recipe, string choice)
    {
        Emitted emitted = Pruned(recipe, Convolution(128, 96, 20, 20));
        Assert.AreEqual(choice, string.Join('\n', emitted.Choices));
        Assert.AreEqual(choice.EndsWith("sparse", StringComparison.Ordinal), emitted.Plan.Calls.Any(c => c.Kernel == Kernel));
        if (choice.Length > 0)
            Assert.Contains($"conv: Conv [1, 96, 20, 20]: {choice[6..]}", emitted.Plan.Calls.Select(c => c.Comment));
    }

    [TestMethod]
    public void BreakEven_IsHigher_WhenImagesAreSmallOrHaveToBeMoved()
    {
        float[] weights = Values(64 * 64, seed: 1);
        weights.AsSpan(0, 2048).Clear();
        double Even(int pixels, bool gathers, bool copies) => SparseChoice.Of(weights, 64, 64, pixels, gathers, copies)!.BreakEven;
        Assert.IsGreaterThan(Even(784, false, false), Even(49, false, false));
        Assert.IsGreaterThan(Even(784, false, false), Even(784, true, false));
        Assert.IsGreaterThan(Even(784, true, false), Even(784, true, true));
    }

    [TestMethod]
    [DataRow("prune(0.8)")]
    [DataRow("prune(0.8) | quantize(fp16)")]
    [DataRow("prune(0.8, structure: block)")]
    [DataRow("prune(0.8, structure: block, rows: 32)")]
    [DataRow("prune(0.95, structure: block, rows: 2)")]
    public void Run_GivesWhatTheGraphMeans_AmidOtherLayers(string recipe)
    {
        Graph graph = PruneTests.Apply(recipe, Network());
        foreach (Optimize optimize in Enum.GetValues<Optimize>())
        {
            Emitted emitted = Emitted.From(graph, PlanNames.None, optimize);
            Assert.IsGreaterThanOrEqualTo(4, emitted.Plan.Calls.Count(c => c.Kernel == Kernel), string.Join('\n', emitted.Choices));
            Assert.AreEqual(optimize == Optimize.Speed, emitted.Plan.Expansions.Count == 0);
            Tensor x = Tensor.Of(graph.Types["x"].Shape, Values(graph.Types["x"].Shape.Size, seed: 2));
            Tensor[] expected = Reference.Run(graph, [x], default);
            foreach (int threads in (int[])[1, 3])
            {
                using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads);
                Tensor[] actual = runner.Run([x]);
                for (int i = 0; i < expected.Length; i++)
                    Assert.IsLessThanOrEqualTo(1e-5, Comparison.Error(actual[i], expected[i]), $"{recipe}, {graph.Outputs[i]}");
            }
        }
    }

    [TestMethod]
    [DataRow(1, 0.95)]
    [DataRow(50, 0.9)]
    public void Run_GivesWhatTheGraphMeans_OfMatrices(int rows, double zeros)
    {
        foreach (string structure in (string[])["unstructured", "block"])
        foreach (bool transposed in (bool[])[false, true])
        {
            var builder = new GraphBuilder("matrices");
            builder.AddInput("x", new(ElementType.Float32, [rows, 160]));
            string first = builder.Add("first", new MatMul(), "x", Constant(builder, "w", 160, 144));
            string sum = builder.Add("sum", new Add(), first, Constant(builder, "b", 144));
            string clamped = builder.Add("relu", new Relu(), sum);
            string second = transposed
                ? builder.Add("second", new Gemm(Alpha: 0.5f, TransB: true), clamped, Constant(builder, "v", 96, 144), Constant(builder, "c", 96))
                : builder.Add("second", new Gemm(), clamped, Constant(builder, "v", 144, 96), Constant(builder, "c", 96));
            Graph graph = PruneTests.Apply(FormattableString.Invariant($"prune({zeros}, structure: {structure}, only: [MatMul, Gemm])"), builder.Build([second]));
            Emitted emitted = Emitted.From(graph, PlanNames.None);
            Assert.AreEqual(2, emitted.Plan.Calls.Count(c => c.Kernel == Kernel), string.Join('\n', emitted.Choices));
            using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
            Tensor x = Tensor.Of([rows, 160], Values(rows * 160, seed: 3));
            Assert.IsLessThanOrEqualTo(4e-6, Comparison.Error(runner.Run([x])[0], Reference.Run(graph, [x], default)[0]));
        }
    }

    [TestMethod]
    [DataRow("prune(0.8)", 0)]
    [DataRow("prune(0.8) | quantize(fp16)", 0)]
    [DataRow("prune(0.8, structure: block)", 1100)]
    public void Weights_AreNoMoreBytes_ThanAMaskAndWhatIsNotZero(string recipe, int saved)
    {
        Graph graph = PruneTests.Apply(recipe, Convolution(128, 96, 20, 20));
        ReadOnlySpan<float> weights = graph.Constants["w"].F32;
        int ones = weights.Length - weights.Count(0f), each = recipe.Contains("fp16", StringComparison.Ordinal) ? 2 : 4;
        Assert.IsLessThanOrEqualTo(64 + weights.Length / 8 + each * ones + 128 - saved, Emitted.From(graph, PlanNames.None).Weights.Length);
    }

    [TestMethod]
    public void Planes_NeedNoCopies_BetweenSparseLayers()
    {
        var builder = new GraphBuilder("chain");
        builder.AddInput("x", new(ElementType.Float32, [1, 64, 9, 9]));
        string first = builder.Add("first", Pointwise, "x", Constant(builder, "w", 96, 64, 1, 1));
        string swish = builder.Add("swish", new Swish(), first);
        string second = builder.Add("second", Pointwise, swish, Constant(builder, "v", 64, 96, 1, 1));
        Graph graph = PruneTests.Apply("prune(0.8)", builder.Build([builder.Add("relu", new Relu(), second)]));
        CollectionAssert.AreEqual(new[] { "Load", Kernel, "SwishF32", Kernel, "Store" }, Emitted.From(graph, PlanNames.None).Plan.Calls.Select(c => c.Kernel).ToArray());
    }

    [TestMethod]
    public void Report_SaysWhy()
    {
        string digits = Path.Combine(Fixtures.Repository, "samples", "Digits", "models", "digits.onnx");
        CompileResult result = Compiler.Compile(new(digits, "Digits", "Samples", "prune(0.52)"), default);
        string report = System.Text.Encoding.UTF8.GetString(result.Files["report.md"]);
        StringAssert.Matches(report, new(@"^## Choices\n- .*: 52 % zeros < [0-9.]+ % break-even: dense$", System.Text.RegularExpressions.RegexOptions.Multiline));
        StringAssert.Matches(System.Text.Encoding.UTF8.GetString(result.Files["report.json"]), new(@"""choices"": \[\s*"".*: 52 % zeros < [0-9.]+ % break-even: dense"""));
    }

    private static Emitted Pruned(string recipe, Graph graph) => Emitted.From(PruneTests.Apply(recipe, graph), PlanNames.None);

    private static Graph Convolution(int channels, int outputs, int height, int width)
    {
        var builder = new GraphBuilder("convolution");
        builder.AddInput("x", new(ElementType.Float32, [1, channels, height, width]));
        return builder.Build([builder.Add("conv", Pointwise, "x", Constant(builder, "w", outputs, channels, 1, 1))]);
    }

    private static Conv Pointwise => new(new([1, 1]), new([1, 1]), new([1, 1]), new([0, 0, 0, 0]));

    /// <summary>Pointwise convolutions one after the other, around a depthwise one, with a residual connection, and where lines have gaps.</summary>
    private static Graph Network()
    {
        var builder = new GraphBuilder("separable");
        builder.AddInput("x", new(ElementType.Float32, [2, 64, 13, 11]));
        string Point(string name, string from, int to, int channels) => builder.Add(name, Pointwise, from, Constant(builder, name + ".w", to, channels, 1, 1), Constant(builder, name + ".b", to));
        string a = Point("conv0", "x", 160, 64);
        string b = builder.Add("relu0", new Relu(), Point("conv1", a, 64, 160));
        string deep = builder.Add("depthwise", new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1]), Group: 64), b, Constant(builder, "depthwise.w", 64, 1, 3, 3));
        string c = builder.Add("sum", new Add(), Point("conv2", deep, 64, 64), b);
        string pool = builder.Add("pool", new MaxPool(new([3, 3]), new([2, 2]), new([1, 1]), new([1, 1, 1, 1])), c);
        string d = Point("conv3", pool, 128, 64);
        string swish = builder.Add("swish", new Swish(), c);
        string e = Point("conv4", swish, 64, 64);
        string full = builder.Add("full", new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1])), swish, Constant(builder, "full.w", 16, 64, 3, 3));
        return builder.Build([d, e, full]);
    }

    private static string Constant(GraphBuilder builder, string name, params int[] shape) =>
        builder.AddConstant(name, Tensor.Of(Shape.Of(shape), Values(shape.Aggregate(1, (p, s) => p * s), name.Length * 7 + name[^1])));

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}

namespace ModelBuild.Engine.Tests;

[TestClass]
public class FactorizeTests
{
    [TestMethod]
    [DataRow("conv")]
    [DataRow("line")]
    [DataRow("gemm")]
    [DataRow("gemm without bias")]
    [DataRow("transposed")]
    [DataRow("matmul")]
    public void Apply_KeepsWhatALayerGives_WhereItsRankIsThatSmall(string kind)
    {
        Graph graph = Layer(kind, rank: 5), after = Apply("factorize(rank: 5)", graph);
        Assert.HasCount(2, after.Nodes);
        Assert.AreEqual("layer", after.Nodes[1].Name);
        Assert.IsLessThan(1e-4, Error(graph, after, kind), kind);
        Assert.AreEqual(5 * (48 + Depth(kind)), after.Nodes.Sum(n => after.Constant(n.Inputs[1])!.Shape.Size));
    }

    [TestMethod]
    public void Apply_FindsTheRank_ThatKeepsTheEnergy()
    {
        var notes = new List<string>();
        Graph after = Apply("factorize(energy: 0.999)", Layer("conv", rank: 5), notes);
        Assert.IsLessThanOrEqualTo(5, after.Constant(after.Nodes[0].Inputs[1])!.Shape[0]);
        Assert.Contains("factorize: layer: rank", notes.Single());
        // One channel keeps some.
        Assert.AreEqual(1, Apply("factorize(energy: 0)", Layer("conv", rank: 5)) is var one ? one.Constant(one.Nodes[0].Inputs[1])!.Shape[0] : 0);
    }

    [TestMethod]
    public void Apply_LosesLess_ThanTheSingularValuesOfTheWeightsDo()
    {
        const int Rank = 8;
        Graph graph = QuantizeWeightsTests.Network(), weighted = Apply($"factorize(rank: {Rank}, only: wide)", graph, samples: QuantizeWeightsTests.Sample);
        float[] w = [.. graph.Constants["wide.w"].F32], own = new float[40 * 40], plain = new float[w.Length];
        for (int i = 0; i < own.Length; i++)
            own[i] = Lanes.Dot(w.AsSpan(i / 40 * 144, 144), w.AsSpan(i % 40 * 144, 144));
        PrincipalAxes axes = PrincipalAxes.Of(own, 40, default);
        for (int i = 0; i < w.Length; i++)
            plain[i] = (float)Enumerable.Range(0, Rank).Sum(a => axes.Axes[a][i / 144] * Enumerable.Range(0, 40).Sum(row => axes.Axes[a][row] * w[row * 144 + i % 144]));
        Graph unweighted = graph with { Constants = graph.Constants.SetItem("wide.w", Tensor.Of(graph.Constants["wide.w"].Shape, plain)) };
        Assert.IsLessThan(0.7 * QuantizeWeightsTests.Error(graph, unweighted), QuantizeWeightsTests.Error(graph, weighted));
    }

    [TestMethod]
    [DataRow("factorize(rank: 40)")]
    [DataRow("factorize(rank: 400)")]
    [DataRow("factorize(energy: 1)")]
    public void Apply_LeavesALayer_AndSaysSo_WhereNothingIsSaved(string recipe)
    {
        var notes = new List<string>();
        Graph graph = Layer("conv", rank: 48);
        Assert.AreSame(graph, Apply(recipe, graph, notes));
        StringAssert.Matches(notes.Single(), new(@"^factorize: layer: rank \d+ of 48 keeps .* bytes → .* multiplications → .*: the layer stays$"));
    }

    [TestMethod]
    public void Apply_LeavesALayer_WhoseBytesAreFewerAlready()
    {
        var notes = new List<string>();
        Graph pruned = PruneTests.Apply("prune(0.97)", Layer("conv", rank: 48));
        Assert.AreSame(pruned, Apply("factorize(rank: 6)", pruned, notes));
        Assert.Contains("the layer stays", notes.Single());
    }

    [TestMethod]
    public void Apply_LeavesSmallAndGroupedLayersAlone_UnlessNamed()
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply("factorize(rank: 2)", graph, samples: QuantizeWeightsTests.Sample);
        CollectionAssert.AreEqual(new[] { "first", "deep", "wide.first", "wide", "last" }, Layers(after));
        CollectionAssert.AreEqual(new[] { "first.first", "first", "deep", "wide", "last" }, Layers(Apply("factorize(rank: 2, only: [first, deep])", graph, samples: QuantizeWeightsTests.Sample)));

        static string[] Layers(Graph graph) => [.. graph.Nodes.Where(n => n.Op is Conv).Select(n => n.Name)];
    }

    [TestMethod]
    public void Apply_GivesTheSameBytes_EachTime()
    {
        Graph graph = QuantizeWeightsTests.Network();
        byte[] Bytes() => Emitted.From(Simplify.Run(Apply("factorize(energy: 0.9)", graph, samples: QuantizeWeightsTests.Sample)), PlanNames.None).Weights;
        CollectionAssert.AreEqual(Bytes(), Bytes());
    }

    [TestMethod]
    public void QuantizeInt8_TakesBothLayers()
    {
        Graph graph = QuantizeWeightsTests.Network(), few = Apply("factorize(rank: 12)", graph, samples: QuantizeWeightsTests.Sample);
        Graph after = Simplify.Run(Apply("quantize(int8)", few, samples: QuantizeWeightsTests.Sample));
        Assert.DoesNotContain("F32F32", Emitted.From(after, PlanNames.None).Text);
        Assert.IsLessThan(0.1, QuantizeWeightsTests.Error(few, after));
    }

    private static int Depth(string kind) => kind == "conv" ? 24 * 9 : kind == "line" ? 24 * 3 : 60;

    private static Tensor[] Sample(int seed, string kind)
    {
        var random = new Random(seed);
        Shape shape = kind switch { "conv" => [1, 24, 6, 5], "line" => [1, 24, 11], "matmul" => [1, 7, 60], _ => [1, 60] };
        return [Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => 2 * random.NextSingle() - 0.5f)])];
    }

    /// <summary>One layer of 48 outputs whose weights are of a rank.</summary>
    private static Graph Layer(string kind, int rank)
    {
        var random = new Random(3);
        int depth = Depth(kind);
        float[] left = Numbers(48 * rank), right = Numbers(rank * depth);
        bool byRows = kind is "conv" or "line" or "transposed";
        var builder = new GraphBuilder("layer");
        builder.AddInput("x", Sample(0, kind)[0].Type);
        Shape shape = kind switch { "conv" => [48, 24, 3, 3], "line" => [48, 24, 3], "transposed" => [48, 60], _ => [60, 48] };
        string w = builder.AddConstant("w", Tensor.Of(shape, [.. Enumerable.Range(0, 48 * depth).Select(i => byRows ? Weight(i / depth, i % depth) : Weight(i % 48, i / 48))]));
        string bias = builder.AddConstant("b", Tensor.Of([48], Numbers(48)));
        Op op = kind switch
        {
            "conv" => new Conv(new([3, 3]), new([2, 1]), new([1, 1]), new([1, 0, 1, 1])),
            "line" => new Conv(new([3]), new([2]), new([1]), new([1, 0])),
            "matmul" => new MatMul(),
            _ => new Gemm(TransB: byRows),
        };
        builder.Add(new Node("layer", op, new(kind is "matmul" or "gemm without bias" ? ["x", w] : ["x", w, bias]), new(["y"])));
        return builder.Build(["y"]);

        float Weight(int row, int k) => Enumerable.Range(0, rank).Sum(r => left[row * rank + r] * right[r * depth + k]) / rank;

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private static Graph Apply(string recipe, Graph graph, List<string>? notes = null, Func<int, Tensor[]>? samples = null)
    {
        string kind = graph.Types[graph.Inputs[0]].Shape.Rank switch { 4 => "conv", 3 when graph.Nodes[0].Op is Conv => "line", 3 => "matmul", _ => "gemm" };
        BoundStep step = RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)).Single();
        return step.Apply(graph, new PassContext(graph) { Samples = [.. Enumerable.Range(0, 80).Select(samples ?? (s => Sample(s, kind)))], Note = line => notes?.Add(line) });
    }

    private static double Error(Graph graph, Graph after, string kind)
    {
        Emitted one = Emitted.From(graph, PlanNames.None), other = Emitted.From(after, PlanNames.None);
        using PlanRunner first = new(one.Plan, one.Weights), second = new(other.Plan, other.Weights);
        return Comparison.Error(second.Run(Sample(999, kind))[0], first.Run(Sample(999, kind))[0]);
    }
}

using System.Text.Json;

namespace ModelBuild.Engine.Tests;

/// <summary>prune(…, structure: channel): which channels go, and that what is left computes as if they were zero.</summary>
[TestClass]
public class ChannelPruningTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("prune(0.4, structure: channel)")]
    [DataRow("prune(0.4, structure: channel, scope: global, norm: l2)")]
    public void Apply_LeavesWhatOthersCompute(string recipe)
    {
        int before = 0, after = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Graph graph = new ChannelNet(seed).Anything(), pruned = Apply(recipe, graph);
            Graph unread = ChannelsTests.Unread(graph, new Channels(new Rewrite(graph)), Gone(recipe, graph));
            Tensor[] x = Sample(seed);
            Assert.IsLessThanOrEqualTo(2e-6, Comparison.Error(Reference.Run(pruned, x, CancellationToken.None)[0], Reference.Run(unread, x, CancellationToken.None)[0]), $"seed {seed}");
            Assert.IsTrue(graph.Outputs.SequenceEqual(pruned.Outputs) && pruned.Types[pruned.Outputs[0]] == graph.Types[graph.Outputs[0]]);
            (before, after) = (before + ChannelsTests.Weights(graph), after + ChannelsTests.Weights(pruned));
        }
        TestContext.WriteLine($"{before} weights → {after}");
        Assert.IsLessThan(before * 3 / 4, after);
    }

    [TestMethod]
    public void Apply_KeepsWhatNetworksGive_Better_WhereLayersAreSolvedForAgain()
    {
        double plain = 0, solved = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            Graph graph = new ChannelNet(seed).Anything(), narrow = Apply("prune(0.3, structure: channel)", graph), made = Apply("prune(0.3, structure: channel, solve: layerwise)", graph);
            Assert.AreEqual(ChannelsTests.Weights(narrow), ChannelsTests.Weights(made));
            foreach (int sample in Enumerable.Range(1000, 5))
            {
                Tensor expected = Run(graph, sample);
                (plain, solved) = (plain + Comparison.Error(Run(narrow, sample), expected), solved + Comparison.Error(Run(made, sample), expected));
            }
        }
        TestContext.WriteLine($"{plain / 100} → {solved / 100}");
        Assert.IsLessThan(0.7 * plain, solved);

        static Tensor Run(Graph graph, int seed) => Reference.Run(graph, Sample(seed), CancellationToken.None)[0];
    }

    [TestMethod]
    public void Apply_TakesNoMoreThanTheShareOfALayer_WhenTheScopeIsLocal()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Graph graph = new ChannelNet(seed).Anything(), pruned = Apply("prune(0.4, structure: channel)", graph);
            foreach (Node layer in graph.Nodes.Where(n => n.Op is Conv { Group: 1 }))
                Assert.IsGreaterThanOrEqualTo(Channels(graph, layer) - (int)(0.4 * Channels(graph, layer)), Channels(pruned, layer), $"seed {seed} {layer.Name}");
        }
    }

    [TestMethod]
    public void Apply_LeavesAChannelOfEachValue_WhenAllShouldGo()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Graph pruned = Apply("prune(1, structure: channel, scope: global)", new ChannelNet(seed).Anything());
            Assert.IsTrue(pruned.Types.Values.All(t => t.Shape.Size > 0), $"seed {seed}");
            Reference.Run(pruned, Sample(seed), CancellationToken.None);
        }
    }

    [TestMethod]
    public void Apply_TakesTheSameChannels_OfAllThatASumTies()
    {
        Graph graph = Block(), pruned = Apply("prune(0.5, structure: channel)", graph);
        // Of eight channels four go: those of 'in', the depthwise filter, 'out' and the sum are one each; 'side' is concatenated, and goes for itself.
        foreach (string name in new[] { "in", "deep", "out" })
            CollectionAssert.AreEqual(new[] { 1, 3, 5, 7 }, Rows(graph, pruned, name), name);
        CollectionAssert.AreEqual(new[] { 2, 3 }, Rows(graph, pruned, "side"));
        Assert.AreEqual(6, pruned.Types[pruned.Nodes.Single(n => n.Op is Concat).Outputs[0]].Shape[1]);
        Assert.AreEqual(6, Weights(pruned, "last").Shape[1]);
        Assert.AreEqual(4, ((Conv)pruned.Nodes.Single(n => n.Name == "deep").Op).Group);
    }

    [TestMethod]
    [DataRow("prune(0.5, structure: channel, only: side)", 8, 2)]
    [DataRow("prune(0.5, structure: channel, except: side)", 4, 4)]
    [DataRow("prune(0.5, structure: channel, only: [in, out])", 4, 4)]
    [DataRow("prune(0.5, structure: channel, only: in)", 8, 4)]
    [DataRow("prune(0.5, structure: channel, except: deep)", 8, 2)]
    [DataRow("prune(0.5, structure: channel, scope: global, except: side)", 4, 4)]
    public void Apply_TakesChannelsOfSelectedLayersOnly(string recipe, int tied, int side)
    {
        Graph pruned = Apply(recipe, Block());
        Assert.AreEqual((tied, tied, side), (Weights(pruned, "in").Shape[0], Weights(pruned, "out").Shape[0], Weights(pruned, "side").Shape[0]));
    }

    [TestMethod]
    public void Compile_KeepsHalfOfTheAccuracyAndOfTheWork_OfResNet8()
    {
        string file = Fixtures.Path("models/onnx/tiny_resnet8_cifar10.onnx"), data = Path.GetDirectoryName(Fixtures.Path("data/cifar10_test.npz"))!;
        long Macs(JsonElement report) => report.GetProperty("layers").EnumerateArray().Sum(l => l.GetProperty("macs").GetInt64());
        JsonElement before = Report(new CompileRequest(file, "Model", "Models")), after = Report(new CompileRequest(file, "Model", "Models", "prune(30%, structure: channel, solve: layerwise)",
            Path.Combine(data, "cifar10_train.npz[..512]"), Path.Combine(data, "cifar10_test.npz")));
        double accuracy = after.GetProperty("measurement").GetProperty("accuracyAfter").GetDouble();
        TestContext.WriteLine($"{Macs(before)} → {Macs(after)} MACs, top-1 {accuracy}");
        Assert.IsLessThan(0.55 * Macs(before), Macs(after));
        Assert.IsGreaterThanOrEqualTo(0.53, accuracy);
    }

    [TestMethod]
    public void Compile_ExportsWhatOnnxRuntimeRunsAlike_OfAShuffleNet()
    {
        var request = new CompileRequest(Fixtures.Path("models/onnx/fastestdet_shufflenetv2.onnx"), "Model", "Models", "prune(30%, structure: channel)") { Export = "onnx" };
        CompileResult result = Compiler.Compile(request, CancellationToken.None);
        string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "pruned.onnx");
        File.WriteAllBytes(file, result.Files["fastestdet_shufflenetv2.onnx"]);
        try
        {
            Graph graph = Simplify.Run(OnnxReader.Read(file, ImportOptions.None).Graph);
            Assert.IsLessThan(0.6 * ChannelsTests.Weights(OnnxReader.Read(request.Model, ImportOptions.None).Graph), ChannelsTests.Weights(graph));
            using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, out string why);
            if (judge == null)
                Assert.Inconclusive(why);
            Tensor x = ChannelNet.Random(new Random(1), 1, [.. graph.Types[graph.Inputs[0]].Shape]);
            Emitted emitted = Emitted.From(graph, PlanNames.None);
            using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
            Assert.IsLessThanOrEqualTo(1e-4, Comparison.Error(runner.Run([x])[0], judge.Run([(graph.Inputs[0], x)])[0]));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, true);
        }
    }

    private static JsonElement Report(CompileRequest request) => JsonDocument.Parse(Compiler.Compile(request, CancellationToken.None).Files["report.json"]).RootElement;

    private static BoundStep Bind(string recipe) => RecipeBinder.Bind(new CompileRequest("m.onnx", "M", "N", recipe)).Single();

    private static HashSet<int> Gone(string recipe, Graph graph) => new ChannelPruning((Prune)Bind(recipe).Pass, graph, new LayerSolver([], 0, 1, CancellationToken.None)).Gone();

    private static Graph Apply(string recipe, Graph graph) => Bind(recipe).Apply(graph, new PassContext(graph) { Samples = [.. Enumerable.Range(0, 48).Select(Sample)] });

    private static Tensor[] Sample(int seed) => [ChannelNet.Random(new Random(seed), 2, 1, 3, 6, 6)];

    private static Tensor Weights(Graph graph, string node) => graph.Constants[graph.Nodes.Single(n => n.Name == node).Inputs[1]];

    private static int Channels(Graph graph, Node layer) => graph.Types[graph.Nodes.Single(n => n.Outputs[0] == layer.Outputs[0]).Outputs[0]].Shape[1];

    /// <summary>Which outputs of a layer are left, by their biases.</summary>
    private static int[] Rows(Graph graph, Graph pruned, string node)
    {
        float[] before = Biases(graph), after = Biases(pruned);
        return [.. after.Select(b => Array.IndexOf(before, b))];

        float[] Biases(Graph g) => [.. g.Constants[g.Nodes.Single(n => n.Name == node).Inputs[2]].F32];
    }

    /// <summary>x → in → deep → out, + in, beside it side; a last layer reads both. Channels 1, 3, 5, 7 of the first are large, 2 and 3 of side.</summary>
    private static Graph Block()
    {
        var builder = new GraphBuilder("block");
        builder.AddInput("x", new(ElementType.Float32, [1, 3, 6, 6]));
        string first = builder.Add("relu", new Relu(), Conv("in", "x", 8, 3, 3, 1)), deep = Conv("deep", first, 8, 1, 3, 8);
        string sum = builder.Add("sum", new Add(), Conv("out", deep, 8, 8, 1, 1), first), side = Conv("side", "x", 4, 3, 3, 1);
        return builder.Build([Conv("last", builder.Add("both", new Concat(1), sum, side), 5, 12, 1, 1)]);

        string Conv(string name, string x, int outputs, int inputs, int kernel, int group)
        {
            int each = inputs * kernel * kernel, pad = kernel / 2;
            var random = new Random(name.Length);
            bool Large(int output) => outputs == 8 ? output % 2 == 1 : output >= 2;
            float[] weights = [.. Enumerable.Range(0, outputs * each).Select(i => (random.NextSingle() - 0.5f) * (Large(i / each) ? 5 : 1))], biases = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle())];
            return builder.Add(name, new Conv(new([kernel, kernel]), new([1, 1]), new([1, 1]), new([pad, pad, pad, pad]), group), x,
                builder.AddConstant($"{name}.w", Tensor.Of([outputs, inputs, kernel, kernel], weights)), builder.AddConstant($"{name}.b", Tensor.Of([outputs], biases)));
        }
    }
}

namespace ModelBuild.Engine.Tests;

/// <summary>quantize(int4) and its like, on a network of random weights.</summary>
[TestClass]
public class QuantizeWeightsTests
{
    [TestMethod]
    [DataRow("quantize(int4, wide: none)", 7)]
    [DataRow("quantize(weights: int3, wide: none)", 3)]
    [DataRow("quantize(ternary, wide: none)", 1)]
    [DataRow("quantize(quaternary, wide: none)", 2)]
    [DataRow("quantize(int4, wide: none, solve: nearest)", 7)]
    public void Apply_PutsFloatWeightsOnAGrid(string recipe, int most)
    {
        Graph graph = Network(), after = Apply(recipe, graph);
        foreach (string node in new[] { "first", "deep", "last" })
        {
            Tensor w = after.Constant(after.Nodes.Single(n => n.Name == node).Inputs[1])!;
            int outputs = w.Shape[0], each = w.Shape.Size / outputs;
            for (int m = 0; m < outputs; m++)
            {
                float[] row = w.F32.Slice(m * each, each).ToArray();
                float unit = row.Where(v => v != 0).Select(Math.Abs).DefaultIfEmpty(1).Min();
                Assert.IsTrue(Enumerable.Range(1, most).Any(i => (Half)(unit / i) is var s && (float)s * i == unit && row.All(v => MathF.Round(v / (float)s) is var q && Math.Abs(q) <= most && q * (float)s == v)), $"{node} {m}: {string.Join(" ", row)}");
            }
        }
    }

    [TestMethod]
    [DataRow("quantize(int4, block: 32, wide: none)", 7, 32)]
    [DataRow("quantize(weights: int3, block: 8, wide: none)", 3, 8)]
    [DataRow("quantize(int4, block: 50, wide: none, solve: nearest)", 7, 50)]
    [DataRow("quantize(ternary, block: 16, wide: none, rate: 0.05)", 1, 16)]
    public void Apply_GivesEachBlockItsScale(string recipe, int most, int block)
    {
        float[] w = [.. Apply(recipe, Network()) is var after ? after.Constant(after.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32 : default];
        foreach (float[] values in w.Chunk(144).SelectMany(row => row.Chunk(block)))
        {
            float unit = values.Where(v => v != 0).Select(Math.Abs).DefaultIfEmpty(1).Min();
            Assert.IsTrue(Enumerable.Range(1, most).Any(i => (Half)(unit / i) is var s && (float)s * i == unit && values.All(v => MathF.Round(v / (float)s) is var q && Math.Abs(q) <= most && q * (float)s == v)), string.Join(" ", values));
        }
    }

    [TestMethod]
    public void Apply_KeepsMore_WhereBlocksHaveScales_AndStoresThem()
    {
        Graph graph = Network(), rows = Apply("quantize(int3, only: wide, wide: none)", graph), blocks = Apply("quantize(int3, block: 16, only: wide, wide: none)", graph);
        Assert.IsLessThan(Error(graph, rows), Error(graph, blocks));
        Assert.Contains("BitsBlocks", Emitted.From(blocks, PlanNames.None).Text);
        // 40 outputs of 144 weights of three bits each: nine scales each instead of one, and what says how long a block is.
        Assert.AreEqual((1 + 40 * 2 + 2 + 2160, 6 + 1 + 40 * 9 * 2 + 2 + 2160), (Bytes(rows), Bytes(blocks)));

        static int Bytes(Graph graph) => Panels.Pack(graph.Constant(graph.Nodes.Single(n => n.Name == "wide").Inputs[1])!, 1) is var w
            ? StoredForm.Smallest(System.Runtime.InteropServices.MemoryMarshal.AsBytes(w.Values.AsSpan()), 4, w.Layout)!.Value.Packed.Length : 0;
    }

    [TestMethod]
    [DataRow("quantize(binary, wide: none)")]
    [DataRow("quantize(binary, wide: none, solve: nearest)")]
    [DataRow("quantize(binary, wide: none, rate: 0.1)")]
    public void Apply_GivesAnOutputTwoNumbers(string recipe)
    {
        Graph after = Apply(recipe, Network());
        foreach (Tensor w in after.Nodes.Where(n => n.Op is Conv).Select(n => after.Constant(n.Inputs[1])!))
        {
            int each = w.Shape.Size / w.Shape[0];
            for (int m = 0; m < w.Shape[0]; m++)
            {
                float[] values = [.. w.F32.Slice(m * each, each).ToArray().Distinct()];
                Assert.IsTrue(values.Length <= 2 && values.All(v => v == (float)(Half)v), string.Join(" ", values));
            }
        }
    }

    [TestMethod]
    public void Apply_GivesAnOutputTheNumbersThatKeepWhatItGives()
    {
        Graph graph = Network();
        Assert.IsLessThan(0.8 * Error(graph, Apply("quantize(binary, only: wide, wide: none, solve: nearest)", graph)), Error(graph, Apply("quantize(binary, only: wide, wide: none)", graph)));
    }

    [TestMethod]
    [DataRow("palettize(3, wide: none)", 8)]
    [DataRow("palettize(1, wide: none, solve: nearest)", 2)]
    [DataRow("palettize(4, wide: none, rate: 0.05)", 16)]
    public void Apply_GivesWeightsACodebook(string recipe, int most)
    {
        Graph after = Apply(recipe, Network());
        foreach (Node node in after.Nodes.Where(n => n.Op is Conv))
        {
            float[] values = [.. after.Constant(node.Inputs[1])!.F32.ToArray().Distinct()];
            Assert.IsTrue(values.Length is > 1 && values.Length <= most && values.All(v => v == (float)(Half)v), $"{node.Name}: {string.Join(" ", values)}");
        }
    }

    [TestMethod]
    public void Prune_KeepsWhatTheNetworkGives_BetterWhereWeightsMakeUpForOthers()
    {
        Graph graph = Network();
        double plain = Error(graph, Apply("prune(0.5, only: wide)", graph)), wanda = Error(graph, Apply("prune(0.5, only: wide, score: wanda)", graph)),
            solved = Error(graph, Apply("prune(0.5, only: wide, solve: layerwise)", graph));
        Assert.IsLessThan(0.5 * plain, solved);
        Assert.IsLessThan(plain, wanda);
    }

    [TestMethod]
    [DataRow("prune(0.3, structure: channel", 0.8)]
    [DataRow("prune(0.3, structure: channel, scope: global, norm: l2", 0.8)]
    [DataRow("prune(0.3, structure: channel, score: wanda", 0.8)]
    [DataRow("prune(structure: nm, only: wide", 0.6)]
    [DataRow("prune(structure: nm, only: wide, score: wanda", 0.6)]
    public void Prune_KeepsWhatTheNetworkGives_Better_WhereLayersAreSolvedForAgain(string recipe, double share)
    {
        Graph graph = Network();
        double plain = Error(graph, Apply(recipe + ")", graph)), solved = Error(graph, Apply(recipe + ", solve: layerwise)", graph));
        Assert.IsLessThan(share * plain, solved);
    }

    [TestMethod]
    public void Prune_InRounds_LosesLess_AndAsManyWeights()
    {
        Graph graph = Network(), once = Apply("prune(0.6, only: wide, solve: layerwise)", graph), rounds = Apply("prune(0.6, only: wide, solve: layerwise, rounds: 5)", graph);
        Assert.AreEqual(Zeros(once), Zeros(rounds));
        Assert.IsLessThan(Error(graph, once), Error(graph, rounds));

        static int Zeros(Graph graph) => LayerWeights.Of(graph, "wide")!.Count(w => w == 0);
    }

    [TestMethod]
    public void Prune_LeavesNOfM_WhereWhatRemainsMakesUpForTheRest()
    {
        Graph after = Apply("prune(structure: nm, only: wide, solve: layerwise)", Network());
        Assert.IsTrue(after.Constant(after.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32.ToArray().Chunk(144).All(row => row.Chunk(4).All(group => group.Count(w => w != 0) == 2)));
    }

    [TestMethod]
    [DataRow("prune(threshold: 0.05, only: wide)", 0.05f)]
    [DataRow("prune(threshold: 0, only: wide)", 0f)]
    public void Prune_ZeroesWhatIsAtMostTheThreshold(string recipe, float threshold)
    {
        Graph graph = Network(), after = Apply(recipe, graph);
        Assert.IsTrue(graph.Constants["wide.w"].F32.ToArray().Zip(after.Constants["wide.w"].F32.ToArray()).All(p => p.Second == (Math.Abs(p.First) <= threshold ? 0 : p.First)));
    }

    [TestMethod]
    public void Apply_LeavesZerosZero_WhereWeightsWerePruned()
    {
        Graph pruned = Apply("prune(0.6, only: wide)", Network());
        foreach (string recipe in new[] { "palettize(3)", "quantize(int4)" })
        {
            float[] before = pruned.Constant(pruned.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32.ToArray(), after = Apply(recipe, pruned) is var g ? g.Constant(g.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32.ToArray() : [];
            Assert.IsTrue(before.Zip(after).All(p => p.First != 0 || p.Second == 0), recipe);
        }
    }

    [TestMethod]
    public void Apply_KeepsWhatTheNetworkGives_BetterThanTheNearestLevelsDo()
    {
        Graph graph = Network();
        double solved = Error(graph, Apply("quantize(int3, wide: none)", graph)), nearest = Error(graph, Apply("quantize(int3, wide: none, solve: nearest)", graph));
        Assert.IsLessThan(0.7 * nearest, solved);
    }

    [TestMethod]
    public void Apply_GivesIntegersToIntegerKernels_WhenActivationsAreIntegers()
    {
        Graph graph = Network(), after = Simplify.Run(Apply("quantize(int4, wide: none, activations: int8)", graph));
        Emitted emitted = Emitted.From(after, PlanNames.None);
        Assert.DoesNotContain("F32F32", emitted.Text);
        foreach (Tensor w in after.Constants.Values.Where(c => c is { Element: ElementType.Int8, Shape.Rank: 4 }))
            Assert.IsTrue(w.Int64s().All(q => Math.Abs(q) <= 7));
        Assert.IsLessThan(0.2, Error(graph, after));
    }

    [TestMethod]
    public void QuantizeInt8_KeepsTheGrid_ThatAStepBeforeItMade()
    {
        Graph few = Apply("quantize(int3, wide: none)", Network()), after = Simplify.Run(Apply("quantize(int8)", few));
        Assert.DoesNotContain("F32F32", Emitted.From(after, PlanNames.None).Text);
        foreach (Tensor w in after.Constants.Values.Where(c => c is { Element: ElementType.Int8, Shape.Rank: 4 }))
            Assert.IsTrue(w.Int64s().All(q => Math.Abs(q) <= 3));
        Assert.IsLessThan(0.1, Error(few, after));
    }

    [TestMethod]
    public void Apply_LeavesEndsAndSmallLayersAtEightBits_UnlessToldNotTo()
    {
        Graph after = Apply("quantize(ternary, activations: int8)", Network());
        int[] most = [.. after.Nodes.Where(n => n.Op is Conv).Select(n => (int)after.Constant(after.Nodes.Single(d => d.Outputs.Contains(n.Inputs[1])).Inputs[0])!.Int64s().Max(Math.Abs))];
        CollectionAssert.AreEqual(new[] { true, true, false, true }, most.Select(m => m > 7).ToArray(), string.Join(" ", most));
    }

    [TestMethod]
    public void Apply_ChangesTheSelectedNodesOnly()
    {
        Graph graph = Network(), after = Apply("quantize(int4, only: wide)", graph);
        Assert.AreSame(graph.Constants["first.w"], after.Constants["first.w"]);
        Assert.IsFalse(after.Nodes.Single(n => n.Name == "wide").Inputs.Contains("wide.w"));
    }

    [TestMethod]
    public void Apply_SaysWhichLayerItIsAt()
    {
        var layers = new List<string>();
        Graph graph = Network();
        RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", "quantize(int4)")).Single().Apply(graph, new PassContext(graph) { Samples = [Sample(1)], Progress = layers.Add });
        CollectionAssert.AreEqual(new[] { "first", "deep", "wide", "last" }, layers);
    }

    [TestMethod]
    public void Apply_GivesTheSameBytes_EachTime()
    {
        foreach (string recipe in new[] { "quantize(int3)", "quantize(int4, activations: int8, rate: 0.1)", "prune(0.3, structure: channel, score: wanda, solve: layerwise)" })
            CollectionAssert.AreEqual(Emitted.From(Apply(recipe, Network()), PlanNames.None).Weights, Emitted.From(Apply(recipe, Network()), PlanNames.None).Weights, recipe);
    }

    [TestMethod]
    public void Auto_StaysWithinTheSize_AndSaysTheRecipe()
    {
        Graph graph = Network();
        int most = Bytes("quantize(int8)"), least = Bytes("quantize(ternary, wide: none) | quantize(int8)"), budget = (most + least) / 2;
        var notes = new List<string>();
        Graph after = Apply($"auto(max-size: {budget})", graph, notes);
        int bytes = Emitted.From(Simplify.Run(after), PlanNames.None).Weights.Length;
        Assert.IsTrue(bytes <= budget && bytes > least, $"{least} < {bytes} <= {budget}");
        // What is to be pasted gives the same.
        string recipe = notes.Single()["auto: ".Length..notes.Single().LastIndexOf(" (", StringComparison.Ordinal)];
        CollectionAssert.AreEqual(Emitted.From(Simplify.Run(after), PlanNames.None).Weights, Emitted.From(Simplify.Run(Apply(recipe, graph)), PlanNames.None).Weights, recipe);

        int Bytes(string recipe) => Emitted.From(Simplify.Run(Apply(recipe, graph)), PlanNames.None).Weights.Length;
    }

    [TestMethod]
    public void Auto_SaysSo_WhereNothingIsSmallEnough() =>
        Assert.Contains("the fewest bytes", Assert.ThrowsExactly<OperatorException>(() => Apply("auto(max-size: 100)", Network())).Message);

    [TestMethod]
    public void Auto_SaysARecipe_ThatLeavesAloneWhatItLeavesAlone()
    {
        var notes = new List<string>();
        Apply("auto(max-drop: 1, except: first)", Network(), notes);
        Assert.Contains("quantize(int8, except: ['first'])", notes.Single());
        Assert.DoesNotContain("only: ['first'", notes.Single());
    }

    [TestMethod]
    public void Auto_LosesNoMoreThanItMay()
    {
        Graph graph = Network(), none = Simplify.Run(Apply("auto(max-drop: 0)", graph)), all = Simplify.Run(Apply("auto(max-drop: 1)", graph));
        Assert.IsLessThan(Emitted.From(none, PlanNames.None).Weights.Length, Emitted.From(all, PlanNames.None).Weights.Length);
        Assert.IsLessThan(Error(graph, all), Error(graph, none));
    }

    private static Graph Apply(string recipe, Graph graph, List<string>? notes = null)
    {
        foreach (BoundStep step in RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)))
            graph = step.Apply(graph, new PassContext(graph) { Samples = [.. Enumerable.Range(0, 24).Select(Sample)], Note = line => notes?.Add(line) });
        return graph;
    }

    internal static double Error(Graph graph, Graph after)
    {
        using PlanRunner one = Runner(graph), other = Runner(after);
        return Enumerable.Range(100, 8).Average(s => (double)Comparison.Error(other.Run(Sample(s))[0], one.Run(Sample(s))[0]));

        static PlanRunner Runner(Graph graph) => Emitted.From(graph, PlanNames.None) is var emitted ? new(emitted.Plan, emitted.Weights) : null!;
    }

    /// <summary>Images of slow waves: neighbours are alike, as in pictures.</summary>
    internal static Tensor[] Sample(int seed)
    {
        var random = new Random(seed);
        double a = random.NextDouble(), b = random.NextDouble(), c = 6 * random.NextDouble();
        return [Tensor.Of([1, 2, 12, 12], [.. Enumerable.Range(0, 288).Select(i => (float)(Math.Sin(a * (i % 12) + b * (i / 12 % 12) + c + i / 144) + 0.1 * random.NextDouble()))])];
    }

    internal static Graph Network()
    {
        var random = new Random(7);
        var builder = new GraphBuilder("network");
        builder.AddInput("x", new(ElementType.Float32, [1, 2, 12, 12]));
        string first = Conv("first", "x", 16, 2, 3, 1), deep = Conv("deep", first, 16, 1, 3, 16), wide = Conv("wide", deep, 40, 16, 3, 1);
        return builder.Build([Conv("last", wide, 5, 40, 1, 1)]);

        string Conv(string name, string x, int outputs, int inputs, int kernel, int group)
        {
            string w = builder.AddConstant($"{name}.w", Numbers([outputs, inputs, kernel, kernel], 1.7f / MathF.Sqrt(inputs * kernel * kernel))), b = builder.AddConstant($"{name}.b", Numbers([outputs], 0.1f));
            int pad = kernel / 2;
            builder.Add(new Node(name, new Conv(new([kernel, kernel]), new([1, 1]), new([1, 1]), new([pad, pad, pad, pad]), group), new([x, w, b]), new([name + ".y"])));
            return name == "last" ? name + ".y" : builder.Add(name + ".relu", new Relu(), name + ".y");
        }

        Tensor Numbers(Shape shape, float scale) => Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => scale * (random.NextSingle() * 2 - 1))]);
    }
}

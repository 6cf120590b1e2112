namespace ModelBuild.Engine.Tests;

/// <summary>Channels that are constant or unread: which go, by the shapes of the weights that are left, and that the function stays the same.</summary>
[TestClass]
public class DeadChannelsTests
{
    private static readonly int[] s_dead = [1, 4];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(-1f, 3, 1, "[4, 3, 3, 3] [4, 4, 3, 3]", DisplayName = "zero behind the activation")]
    [DataRow(0.7f, 1, 0, "[4, 3, 3, 3] [4, 4, 1, 1]", DisplayName = "into the bias of a pointwise convolution")]
    [DataRow(0.7f, 3, 0, "[4, 3, 3, 3] [4, 4, 3, 3]", DisplayName = "into the bias where nothing is padded")]
    [DataRow(0.7f, 3, 1, "[6, 3, 3, 3] [4, 6, 3, 3]", DisplayName = "not constant at a border of zeros")]
    public void Convolution_TakesTheConstant(float bias, int kernel, int pad, string expected) =>
        Check(expected, n => [n.Conv(n.Relu(n.Conv("x", 6, 3, 1, dead: s_dead, bias: bias)), 4, kernel, pad)]);

    [TestMethod]
    public void Convolution_HasABiasAfterwards_WhenItHadNone()
    {
        Graph simple = Check("[4, 3, 1, 1] [4, 4, 1, 1]", n => [n.Conv(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.3f)), 4, 1, biased: false)]);
        Assert.HasCount(3, simple.Nodes[^1].Inputs);
    }

    [TestMethod]
    [DataRow(0.7f, 0, 0f, "[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", DisplayName = "another constant")]
    [DataRow(0.7f, 1, 5f, "[6, 3, 1, 1] [6, 1, 3, 3] [4, 6, 1, 1]", DisplayName = "no constant at the border")]
    [DataRow(0.7f, 1, -50f, "[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", DisplayName = "cut off everywhere by the activation behind it")]
    [DataRow(-1f, 1, 0.5f, "[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", DisplayName = "its bias alone")]
    public void Depthwise_MakesAnotherConstant(float bias, int pad, float second, string expected) => Check(expected, n =>
        [n.Conv(n.Relu(n.Conv(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: bias)), 6, 3, pad, group: 6, bias: second)), 4, 1)]);

    [TestMethod]
    public void Depthwise_GoesWithItsInput_WhenItsOwnWeightsAreZero() =>
        Check("[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Conv("x", 6, 1), 6, 3, 1, group: 6, dead: s_dead, bias: 0.4f)), 4, 1)]);

    [TestMethod]
    public void Border_IsAveraged_WhenOneValueIsLeftOfIt() => Check("[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", n =>
        [n.Conv(n.Add("mean", new GlobalAveragePool(), n.Conv(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)), 6, 3, 1, group: 6)), 4, 1)]);

    [TestMethod]
    public void GroupedConvolution_LosesWholeGroups()
    {
        Check("[6, 3, 1, 1] [6, 2, 1, 1] [4, 6, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Conv("x", 6, 1), 6, 1, group: 3, dead: s_dead, bias: 0.4f)), 4, 1)]);
        Check("[4, 3, 1, 1] [4, 2, 1, 1] [4, 4, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Conv("x", 6, 1), 6, 1, group: 3, dead: [2, 3], bias: 0.4f)), 4, 1)]);
        Check("[4, 3, 1, 1] [8, 1, 3, 3] [4, 8, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.4f)), 12, 3, group: 6)), 4, 1)]);
    }

    [TestMethod]
    public void Sum_KeepsTheChannel_WhenItIsDeadInOneBranch() => Check("[6, 3, 1, 1] [6, 3, 1, 1] [4, 6, 1, 1]", n =>
        [n.Conv(n.Relu(n.Add("sum", new Add(), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)), n.Conv("x", 6, 1))), 4, 1)]);

    [TestMethod]
    public void Sum_LosesTheChannel_WhenItIsDeadInBoth() => Check("[5, 3, 1, 1] [5, 3, 1, 1] [4, 5, 1, 1]", n =>
        [n.Conv(n.Relu(n.Add("sum", new Add(), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)), n.Conv("x", 6, 1, dead: [4, 5], bias: 0.2f))), 4, 1)]);

    [TestMethod]
    public void Residual_LosesTheChannel_AllAlong() => Check("[5, 3, 1, 1] [5, 5, 3, 3] [4, 5, 1, 1]", n =>
    {
        string stem = n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: -0.7f));
        return [n.Conv(n.Relu(n.Add("sum", new Add(), stem, n.Conv(stem, 6, 3, 1, dead: [0, 4], bias: 0.2f))), 4, 1)];
    });

    [TestMethod]
    public void Concat_PassesEachBranchOn() => Check("[4, 3, 1, 1] [2, 3, 1, 1] [4, 6, 1, 1]", n =>
        [n.Conv(n.Add("both", new Concat(1), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)), n.Conv("x", 3, 1, dead: [0], bias: -0.2f)), 4, 1)]);

    [TestMethod]
    public void Concat_OfLines_LosesWhatAllOfThemCanLose() => Check("[5, 3, 1, 1] [5, 3, 1, 1] [4, 5, 1, 1]", n =>
        [n.Conv(n.Relu(n.Add("both", new Concat(2), n.Conv("x", 6, 1, dead: s_dead, bias: -0.7f), n.Conv("x", 6, 1, dead: [4, 5], bias: -0.2f))), 4, 1)]);

    [TestMethod]
    public void Gemm_TakesTheConstant_BehindFlatten() => Check("[4, 3, 3, 3] [5, 144]", n =>
        [n.Gemm(n.Add("flat", new Flatten(), n.Relu(n.Conv("x", 6, 3, 1, dead: s_dead, bias: 0.7f))), 5, 216)]);

    [TestMethod]
    public void Gemm_TakesWhatIsNotTheSameEverywhere() => Check("[4, 3, 1, 1] [4, 1, 3, 3] [5, 144]", n =>
        [n.Gemm(n.Add("flat", new Reshape(new([0, -1])), n.Conv(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)), 6, 3, 1, group: 6)), 5, 216)]);

    [TestMethod]
    public void Gemm_LosesRows_OfTheOneBefore() => Check("[4, 108] [3, 4]", n =>
        [n.Gemm(n.Relu(n.Gemm(n.Add("flat", new Flatten(), "x"), 6, 108, dead: s_dead, bias: 0.6f)), 3, 6)]);

    [TestMethod]
    public void MatMul_IsFollowedByASum_WhenItHasNoBias()
    {
        Graph simple = Check("[6, 4] [4, 5]", n => [n.MatMul(n.Relu(n.Add("bias", new Add(), n.MatMul("x", 6, 6, dead: s_dead), n.Constant([6], [0, 0.5f, 0, 0, -0.5f, 0]))), 6, 5)]);
        Assert.AreEqual("MatMul Add Relu MatMul Add", string.Join(" ", simple.Nodes.Select(n => n.Op.Name)));
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(1e-11f)]
    public void Input_GoesWithWhatMadeIt_WhenNobodyReadsIt(float weight) => Check("[5, 3, 1, 1] [4, 5, 3, 3] [2, 5, 1, 1]", n =>
    {
        string x = n.Relu(n.Conv("x", 6, 1));
        return [n.Conv(x, 4, 3, 1, unread: [2, 3], weight: weight), n.Conv(x, 2, 1, unread: [3, 5], weight: weight)];
    });

    [TestMethod]
    public void WeightsThatAreSmall_Stay() => Check("[6, 3, 1, 1] [4, 6, 3, 3]", n => [n.Conv(n.Relu(n.Conv("x", 6, 1)), 4, 3, 1, unread: [2, 3], weight: 1e-8f)]);

    [TestMethod]
    public void Layers_GoOneAfterTheOther_WhenOneReadsTheLastOfAnother() => Check("[2, 3, 1, 1] [3, 2, 1, 1] [4, 3, 1, 1]", n =>
        [n.Conv(n.Relu(n.Conv(n.Relu(n.Conv("x", 3, 1, dead: [1], bias: 0.5f)), 5, 1, only: (s_dead, 1))), 4, 1)]);

    [TestMethod]
    public void Output_Stays()
    {
        Check("[6, 3, 1, 1] [4, 6, 1, 1]", n =>
        {
            string x = n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: -1));
            return [x, n.Conv(x, 4, 1)];
        });
        Check("[6, 3, 1, 1]", n => [n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: -1))]);
    }

    [TestMethod]
    public void Channel_Stays_WhenAnUnknownOperatorReadsIt() => Check("[6, 3, 1, 1] [4, 6, 1, 1]", n =>
        [n.Conv(n.Add("soft", new Softmax(1), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: -1))), 4, 1)]);

    [TestMethod]
    [DataRow(-1f)]
    [DataRow(0.4f)]
    public void OneChannelIsLeft_WhenAllAreDead(float bias) => Check("[1, 3, 1, 1] [4, 1, 1, 1]", n => [n.Conv(n.Relu(n.Conv("x", 6, 1, dead: [0, 1, 2, 3, 4, 5], bias: bias)), 4, 1)]);

    [TestMethod]
    public void Pools_KeepTheConstant_ButWhereZerosCount()
    {
        EquatableArray<int> two = new([2, 2]), one = new([1, 1]), pads = new([1, 1, 1, 1]);
        Pooled(new MaxPool(two, two, one, pads), "[4, 3, 1, 1] [4, 4, 1, 1]");
        Pooled(new AveragePool(two, two, one, pads), "[4, 3, 1, 1] [4, 4, 1, 1]");
        Pooled(new AveragePool(two, two, one, pads, IncludePads: true), "[6, 3, 1, 1] [4, 6, 1, 1]");
        Pooled(new Pad(new([0, 0, 1, 1, 0, 0, 1, 1]), Value: 1), "[6, 3, 1, 1] [4, 6, 1, 1]");
        Pooled(new Pad(new([0, 0, 1, 1, 0, 0, 1, 1]), PadMode.Edge), "[4, 3, 1, 1] [4, 4, 1, 1]");

        static void Pooled(Op op, string expected) => Check(expected, n => [n.Conv(n.Add("pool", op, n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f))), 4, 1)]);
    }

    [TestMethod]
    public void Parts_LoseTheirOwn() => Check("[3, 3, 1, 1] [2, 2, 1, 1] [4, 1, 1, 1] [3, 2, 1, 1]", n =>
    {
        // Channel 5 is in no part; 0 to 2 and 3 to 4 are the others.
        string x = n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f));
        string parts = n.Add("part", new Slice(new([0]), new([5]), new([1])), x);
        string[] split = n.Split(parts, new Split(2, 1, new([3, 2])));
        return [n.Conv(split[0], 2, 1), n.Conv(split[1], 4, 1), n.Conv(n.Add("slice", new Slice(new([1]), new([-2]), new([1])), x), 3, 1)];
    });

    [TestMethod]
    public void Scale_ByChannel_HangsOnBothItsFactors() => Check("[4, 3, 1, 1] [4, 4, 1, 1] [4, 4, 1, 1]", n =>
    {
        string x = n.Relu(n.Conv("x", 6, 1, dead: [1, 4], bias: -1));
        string gate = n.Add("gate", new HardSigmoid(), n.Conv(n.Add("mean", new GlobalAveragePool(), x), 6, 1, dead: [1, 2], bias: 0.3f));
        return [n.Conv(n.Add("scale", new Mul(), x, gate), 4, 1, unread: [4])];
    });

    [TestMethod]
    public void Transposes_AndReshapes_CarryChannelsAlong() => Check("[4, 3, 1, 1] [4, 5]", n =>
        [n.MatMul(n.Add("rows", new Reshape(new([1, 36, 6])), n.Add("last", new Transpose(new([0, 2, 3, 1])), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)))), 6, 5)]);

    [TestMethod]
    public void Shuffle_BecomesASelection_WhenSomeOfItGoes()
    {
        Graph simple = Check("[4, 3, 1, 1] [4, 1, 3, 3] [4, 4, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Shuffle(n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f))), 6, 3, group: 6)), 4, 1)]);
        Assert.AreEqual("Conv Relu Gather Conv Relu Conv", string.Join(" ", simple.Nodes.Select(n => n.Op.Name)));
        simple = Check("[6, 3, 1, 1] [6, 1, 3, 3] [4, 6, 1, 1]", n => [n.Conv(n.Relu(n.Conv(n.Shuffle(n.Relu(n.Conv("x", 6, 1))), 6, 3, group: 6)), 4, 1)]);
        Assert.AreEqual("Conv Relu Reshape Transpose Reshape Conv Relu Conv", string.Join(" ", simple.Nodes.Select(n => n.Op.Name)));
    }

    [TestMethod]
    public void Shuffle_IntoHalves_GivesEachItsOwn() => Check("[4, 3, 1, 1] [2, 2, 1, 1] [4, 2, 1, 1]", n =>
    {
        string pairs = n.Add("pairs", new Reshape(new([3, 2, 36])), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)));
        string halves = n.Add("halves", new Reshape(new([2, -1, 3, 6, 6])), n.Add("turned", new Transpose(new([1, 0, 2])), pairs));
        return [n.Conv(n.Half(halves, 0), 2, 1), n.Conv(n.Half(halves, 1), 4, 1)];
    });

    [TestMethod]
    public void Shuffle_KeepsWhatElseIsRead_InTheMidst() => Check("[6, 3, 1, 1] [4, 6, 1, 1]", n =>
    {
        string apart = n.Add("apart", new Reshape(new([1, 2, 3, 6, 6])), n.Relu(n.Conv("x", 6, 1, dead: s_dead, bias: 0.7f)));
        return [n.Conv(n.Add("together", new Reshape(new([1, 6, 6, 6])), n.Add("turned", new Transpose(new([0, 2, 1, 3, 4])), apart)), 4, 1), n.Add("soft", new Softmax(2), apart)];
    });

    [TestMethod]
    public void Function_StaysTheSame_WhateverIsDead()
    {
        int before = 0, after = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            Graph graph = new ChannelNet(seed).Anything(), simple = Agree(graph, seed);
            before += Weights(graph);
            after += Weights(simple);
        }
        TestContext.WriteLine($"{before} weights → {after}");
        Assert.IsLessThan(before * 3 / 4, after);
    }

    [TestMethod]
    public void MobileNet_LosesWhatTrainingLeftUnused()
    {
        string file = Fixtures.Path("models/onnx/tiny_mobilenetv1_025_vww.onnx"), data = Fixtures.Path("data/person_detection.npz");
        Graph imported = OnnxReader.Read(file, ImportOptions.None).Graph, simple = Simplify.Run(imported);
        Assert.AreEqual((208_112, 29_580), (Weights(imported), Weights(simple)));
        Emitted whole = Emitted.From(imported, PlanNames.Of(file)), small = Emitted.From(simple, PlanNames.Of(file));
        long macs = whole.Plan.Calls.Sum(ReportLayers.Macs), less = small.Plan.Calls.Sum(ReportLayers.Macs);
        TestContext.WriteLine($"{macs} multiplications → {less}");
        Assert.IsLessThan(macs * 0.52, less);

        using PlanRunner expected = new(whole.Plan, whole.Weights), actual = new(small.Plan, small.Weights);
        DataInput[] inputs = [new(simple.Inputs[0], "Input", simple.Types[simple.Inputs[0]])];
        var request = new CompileRequest(file, "M", "N", Evaluation: data, Scale: "1/255");
        double worst = Dataset.Evaluation(request, inputs, [])!.Samples().Concat(RandomData.Of(inputs, Normalization.Read(request, inputs), 32, seed: 5).Samples())
            .Max(sample => expected.Run(sample)[0].F32.ToArray().Zip(actual.Run(sample)[0].F32.ToArray(), (r, y) => Math.Abs(y - r)).Max());
        TestContext.WriteLine($"largest difference {worst:E2}");
        Assert.IsLessThanOrEqualTo(1e-5, worst);
    }

    private static int Weights(Graph graph) => graph.Nodes.Where(n => n.Op.Weights.Count > 0).Sum(n => graph.Constants[n.Inputs[1]].Shape.Size);

    private static Graph Check(string expected, Func<ChannelNet, string[]> make)
    {
        Graph? simple = null;
        for (int seed = 0; seed < 4; seed++)
        {
            var net = new ChannelNet(seed);
            simple = Agree(net.Finish(make(net)), seed);
            Assert.AreEqual(expected, string.Join(" ", simple.Nodes.Where(n => n.Op.Weights.Count > 0).Select(n => simple.Constants[n.Inputs[1]].Shape)));
        }
        return simple!;
    }

    /// <summary>The simplified graph, which by the operators' plain meaning computes what the other one does; and so do kernels.</summary>
    private static Graph Agree(Graph graph, int seed)
    {
        Graph simple = Simplify.Run(graph);
        Emitted emitted = Emitted.From(simple, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Tensor[] x = [ChannelNet.Random(new Random(seed + 1000), 2, 1, 3, 6, 6)];
        Tensor[] expected = Reference.Run(graph, x, CancellationToken.None), actual = Reference.Run(simple, x, CancellationToken.None), run = runner.Run(x);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(2e-6, Comparison.Error(actual[i], expected[i]), $"seed {seed}");
            Assert.IsLessThanOrEqualTo(1e-5, Comparison.Error(run[i], expected[i]), $"seed {seed}");
        }
        return simple;
    }

    [TestMethod]
    [DataRow(200, 3)]
    [DataRow(4, 2)]
    public void Run_LeavesAFewDeadChannels_WhereTheySaveNextToNothing(int large, int left)
    {
        var builder = new GraphBuilder("network");
        builder.AddInput("x", new(ElementType.Float32, [2, large]));
        string wide = builder.Add("wide", new MatMul(), "x", builder.AddConstant("w", Tensor.Of([large, large], [.. Enumerable.Range(1, large * large).Select(i => 1f / i)])));
        string few = builder.Add("few", new MatMul(), builder.Add("relu", new Relu(), wide), builder.AddConstant("f", Tensor.Of([large, 3], [.. Enumerable.Range(0, large * 3).Select(i => i % 3 == 1 ? 0f : i)])));
        string last = builder.Add("last", new MatMul(), builder.Add("relu2", new Relu(), few), builder.AddConstant("l", Tensor.Of([3, 2], [1f, 2, 3, 4, 5, 6])));
        Graph simple = Simplify.Run(builder.Build([last]));
        Assert.AreEqual(left, simple.Types[simple.Nodes.Single(n => n.Name == "few").Outputs[0]].Shape[1]);
    }
}

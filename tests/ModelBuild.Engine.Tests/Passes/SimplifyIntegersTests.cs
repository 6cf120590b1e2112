using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class SimplifyIntegersTests
{
    private static readonly Quantization Bytes = new(new([0.05f]), new([120]), ElementType.UInt8), Signed = new(new([0.05f]), new([-8]), ElementType.Int8), Coarse = new(new([0.08f]), new([100]), ElementType.UInt8);

    [TestMethod]
    public void Moves_AreOfBytes_WhenQuantizedOnBothSides()
    {
        foreach (Op move in (Op[])[new Transpose(new([0, 2, 3, 1])), new Reshape(new([1, 4, 2, 4])), new Slice(new([1]), new([3]), new([1])), new Flatten(), new DepthToSpace(2), new Tile(new([1, 1, 2, 1])),
            new Pad(new([0, 0, 1, 0, 0, 0, 0, 1]), PadMode.Constant, 1.5), new Resize(new([1, 8, 4, 4]), new([1, 1, 2, 2]))])
        {
            Graph graph = Simplify.Run(Group(Bytes, Bytes, (b, x) => b.Add("move", move, x)));
            CollectionAssert.AreEqual((string[])["QuantizeLinear", move.Name, "DequantizeLinear"], graph.Nodes.Select(n => n.Op.Name).ToArray());
            Assert.AreEqual(ElementType.UInt8, graph.Types[graph.Nodes[1].Outputs[0]].Element);
            Agrees(graph, Group(Bytes, Bytes, (b, x) => b.Add("move", move, x)));
        }
    }

    [TestMethod]
    public void Split_IsOfBytes_WhenAllPartsAreQuantizedAlike()
    {
        Graph Make() => Group(Bytes, Bytes, (b, x) =>
        {
            b.Add(new Node("split", new Split(2, 1), new([x]), new(["left", "right"])));
            string[] parts = [.. ((string[])["left", "right"]).Select(p => b.Add("d", new DequantizeLinear(Bytes), b.Add("q", new QuantizeLinear(Bytes), p)))];
            return b.Add("concat", new Concat(1), parts[1], parts[0]);
        });
        Graph graph = Simplify.Run(Make());
        CollectionAssert.AreEqual((string[])["QuantizeLinear", "Split", "Concat", "DequantizeLinear"], graph.Nodes.Select(n => n.Op.Name).ToArray());
        Agrees(graph, Make());
    }

    [TestMethod]
    public void Concat_RequantizesByATable_WhenScalesDiffer()
    {
        Graph Make() => Group(Bytes, Coarse, (b, x) =>
        {
            string other = b.Add("d", new DequantizeLinear(Coarse), b.Add("q", new QuantizeLinear(Coarse), b.Add("neg", new Neg(), x)));
            return b.Add("concat", new Concat(1), x, other);
        });
        Graph graph = Simplify.Run(Make());
        Assert.AreEqual(ElementType.UInt8, graph.Types[graph.Nodes.Single(n => n.Op is Concat).Outputs[0]].Element);
        Assert.AreEqual(1, Kernels(graph).Count(k => k == "QuantizeF32U8"), "the input, and nothing else");
        Agrees(graph, Make());
    }

    [TestMethod]
    public void Products_RunAsIntegers_WhenActivationsAreSigned()
    {
        var random = new Random(5);
        Graph Make() => Group(Signed, Signed, (b, x) =>
        {
            string w = b.AddConstant("w", Tensor.Of<sbyte>([4, 8, 1, 1], [.. Enumerable.Range(0, 32).Select(i => (sbyte)(i * 37 % 255 - 127))]));
            return b.Add("conv", new Conv(new([1, 1]), new([1, 1]), new([1, 1]), new([0, 0, 0, 0])), x, b.Add("dw", new DequantizeLinear(new(new([0.01f, 0.02f, 0.03f, 0.04f]), new([0, 0, 0, 0]), ElementType.Int8, 0)), w));
        });
        Graph graph = Simplify.Run(Make());
        CollectionAssert.Contains(Kernels(graph), "ConvU8S8");
        Agrees(graph, Make(), step: Signed.Scale);
    }

    [TestMethod]
    public void SignedBytes_BecomeUnsigned_BehindWhatOnlyMoves()
    {
        Graph Make()
        {
            var builder = new GraphBuilder("signed");
            builder.AddInput("x", new(ElementType.Float32, [1, 8, 2, 2]));
            string moved = builder.Add("order", new Transpose(new([0, 2, 3, 1])), builder.Add("max", new MaxPool(new([2, 2]), new([1, 1]), new([1, 1]), new([0, 1, 1, 0])), builder.Add("q", new QuantizeLinear(Signed), "x")));
            builder.Add(new Node("d", new DequantizeLinear(Signed), new([builder.Add("pad", new Pad(new([0, 1, 0, 0, 0, 0, 0, 0]), PadMode.Constant, -8), moved)]), new(["y"])));
            return builder.Build(["y"]);
        }
        Graph graph = Simplify.Run(Make());
        Assert.IsTrue(graph.Types.Values.All(t => t.Element != ElementType.Int8), "no value is signed");
        CollectionAssert.Contains(Kernels(graph), "MaxPoolU8");
        Agrees(graph, Make());
        Agrees(Make(), Make());
    }

    [TestMethod]
    public void Products_SeeTheirWeights_WhenTheyAreTransposedAfterDequantization()
    {
        Graph Make() => Group(Bytes, Bytes, (b, x) =>
        {
            string w = b.AddConstant("w", Tensor.Of<sbyte>([3, 32], [.. Enumerable.Range(0, 96).Select(i => (sbyte)(i * 41 % 255 - 127))]));
            string flat = b.Add("d", new DequantizeLinear(Bytes), b.Add("q", new QuantizeLinear(Bytes), b.Add("flat", new Flatten(), x)));
            string t = b.Add("t", new Transpose(new([1, 0])), b.Add("dw", new DequantizeLinear(new(new([0.001f, 0.002f, 0.003f]), new([0, 0, 0]), ElementType.Int8, 0)), w));
            return b.Add("product", new MatMul(), flat, t);
        });
        Graph graph = Simplify.Run(Make());
        CollectionAssert.Contains(Kernels(graph), "MatMulU8S8");
        Agrees(graph, Make(), step: Bytes.Scale);
    }

    [TestMethod]
    public void GlobalAverages_RunAsIntegers()
    {
        foreach (Op mean in (Op[])[new GlobalAveragePool(), new ReduceMean(new([2, 3]), true), new ReduceMean(new([-1, -2]), false), new ReduceMax(new([2, 3]), false)])
        {
            Graph Make() => Group(Bytes, Bytes, (b, x) => b.Add("mean", mean, x));
            Graph graph = Simplify.Run(Make());
            Assert.IsTrue(Kernels(graph).Any(k => k.EndsWith("PoolU8", StringComparison.Ordinal)), $"{mean}: {string.Join(" ", Kernels(graph))}");
            Agrees(graph, Make(), step: Bytes.Scale);
        }
    }

    /// <summary>x [1, 8, 2, 2], quantized and dequantized, what is between, and the same with the result.</summary>
    private static Graph Group(Quantization input, Quantization output, Func<GraphBuilder, string, string> between)
    {
        var builder = new GraphBuilder("group");
        builder.AddInput("x", new(ElementType.Float32, [1, 8, 2, 2]));
        string x = builder.Add("d", new DequantizeLinear(input), builder.Add("q", new QuantizeLinear(input), "x"));
        string y = builder.Add("q", new QuantizeLinear(output), between(builder, x));
        builder.Add(new Node("d", new DequantizeLinear(output), new([y]), new(["y"])));
        return builder.Build(["y"]);
    }

    private static string[] Kernels(Graph graph) => [.. Emitted.From(graph, PlanNames.None).Plan.Calls.Select(c => c.Kernel)];

    /// <summary>Kernels of the simplified graph against the plain meaning of the original one; where something is computed, rounding may fall to either side.</summary>
    private static void Agrees(Graph graph, Graph original, float step = 0)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Gen.Float[-6, 6].Array[32].Sample(values =>
        {
            Tensor x = Tensor.Of<float>([1, 8, 2, 2], values);
            Tensor expected = Reference.Run(original, [x], CancellationToken.None)[0], actual = runner.Run([x])[0];
            Assert.AreEqual(expected.Type, actual.Type);
            foreach (var (y, r) in actual.F32.ToArray().Zip(expected.F32.ToArray()))
                Assert.IsLessThanOrEqualTo(step * 1.001f, Math.Abs(y - r));
        }, iter: 20, threads: 1);
    }
}

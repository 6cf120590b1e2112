using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class PruneTests
{
    [TestMethod]
    public void Apply_ZeroesTheSmallest_InEveryTensor()
    {
        Graph graph = Apply("prune(0.5)", Layers((64, 64, 1), (64, 64, 100)));
        foreach (string layer in new[] { "w0", "w1" })
        {
            float[] before = Values(Layers((64, 64, 1), (64, 64, 100)), layer), after = Values(graph, layer);
            Assert.AreEqual(2048, after.Count(w => w == 0));
            float largestZeroed = before.Zip(after).Where(p => p.Second == 0).Max(p => Math.Abs(p.First)), smallestKept = after.Where(w => w != 0).Min(Math.Abs);
            Assert.IsTrue(largestZeroed <= smallestKept);
            Assert.IsTrue(before.Zip(after).All(p => p.Second == 0 || p.First == p.Second));
        }
    }

    [TestMethod]
    public void Apply_SharesTheZeros_WhenTheScopeIsGlobal()
    {
        // The second layer's scale says nothing; its one outlier makes the rest of it small beside its root mean square.
        Graph before = Layers((64, 64, 1), (64, 64, 100));
        float[] outlier = Values(before, "w1");
        outlier[7] = 100_000;
        before = before with { Constants = before.Constants.SetItem("w1", Tensor.Of([64, 64], outlier)) };
        Graph after = Apply("prune(0.5, scope: global)", before);
        int first = Values(after, "w0").Count(w => w == 0), second = Values(after, "w1").Count(w => w == 0);
        Assert.AreEqual(4096, first + second);
        Assert.IsTrue(first < 500 && second > 3596, $"{first} {second}");
        Graph even = Apply("prune(0.5, scope: global)", Layers((64, 64, 1), (64, 64, 100)));
        Assert.AreEqual(2048.0, Values(even, "w0").Count(w => w == 0), 100);
    }

    [TestMethod]
    [DataRow("prune(0.5)", 0)]
    [DataRow("prune(0.5, only: MatMul)", 0)]
    [DataRow("prune(0.5, only: 'layer*')", 32)]
    [DataRow("prune(0.5, only: layer0)", 32)]
    [DataRow("prune(0.5, scope: global, only: layer0)", 32)]
    public void Apply_LeavesSmallTensorsAlone_UnlessTheyAreNamed(string recipe, int zeros) => Assert.AreEqual(zeros, Values(Apply(recipe, Layers((8, 8, 1))), "w0").Count(w => w == 0));

    [TestMethod]
    public void Apply_ChangesOnlyWhatIsSelected()
    {
        Graph before = Layers((64, 64, 1), (64, 64, 1));
        Graph after = Apply("prune(0.9, except: layer1)", before);
        Assert.AreSame(before.Constants["w1"], after.Constants["w1"]);
        Assert.AreEqual(3686, Values(after, "w0").Count(w => w == 0));
    }

    [TestMethod]
    public void Apply_TakesTheFirst_WhenWeightsAreEqual()
    {
        Graph graph = Layers((64, 64, 1));
        graph = graph with { Constants = graph.Constants.SetItem("w0", Tensor.Of([64, 64], Enumerable.Range(0, 4096).Select(i => i % 2 == 0 ? 1f : -1f).ToArray())) };
        float[] after = Values(Apply("prune(25%)", graph), "w0");
        Assert.IsTrue(after[..1024].All(w => w == 0) && after[1024..].All(w => w != 0));
    }

    [TestMethod]
    public void Apply_ZeroesTheShareThatWasAsked_RoundedDown() =>
        Gen.Int[0, 1000].Sample(thousandths => Assert.AreEqual(4096 * thousandths / 1000, Values(Apply(FormattableString.Invariant($"prune({thousandths / 1000.0})"), Layers((64, 64, 1))), "w0").Count(w => w == 0)), iter: 50);

    [TestMethod]
    [DataRow(4)]
    [DataRow(8)]
    [DataRow(16)]
    [DataRow(32)]
    [DataRow(24)]
    public void Apply_ZeroesWholeBlocks_OfOutputsInARow(int rows)
    {
        // The outputs of a product are columns: blocks lie in a row.
        Graph before = Layers((64, 64, 1));
        float[] old = Values(before, "w0"), after = Values(Apply($"prune(0.5, structure: block, rows: {rows})", before), "w0");
        double Mean(float[] block) => block.Average(w => Math.Abs((double)w));
        (float[] Old, float[] New)[] blocks = [.. old.Chunk(64).Zip(after.Chunk(64)).SelectMany(p => p.First.Chunk(rows).Zip(p.Second.Chunk(rows)))];
        Assert.IsTrue(blocks.All(b => b.New.All(w => w == 0) || b.New.SequenceEqual(b.Old)));
        double largestZeroed = blocks.Where(b => b.New[0] == 0).Max(b => Mean(b.Old)), smallestKept = blocks.Where(b => b.New[0] != 0).Min(b => Mean(b.Old));
        Assert.IsTrue(largestZeroed <= smallestKept);
        Assert.AreEqual(2048.0, after.Count(w => w == 0), 64 % rows == 0 ? 0 : rows);
    }

    [TestMethod]
    public void Apply_TakesRowsOfAConvolution_AsItsOutputs()
    {
        var builder = new GraphBuilder("conv");
        builder.AddInput("x", new(ElementType.Float32, [1, 2, 3, 3]));
        float[] weights = [1, 9, 2, 8, 3, 7, 4, 6, 9, 1, 9, 1];
        string y = builder.Add("conv", new Conv(new([1, 1]), new([1, 1]), new([1, 1]), new([0, 0, 0, 0])), "x", builder.AddConstant("w", Tensor.Of([6, 2, 1, 1], weights)));
        // Blocks of four outputs by input: 1 2 3 4, 9 8 7 6, and two of what is left: 9 9, 1 1.
        float[] after = Values(Apply("prune(0.5, structure: block, only: conv)", builder.Build([y])), "w");
        CollectionAssert.AreEqual(new float[] { 0, 9, 0, 8, 0, 7, 0, 6, 9, 0, 9, 0 }, after);
    }

    [TestMethod]
    [DataRow("", 2, 4)]
    [DataRow(", n: 1", 1, 4)]
    [DataRow(", n: 3, m: 7", 3, 7)]
    [DataRow(", n: 5, m: 32", 5, 32)]
    public void Apply_LeavesTheLargestOfNeighbours_WhenNOfMStay(string keys, int n, int m)
    {
        // 27 weights of an output: the last group is smaller.
        Graph before = new ChannelNet(1) is var net ? net.Finish([net.Conv("x", 6, 3)]) : null!;
        float[] old = Values(before, before.Nodes[0].Inputs[1]), after = Values(Apply($"prune(structure: nm{keys}, only: conv)", before), before.Nodes[0].Inputs[1]);
        foreach (var (was, left) in old.Chunk(27).Zip(after.Chunk(27)).SelectMany(row => row.First.Chunk(m).Zip(row.Second.Chunk(m))))
        {
            Assert.AreEqual(Math.Min(n, was.Length), left.Count(w => w != 0));
            Assert.IsTrue(was.Zip(left).All(w => w.Second == 0 || w.Second == w.First));
            Assert.IsTrue(was.Zip(left).Where(w => w.Second == 0).All(w => left.Where(l => l != 0).All(l => Math.Abs(l) >= Math.Abs(w.First))));
        }
    }

    [TestMethod]
    public void Apply_TakesColumnsOfAMatrix_AsOutputs_WhenNOfMStay()
    {
        float[] after = Values(Apply("prune(structure: nm)", Layers((64, 64, 1))), "w0");
        for (int column = 0; column < 64; column++)
            Assert.IsTrue(Enumerable.Range(0, 64).Select(k => after[k * 64 + column]).Chunk(4).All(group => group.Count(w => w != 0) == 2));
    }

    [TestMethod]
    public void Apply_LeavesSharedWeightsAlone_WhenOneOfTheirNodesIsExcepted()
    {
        Graph graph = Layers((64, 64, 1), (64, 64, 1));
        graph = graph with { Nodes = [.. graph.Nodes.Select(n => n with { Inputs = new([n.Inputs[0], "w0"]) })] };
        Assert.AreEqual(0, Values(Apply("prune(0.5, except: layer1)", graph), "w0").Count(w => w == 0));
        Assert.AreEqual(2048, Values(Apply("prune(0.5)", graph), "w0").Count(w => w == 0));
    }

    [TestMethod]
    public void Apply_NamesTheNodes_WhenAPatternSelectsNone()
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Apply("prune(0.5, only: [MatMul, 'lajer1'])", Layers((8, 8, 1), (8, 8, 1))));
        Assert.AreEqual("m.onnx: error MB1006: prune: 'lajer1' is neither a node's name nor an operator of this model; did you mean 'layer1'?; nodes that the step can change: layer0, layer1\n"
            + "    prune(0.5, only: [MatMul, 'lajer1'])\n" + "                              ^~~~~~~~", error.Message);
        // Operators that the model lacks are no mistake: a recipe may be for several.
        Apply("prune(0.5, except: Conv)", Layers((8, 8, 1)));
    }

    /// <summary>Matrix products, one after the other, with normally distributed weights of a scale each.</summary>
    internal static Graph Layers(params (int Rows, int Columns, float Scale)[] layers)
    {
        var builder = new GraphBuilder("layers");
        builder.AddInput("x", new(ElementType.Float32, [1, layers[0].Rows]));
        var random = new Random(1);
        string value = "x";
        for (int i = 0; i < layers.Length; i++)
        {
            var (rows, columns, scale) = layers[i];
            float[] weights = [.. Enumerable.Range(0, rows * columns).Select(_ => scale * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
            value = builder.Add($"layer{i}", new MatMul(), value, builder.AddConstant($"w{i}", Tensor.Of([rows, columns], weights)));
        }
        return builder.Build([value]);
    }

    internal static Graph Apply(string recipe, Graph graph)
    {
        Graph source = graph;
        foreach (BoundStep step in RecipeBinder.Bind(new CompileRequest("m.onnx", "M", "N", Recipe: recipe)))
            graph = step.Apply(graph, new PassContext(source));
        return graph;
    }

    internal static float[] Values(Graph graph, string constant) => [.. graph.Constants[constant].F32];
}

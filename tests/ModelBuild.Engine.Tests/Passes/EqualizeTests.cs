namespace ModelBuild.Engine.Tests;

[TestClass]
public class EqualizeTests
{
    private readonly Random _random = new(5);

    [TestMethod]
    public void Apply_ChangesNoNumber_AndBringsRangesTogether()
    {
        var builder = new GraphBuilder("network");
        builder.AddInput("x", new(ElementType.Float32, [1, 3, 8, 8]));
        string first = Conv("first", "x", 8, 3, 1), deep = Conv("deep", first, 8, 1, 8), point = Conv("point", deep, 12, 8, 1);
        string pooled = builder.Add("pool", new GlobalAveragePool(), point), flat = builder.Add("flat", new Flatten(1), pooled);
        string w = builder.AddConstant("fc.w", Numbers([5, 12], 1)), last = builder.Add("fc", new Gemm(TransB: true), flat, w);
        Graph graph = builder.Build([last]), after = PruneTests.Apply("equalize()", graph);

        Tensor x = Numbers([1, 3, 8, 8], 1);
        Assert.IsTrue(Reference.Run(graph, [x], default)[0].Bytes.Span.SequenceEqual(Reference.Run(after, [x], default)[0].Bytes.Span), "factors are powers of two");
        foreach (string layer in new[] { "first.w", "deep.w", "point.w" })
            Assert.IsLessThan(0.75 * Spread(graph.Constants[layer]), Spread(after.Constants[layer]), layer);

        string Conv(string name, string input, int outputs, int inputs, int group)
        {
            string w = builder.AddConstant(name + ".w", Uneven([outputs, inputs, 3, 3])), b = builder.AddConstant(name + ".b", Numbers([outputs], 1));
            builder.Add(new Node(name, new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1]), group), new([input, w, b]), new([name + ".y"])));
            return builder.Add(name + ".relu", new Relu(), name + ".y");
        }
    }

    [TestMethod]
    public void Apply_LeavesALayerAlone_WhoseResultSomebodyElseReads()
    {
        var builder = new GraphBuilder("network");
        builder.AddInput("x", new(ElementType.Float32, [2, 4]));
        string first = builder.Add("first", new MatMul(), "x", builder.AddConstant("a", Uneven([4, 6]))), relu = builder.Add("relu", new Relu(), first);
        string second = builder.Add("second", new MatMul(), relu, builder.AddConstant("b", Numbers([6, 3], 1)));
        Assert.AreNotEqual(builder.Build([second]).Constants["a"].F32.ToArray()[0], PruneTests.Apply("equalize()", builder.Build([second])).Constants["a"].F32.ToArray()[0]);
        Graph read = builder.Build([second, relu]);
        Assert.IsTrue(PruneTests.Apply("equalize()", read).Constants["a"].Bytes.Span.SequenceEqual(read.Constants["a"].Bytes.Span));
    }

    /// <summary>How much the largest output's range exceeds the smallest one's.</summary>
    private static double Spread(Tensor w)
    {
        int each = w.Shape.Size / w.Shape[0];
        double[] ranges = [.. Enumerable.Range(0, w.Shape[0]).Select(m => (double)w.F32.Slice(m * each, each).ToArray().Max(Math.Abs))];
        return Math.Log2(ranges.Max() / ranges.Min());
    }

    private Tensor Uneven(Shape shape)
    {
        int each = shape.Size / shape[0];
        float[] scales = [.. Enumerable.Range(0, shape[0]).Select(_ => MathF.Pow(2, 10 * _random.NextSingle()))];
        return Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => scales[i / each] * (_random.NextSingle() * 2 - 1))]);
    }

    private Tensor Numbers(Shape shape, float scale) => Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => scale * (_random.NextSingle() * 2 - 1))]);
}

namespace ModelBuild.Engine.Tests;

/// <summary>Fewer operators, the same function: each case by the operators that are left, and by what the plain meaning of both graphs computes.</summary>
[TestClass]
public class SimplifyTests
{
    private static readonly Random s_random = new(3);

    [TestMethod]
    public void BatchNormalization_GoesIntoTheConvolutionBefore() => Check("Conv Relu", b => b.Relu(b.Normalize(b.Conv("x"))));

    [TestMethod]
    public void BatchNormalization_GoesIntoTheProductAfter_ThroughWhatOnlyMoves() =>
        Check("Relu Transpose Flatten Gemm", b => b.Gemm(b.Add("flat", new Flatten(), b.Add("order", new Transpose(new([0, 3, 1, 2])), b.Normalize(b.Relu("x"))))));

    [TestMethod]
    public void BatchNormalization_Stays_WhenSomebodyElseReadsIt() => Check("Relu BatchNormalization Flatten Gemm GlobalMaxPool Flatten Concat", b =>
    {
        string normal = b.Normalize(b.Relu("x"));
        return b.Add("both", new Concat(1), b.Gemm(b.Add("flat", new Flatten(), normal)), b.Add("flat", new Flatten(), b.Add("max", new GlobalMaxPool(), normal)));
    });

    [TestMethod]
    public void Scales_AndBiases_GoIntoTheConvolutionBefore() =>
        Check("Conv", b => b.Add("add", new Add(), b.Add("scale", new Mul(), b.Conv("x"), b.Weights("s", 8, 1, 1)), b.Weights("b", 8, 1, 1)));

    [TestMethod]
    public void Zeros_BecomePads() => Check("Conv", b => b.Conv(b.Add("pad", new Pad(new([0, 0, 1, 1, 0, 0, 1, 1])), "x")));

    [TestMethod]
    public void Transposes_ThatUndoEachOther_AreGone() => Check("Relu", b => b.Relu(b.Add("back", new Transpose(new([0, 3, 1, 2])), b.Add("there", new Transpose(new([0, 2, 3, 1])), "x"))));

    [TestMethod]
    public void Nothings_AreGone() => Check("Relu", b => b.Relu(b.Add("same", new Reshape(new([1, 8, 4, 4])), b.Add("identity", new Identity(), b.Add("part", new Slice(new([0]), new([4]), new([2])), "x")))));

    [TestMethod]
    public void Clamps_OfAClamp_AreOne() => Check("Clip", b => b.Add("clip", new Clip(-1, 2), b.Relu("x")));

    private static void Check(string expected, Func<Builder, string> make)
    {
        var builder = new Builder();
        Graph graph = builder.Finish(make(builder)), simple = Simplify.Run(graph);
        Assert.AreEqual(expected, string.Join(" ", simple.Nodes.Select(n => n.Op.Name)));
        Tensor x = Builder.Random(1, 8, 4, 4);
        double error = Comparison.Error(Reference.Run(simple, [x], CancellationToken.None)[0], Reference.Run(graph, [x], CancellationToken.None)[0]);
        Assert.IsLessThanOrEqualTo(2e-6, error);
    }

    /// <summary>A graph on x [1, 8, 4, 4] with seeded weights.</summary>
    private sealed class Builder
    {
        private readonly GraphBuilder _builder = new("simplify");

        public Builder() => _builder.AddInput("x", new(ElementType.Float32, [1, 8, 4, 4]));

        public static Tensor Random(params int[] shape) => Tensor.Of(Shape.Of(shape), Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => s_random.NextSingle() + 0.1f).ToArray());

        public string Add(string name, Op op, params string[] inputs) => _builder.Add(name, op, inputs);

        public string Weights(string name, params int[] shape) => _builder.AddConstant(_builder.Fresh(name), Random(shape));

        public string Relu(string x) => Add("relu", new Relu(), x);

        public string Conv(string x) => Add("conv", new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new([1, 1, 1, 1])), x, Weights("w", 8, 8, 3, 3));

        public string Normalize(string x) => Add("bn", new BatchNormalization(), x, Weights("scale", 8), Weights("shift", 8), Weights("mean", 8), Weights("variance", 8));

        public string Gemm(string x) => Add("gemm", new Gemm(TransB: true), x, Weights("w", 5, 128), Weights("c", 5));

        public Graph Finish(string output) => _builder.Build([output]);
    }
}

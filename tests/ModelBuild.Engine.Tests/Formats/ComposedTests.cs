using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Operators that are several of ours, against what they mean.</summary>
[TestClass]
public class ComposedTests
{
    [TestMethod]
    [DataRow("ij,jk->ik", "3 4|4 5")]
    [DataRow("bij,bjk->bik", "2 3 4|2 4 5")]
    [DataRow("bhid,bhjd->bhij", "2 3 4 5|2 3 6 5")]
    [DataRow("i,j", "3|4")]
    [DataRow("ij->ji", "3 4")]
    [DataRow("ij->", "3 4")]
    [DataRow("ij->j", "3 4")]
    [DataRow("ii->i", "4 4")]
    [DataRow("iij,jk->ki", "3 3 2|2 4")]
    [DataRow("ij,ij->", "3 4|3 4")]
    [DataRow("ij,ij->ij", "3 4|3 4")]
    [DataRow("i,ij,j->", "3|3 4|4")]
    [DataRow("ab,bc,cd->da", "2 3|3 4|4 5")]
    [DataRow("...ij,...jk->...ik", "2 1 3 4|5 4 2")]
    [DataRow("b...,b...->...", "2 3 4|2 3 4")]
    [DataRow("ij,kj", "3 4|5 4")]
    [DataRow("bk,kn->bn", "3 4|4 1")]
    [DataRow("ij,jk->ik", "3 1|4 5")]
    public void Einsum_IsTheSumOfProducts(string equation, string shapes)
    {
        Tensor[] inputs = [.. shapes.Split('|').Select((s, n) => Counted(Shape.Of(s.Split(' ').Select(int.Parse)), n))];
        foreach (ElementType element in (ElementType[])[ElementType.Float32, ElementType.Int64])
        {
            var builder = new GraphBuilder("einsum");
            Tensor[] given = [.. inputs.Select(i => new Cast(element).Evaluate([i])[0])];
            for (int i = 0; i < given.Length; i++)
                builder.AddInput($"x{i}", given[i].Type);
            string y = Einsum.Add(new Composed(builder, "einsum"), equation, [.. given.Select((_, i) => $"x{i}")]);
            Tensor got = Run(builder.Build([y]), given);
            Tensor expected = Sum(equation, inputs);
            Assert.AreEqual(expected.Shape, got.Shape);
            CollectionAssert.AreEqual(expected.Doubles(), got.Doubles());
        }
    }

    [TestMethod]
    [DataRow("ij,jk->ik", "the axis 'j' of the equation 'ij,jk->ik' is 4 and 5 long", "3 4|5 2")]
    [DataRow("ij->k", "asks for an axis twice, or for one that no input has", "3 4")]
    [DataRow("i1->i", "the term 'i1'", "3 4")]
    [DataRow("ijk->i", "for an input of 2 axes", "3 4")]
    [DataRow("ij,jk->ik", "with 1 inputs", "3 4")]
    public void Einsum_SaysWhatIsWrong(string equation, string says, string shapes)
    {
        var builder = new GraphBuilder("einsum");
        string[] names = [.. shapes.Split('|').Select((_, i) => $"x{i}")];
        foreach (var (name, shape) in names.Zip(shapes.Split('|')))
            builder.AddInput(name, new(ElementType.Float32, Shape.Of(shape.Split(' ').Select(int.Parse))));
        StringAssert.Contains(Assert.ThrowsExactly<OperatorException>(() => Einsum.Add(new Composed(builder, "einsum"), equation, names)).Message, says);
    }

    [TestMethod]
    public void LpPool_IsTheNormOfAWindow()
    {
        foreach (int p in (int[])[1, 2, 3])
        {
            Tensor x = Counted([1, 2, 5, 4], 1), got = Only(new OnnxNodes("LpPool", 18).Attribute("kernel_shape", [2L, 3]).Attribute("pads", [1L, 0, 0, 1]).Attribute("p", p).Input("x", ElementType.Float32, 1, 2, 5, 4), x);
            Assert.AreEqual("[1, 2, 5, 3]", got.Shape.ToString());
            double[] values = x.Doubles(), y = got.Doubles();
            for (int i = 0; i < y.Length; i++)
            {
                int c = i / 15, row = i / 3 % 5 - 1, column = i % 3;
                double sum = Enumerable.Range(0, 6).Select(k => (Row: row + k / 3, Column: column + k % 3)).Where(k => k.Row is >= 0 and < 5 && k.Column < 4).Sum(k => Math.Pow(Math.Abs(values[(c * 5 + k.Row) * 4 + k.Column]), p));
                Assert.AreEqual(Math.Pow(sum, 1.0 / p), y[i], 1e-5 * Math.Max(1, y[i]));
            }
        }
    }

    [TestMethod]
    public void Norms_AreOne_WhereThereIsSomething()
    {
        Tensor x = Tensor.Of<float>([2, 3], [3, 0, -4, 0, 0, 0]);
        foreach (int p in (int[])[1, 2])
        {
            float[] y = Only(new OnnxNodes("LpNormalization", 18).Attribute("p", p).Input("x", ElementType.Float32, 2, 3), x).F32.ToArray();
            Assert.AreEqual(1, p == 1 ? y.Sum(Math.Abs) : Math.Sqrt(y.Sum(v => v * v)), 1e-6);
            CollectionAssert.AreEqual((float[])[0, 0, 0], y[3..]);
            Tensor norm = Only(new OnnxNodes("GlobalLpPool", 18).Attribute("p", p).Input("x", ElementType.Float32, 1, 2, 3), x.Reshape([1, 2, 3]));
            CollectionAssert.AreEqual((float[])[p == 1 ? 7 : 5, 0], norm.F32.ToArray());
        }
        float[] root = Only(new OnnxNodes("RMSNormalization", 23).Attribute("epsilon", 0f).Input("x", ElementType.Float32, 1, 2).Constant("scale", Tensor.Of<float>([2], [1, 2])), Tensor.Of<float>([1, 2], [1, 7])).F32.ToArray();
        CollectionAssert.AreEqual((float[])[0.2f, 2.8f], root);
    }

    [TestMethod]
    public void GroupNormalization_HasAScaleAGroup_BeforeOpset21()
    {
        Tensor x = Counted([1, 4, 2], 1);
        float[] Scaled(int opset, params float[] scale) => Only(new OnnxNodes("GroupNormalization", opset).Attribute("num_groups", 2).Input("x", ElementType.Float32, 1, 4, 2)
            .Constant("scale", Tensor.Of([scale.Length], scale)).Constant("bias", Tensor.Of<float>([scale.Length], new float[scale.Length])), x).F32.ToArray();
        CollectionAssert.AreEqual(Scaled(21, 1, 1, 5, 5), Scaled(18, 1, 5));
        StringAssert.Contains(Assert.ThrowsExactly<ImportException>(() => Scaled(18, 1, 5, 3)).Diagnostic.Text, "2 groups of [1, 4, 2] by a scale [3]");
    }

    private static Tensor Only(OnnxNodes node, Tensor x) => Run(node.Read(), [x]);

    private static Tensor Run(Graph graph, Tensor[] inputs)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run(inputs)[0];
    }

    private static Tensor Counted(Shape shape, int n) => Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (float)((i * 7 + n * 3) % 11 - 5))]);

    /// <summary>Over all values of all labels, without any cleverness.</summary>
    private static Tensor Sum(string equation, Tensor[] inputs)
    {
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        int[] dots = [.. terms.Zip(inputs, (t, x) => t.Contains("...") ? x.Shape.Rank - t.Length + 3 : 0)];
        string Named(string term, int count) => term.Replace("...", "STUVWXYZ"[(8 - count)..]);
        terms = [.. terms.Zip(dots, Named)];
        string output = sides.Length > 1 ? Named(sides[1], dots.Max()) : "STUVWXYZ"[(8 - dots.Max())..] + string.Concat(terms.SelectMany(t => t).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        Dictionary<char, int> lengths = terms.Zip(inputs).SelectMany(t => t.First.Select((l, i) => (l, t.Second.Shape[i]))).GroupBy(l => l.l).ToDictionary(g => g.Key, g => g.Max(l => l.Item2));
        char[] all = [.. lengths.Keys];
        Shape every = Shape.Of(all.Select(l => lengths[l])), y = Shape.Of(output.Select(l => lengths[l]));
        var sums = new double[y.Size];
        double[][] values = [.. inputs.Select(i => i.Doubles())];
        for (int i = 0; i < every.Size; i++)
        {
            int At(char label) => i / every.Strides[Array.IndexOf(all, label)] % lengths[label];
            int Place(string labels, Shape shape) => labels.Select((l, axis) => (shape[axis] == 1 ? 0 : At(l)) * shape.Strides[axis]).Sum();
            sums[Place(output, y)] += terms.Select((t, n) => values[n][Place(t, inputs[n].Shape)]).Aggregate(1.0, (a, b) => a * b);
        }
        return Tensor.Of(y, Array.ConvertAll(sums, s => (float)s));
    }
}

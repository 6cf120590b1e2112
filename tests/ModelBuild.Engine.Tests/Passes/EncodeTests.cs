using System.Collections.Immutable;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class EncodeTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits");

    [TestMethod]
    public void Apply_StoresFewerBytes_AndComputesTheSame()
    {
        Graph graph = FewLevels((64, 64), (64, 72));
        Emitted plain = Emitted.From(graph, PlanNames.None), coded = Emitted.From(PruneTests.Apply("encode()", graph), PlanNames.None);
        CollectionAssert.AreEqual(new[] { "BitsGrid", "BitsGrid" }, plain.Plan.Expansions.Select(e => e.Decoder).ToArray());
        CollectionAssert.AreEqual(new[] { "RansGrid", "RansGrid" }, coded.Plan.Expansions.Select(e => e.Decoder).ToArray());
        Assert.IsLessThan(plain.Weights.Length, coded.Weights.Length);
        CollectionAssert.AreEqual(Run(plain), Run(coded));
        Assert.AreEqual(0.8, ReportLayers.Of(coded)[0].Zeros, 0.05);
        CollectionAssert.AreEqual(ReportLayers.Of(plain).Select(l => l.Zeros).ToArray(), ReportLayers.Of(coded).Select(l => l.Zeros).ToArray());
    }

    [TestMethod]
    [DataRow("encode()", "RansGrid RansGrid")]
    [DataRow("encode(only: layer1)", "BitsGrid RansGrid")]
    [DataRow("encode(except: layer1)", "RansGrid BitsGrid")]
    [DataRow("encode(only: layer0) | encode(only: layer1)", "RansGrid RansGrid")]
    public void Apply_CodesWhatIsSelected(string recipe, string decoders) =>
        Assert.AreEqual(decoders, string.Join(' ', Emitted.From(PruneTests.Apply(recipe, FewLevels((64, 64), (64, 72))), PlanNames.None).Plan.Expansions.Select(e => e.Decoder)));

    [TestMethod]
    public void Apply_ChangesNoByte_WhenNothingHasFewLevels()
    {
        Graph graph = PruneTests.Layers((64, 64, 1));
        CollectionAssert.AreEqual(Emitted.From(graph, PlanNames.None).Weights, Emitted.From(PruneTests.Apply("encode()", graph), PlanNames.None).Weights);
    }

    [TestMethod]
    public void WhatIsSelected_Stays_WhenTheGraphIsSimplified()
    {
        var builder = new GraphBuilder("net");
        builder.AddInput("x", new(ElementType.Float32, [1, 4]));
        string same = builder.Add("same", new Identity(), "x"), product = builder.Add("product", new MatMul(), same, builder.AddConstant("w", Tensor.Of([4, 4], new float[16])));
        Graph graph = PruneTests.Apply("encode(only: product)", builder.Build([builder.Add("relu", new Relu(), product)])), simple = Simplify.Run(graph);
        Assert.IsLessThan(graph.Nodes.Length, simple.Nodes.Length);
        CollectionAssert.AreEqual(new[] { "product" }, simple.Coded.ToArray());
    }

    [TestMethod]
    [DataRow("prune(0.8) | quantize(int8)")]
    [DataRow("prune(0.9)")]
    public void Compile_GivesTheSameModel_WhereverTheStepStands(string recipe)
    {
        CompileResult plain = Compile(recipe), last = Compile($"{recipe} | encode()"), first = Compile($"encode() | {recipe}");
        CollectionAssert.AreEqual(last.Weights, first.Weights);
        Assert.AreEqual(recipe.Contains("int8"), last.Weights.Length < plain.Weights.Length);
        Assert.AreEqual(recipe.Contains("int8"), last.PlanText.Contains(" RansI8 "));
        CollectionAssert.AreEqual(Run(plain), Run(last));
    }

    private static CompileResult Compile(string recipe) => Compiler.Compile(new(Path.Combine(Digits, "models", "digits.onnx"), "Digits", "Samples", recipe,
        Path.Combine(Digits, "data", "digits.npz") + "[0..300]", Scale: "1/16"), CancellationToken.None);

    private static float[] Run(CompileResult result) => Run(PlanText.Parse(result.PlanText), result.Weights);

    private static float[] Run(Emitted emitted) => Run(emitted.Plan, emitted.Weights);

    private static float[] Run(Plan plan, byte[] weights)
    {
        using var runner = new PlanRunner(plan, weights);
        Shape shape = Shape.Of(plan.Inputs[0].Shape);
        return [.. runner.Run([Tensor.Of(shape, Enumerable.Range(0, shape.Size).Select(i => MathF.Sin(i)).ToArray())])[0].F32];
    }

    /// <summary>Products whose weights are integers up to 7, most of them zero, times a float16 an output.</summary>
    private static Graph FewLevels(params (int Rows, int Columns)[] layers)
    {
        Graph graph = PruneTests.Layers([.. layers.Select(l => (l.Rows, l.Columns, 1f))]);
        return graph with { Constants = graph.Constants.ToDictionary(c => c.Key, c => Tensor.Of(c.Value.Shape, [.. Levels(c.Value)])).ToImmutableDictionary() };

        static IEnumerable<float> Levels(Tensor weights)
        {
            var random = new Random(1);
            int columns = weights.Shape[1];
            float[] scales = [.. Enumerable.Range(0, columns).Select(_ => (float)(Half)random.NextDouble())];
            for (int i = 0; i < weights.Shape.Size; i++)
                yield return (random.Next(5) > 0 ? 0 : random.Next(-7, 8)) * scales[i % columns] + 0f;
        }
    }
}

namespace ModelBuild.Engine.Tests;

[TestClass]
public class CorrectBiasTests
{
    private static readonly string[] s_layers = ["first", "deep", "wide", "last"];

    private static readonly Tensor[][] s_samples = [.. Enumerable.Range(0, 24).Select(QuantizeWeightsTests.Sample)];

    [TestMethod]
    [DataRow("prune(0.6, only: [first, wide, last])")]
    [DataRow("quantize(int3, solve: nearest, wide: none)")]
    [DataRow("quantize(fp8-e5m2)")]
    public void Apply_PutsTheMeansOfLayersRight(string recipe)
    {
        Graph graph = QuantizeWeightsTests.Network(), changed = Apply(recipe, graph), after = Apply("correct-bias()", graph, changed);
        foreach (string layer in s_layers)
        {
            float[] wanted = Means(graph, layer), was = Means(changed, layer), got = Means(after, layer);
            for (int i = 0; i < wanted.Length; i++)
                Assert.IsLessThan(1e-3, Math.Abs(wanted[i] - got[i]), $"{layer} {i}: {wanted[i]}, {was[i]}, {got[i]}");
            Assert.IsGreaterThan(0, wanted.Zip(was).Sum(p => Math.Abs(p.First - p.Second)));
        }
        Assert.IsLessThan(QuantizeWeightsTests.Error(graph, changed), QuantizeWeightsTests.Error(graph, after));
    }

    [TestMethod]
    public void Apply_ChangesNothing_WhereNothingHasChanged()
    {
        Graph graph = QuantizeWeightsTests.Network();
        Assert.AreSame(graph, Apply("correct-bias()", graph));
    }

    [TestMethod]
    public void Apply_ChangesTheSelectedNodesOnly()
    {
        Graph graph = QuantizeWeightsTests.Network(), changed = Apply("quantize(int3, solve: nearest)", graph), after = Apply("correct-bias(only: last)", graph, changed);
        Assert.IsTrue(s_layers.All(l => Input(changed, l).SequenceEqual(Input(after, l)) == (l != "last")));

        static float[] Input(Graph graph, string layer) => [.. graph.Constant(graph.Nodes.Single(n => n.Name == layer).Inputs[2])!.F32];
    }

    [TestMethod]
    public void Apply_LeavesBiasesFloat16_WhereTheyWere()
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply("correct-bias()", graph, Apply("quantize(fp8-e4m3fn)", graph));
        Assert.IsNotNull(StoredForm.Halves(after.Constant(after.Nodes.Single(n => n.Name == "wide").Inputs[2])!.F32));
    }

    private static Graph Apply(string recipe, Graph source, Graph? present = null)
    {
        BoundStep step = RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)).Single();
        return step.Apply(present ?? source, new PassContext(source) { Samples = s_samples });
    }

    private static float[] Means(Graph graph, string layer)
    {
        Node node = graph.Nodes.Single(n => n.Name == layer);
        return new LayerSolver(s_samples, 0, 0, default).OutputMeans(node, graph, LayerSolver.Product(graph, node)!);
    }
}

namespace ModelBuild.Engine.Tests;

[TestClass]
public class KeepTests
{
    [TestMethod]
    [DataRow("keep(first, last) | quantize(int4)", "first last")]
    [DataRow("keep(first) | quantize(int3, wide: none)", "first")]
    [DataRow("keep(last) | palettize(3)", "last")]
    [DataRow("keep(only: 'd*') | prune(0.5, only: [deep, wide])", "first deep last")]
    [DataRow("keep(first, except: first) | prune(0.5, only: [deep, wide])", "first deep last")]
    [DataRow("keep(first) | keep(last) | prune(0.5, only: [first, deep, wide, last])", "first last")]
    [DataRow("prune(0.5, only: [first, deep, wide, last]) | keep(first, last)", "")]
    [DataRow("keep(first, last) | factorize(rank: 2, only: [first, wide])", "first deep last")]
    public void Apply_LeavesLayersAsTheyAre(string recipe, string same)
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply(recipe, graph);
        Assert.AreEqual(same, string.Join(" ", graph.Nodes.Where(n => n.Op is Conv && Weights(graph, n.Name).SequenceEqual(Weights(after, n.Name))).Select(n => n.Name)));

        static float[] Weights(Graph graph, string name) => [.. graph.Constant(graph.Nodes.Single(n => n.Name == name).Inputs[1])!.F32];
    }

    [TestMethod]
    [DataRow("quantize(int8)")]
    [DataRow("quantize(int4, activations: int8)")]
    [DataRow("auto(max-drop: 1)")]
    public void Apply_LeavesLayersFloat_AmongIntegers(string step)
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply($"keep(first, last) | {step}", graph);
        foreach (Node node in after.Nodes.Where(n => n.Op is Conv))
            Assert.AreEqual(node.Name is "first" or "last", after.Constant(node.Inputs[1])?.Element == ElementType.Float32, node.Name);
        string text = Emitted.From(after, PlanNames.None).Text;
        Assert.Contains("F32F32", text);
        Assert.Contains("U8S8", text);
        // The kept layer's own activation costs it nothing.
        Assert.DoesNotContain("LookupU8", text);
    }

    [TestMethod]
    public void QuantizeWeights_KnowsNoOtherEnds_WhereTheseAreKept()
    {
        Graph after = Apply("keep(last) | quantize(ternary, only: [wide, last])", QuantizeWeightsTests.Network());
        float[] values = [.. after.Constant(after.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32[..144].ToArray().Distinct()];
        // The first of the selected ones still is one.
        Assert.IsGreaterThan(3, values.Length);
        after = Apply("keep(first, last) | quantize(ternary, only: [first, wide, last])", QuantizeWeightsTests.Network());
        Assert.IsLessThanOrEqualTo(3, after.Constant(after.Nodes.Single(n => n.Name == "wide").Inputs[1])!.F32[..144].ToArray().Distinct().Count());
    }

    [TestMethod]
    public void Encode_CodesWhatIsKept()
    {
        Graph after = Apply("prune(0.5) | keep(first, last) | encode()", QuantizeWeightsTests.Network());
        Assert.Contains("first", after.Coded);
    }

    [TestMethod]
    public void Apply_SaysWhatItKeeps()
    {
        var notes = new List<string>();
        Apply("keep(first, last)", QuantizeWeightsTests.Network(), notes);
        Assert.AreEqual("keep: first, last", notes.Single());
    }

    private static Graph Apply(string recipe, Graph graph, List<string>? notes = null)
    {
        Graph source = graph;
        foreach (BoundStep step in RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)))
            graph = Simplify.Run(step.Apply(graph, new PassContext(source) { Samples = [.. Enumerable.Range(0, 24).Select(QuantizeWeightsTests.Sample)], Note = line => notes?.Add(line) }));
        return graph;
    }
}

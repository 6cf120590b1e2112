namespace ModelBuild.Engine.Tests;

[TestClass]
public class ActivationsTests
{
    private static readonly Tensor[][] s_samples = [.. Enumerable.Range(0, 24).Select(QuantizeWeightsTests.Sample)];

    [TestMethod]
    public void Apply_MakesZeroWhatIsAtMostTheThreshold()
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply("activations(threshold: 0.05)", graph);
        float[] was = Values(graph, graph.Nodes.First(n => n.Op is Relu).Outputs[0]), got = Values(after, after.Nodes.First(n => n.Op is ThresholdedRelu).Outputs[0]);
        CollectionAssert.AreEqual(was.Select(v => v <= 0.05f ? 0 : v).ToArray(), got);
        Assert.AreEqual(3, after.Nodes.Count(n => n.Op is ThresholdedRelu { Alpha: 0.05f }));
    }

    [TestMethod]
    [DataRow(0.6)]
    [DataRow(0.9)]
    [DataRow(1.0)]
    public void Apply_FindsTheThreshold_ThatLeavesTheShare(double share)
    {
        var notes = new List<string>();
        Graph after = Apply(FormattableString.Invariant($"activations(sparsity: {share})"), QuantizeWeightsTests.Network(), notes);
        Node[] found = [.. after.Nodes.Where(n => n.Op is ThresholdedRelu)];
        Assert.IsGreaterThan(1, found.Length);
        foreach (Node node in found)
        {
            float[] values = Values(after, node.Outputs[0]);
            double zeros = (double)values.Count(v => v == 0) / values.Length;
            // The next larger number would be one too many, up to the counts' steps.
            float[] before = Values(after, node.Inputs[0]);
            float next = before.Where(v => v > ((ThresholdedRelu)node.Op).Alpha).DefaultIfEmpty(float.PositiveInfinity).Min() * 1.0003f;
            double more = (double)before.Count(v => v <= next) / values.Length;
            Assert.IsTrue(zeros <= share && (more > share || more == 1), $"{node.Name}: {zeros}, {more}");
            // The report's figure is what is there.
            StringAssert.Contains(notes.Single(n => n.Contains($" {node.Name[..^".threshold".Length]}:")), FormattableString.Invariant($", {zeros:0.0 %} are"));
        }
        Assert.IsTrue(notes.All(n => n.StartsWith("activations: ", StringComparison.Ordinal) && n.Contains("were zero")));
    }

    [TestMethod]
    public void Apply_ChangesNothing_WhereAsManyAreZero()
    {
        var notes = new List<string>();
        Graph graph = QuantizeWeightsTests.Network();
        Assert.AreSame(graph, Apply("activations(sparsity: 0.01)", graph, notes));
        Assert.IsTrue(notes.Count == 3 && notes.All(n => n.EndsWith("no more become", StringComparison.Ordinal)));
        Assert.AreSame(graph, Apply("activations(threshold: 0)", graph));
    }

    [TestMethod]
    public void Apply_TakesWhatIsNamed_OfBothSigns()
    {
        Graph graph = QuantizeWeightsTests.Network(), after = Apply("activations(threshold: 0.1, only: first)", graph);
        Node shrink = after.Nodes.Single(n => n.Op is Shrink);
        CollectionAssert.AreEqual(Values(graph, "first.y").Select(v => Math.Abs(v) <= 0.1f ? 0 : v).ToArray(), Values(after, shrink.Outputs[0]));
        // What is given to the caller isn't changed.
        Assert.AreSame(graph, Apply("activations(threshold: 0.1, only: last)", graph));
    }

    [TestMethod]
    public void Apply_SaysSo_WhereThereIsNothingToPrune()
    {
        var notes = new List<string>();
        Apply("activations(threshold: 0.1, except: Relu)", QuantizeWeightsTests.Network(), notes);
        Assert.AreEqual("activations: no node is a clamp at zero; only: names others", notes.Single());
    }

    [TestMethod]
    public void Lower_CostsOneKernel_BehindTheLayersOwn()
    {
        string[] kernels = [.. Emitted.From(Simplify.Run(Apply("activations(threshold: 0.05, only: 'wide.relu')", QuantizeWeightsTests.Network())), PlanNames.None).Plan.Calls.Select(c => c.Kernel)];
        Assert.AreEqual(1, kernels.Count(k => k == "ThresholdedReluF32"));
        Assert.DoesNotContain("ReluF32", kernels);
        // Twice is once.
        Graph twice = Simplify.Run(Apply("activations(threshold: 0.02, only: 'wide.relu')", Apply("activations(threshold: 0.05, only: 'wide.relu')", QuantizeWeightsTests.Network())));
        Assert.AreEqual(0.05f, ((ThresholdedRelu)twice.Nodes.Single(n => n.Op is ThresholdedRelu).Op).Alpha);
    }

    [TestMethod]
    [DataRow("activations(sparsity: 0.7)")]
    [DataRow("activations(sparsity: 0.3, only: [first, wide])")]
    public void QuantizeInt8_KeepsTheZeros(string recipe)
    {
        Graph few = Apply(recipe, QuantizeWeightsTests.Network()), after = Simplify.Run(Apply("quantize(int8)", few));
        Emitted emitted = Emitted.From(after, PlanNames.None);
        Assert.IsFalse(emitted.Plan.Calls.Any(c => c.Kernel is "ThresholdedReluF32" or "ShrinkF32" || c.Kernel.Contains("F32F32")), emitted.Text);
        // Numbers near the threshold fall to either side of it: the integers are judged by what their graph means.
        float[] meant = [.. s_samples.Take(4).SelectMany(s => Reference.Run(after, s, default)[0].F32.ToArray())], got = [.. Values(after, after.Outputs[0])[..meant.Length]];
        Assert.IsLessThan(1e-4, meant.Zip(got).Sum(p => Math.Pow(p.First - p.Second, 2)) / meant.Sum(v => (double)v * v));
        foreach (Node node in few.Nodes.Where(n => n.Op is ThresholdedRelu))
        {
            Node integer = after.Nodes.Single(n => n.Name == node.Name);
            double zeros = Zeros(Values(few, node.Outputs[0])), now = Zeros(Values(after, after.Nodes.Single(n => n.Op is DequantizeLinear && after.Nodes.SingleOrDefault(q => q.Outputs[0] == n.Inputs[0])?.Inputs[0] == integer.Outputs[0]).Outputs[0]));
            Assert.IsGreaterThan(zeros - 0.02, now, node.Name);
        }

        static double Zeros(float[] values) => (double)values.Count(v => v == 0) / values.Length;
    }

    [TestMethod]
    public void Magnitudes_FindTheShare_OfWhatIsExact()
    {
        var seen = new Magnitudes();
        seen.Add([0, -1, 2, -3, 4, float.NaN, float.PositiveInfinity, 0, 5, 6]);
        Assert.AreEqual(0, seen.Threshold(0.2));
        Assert.IsTrue(seen.Threshold(0.4) is >= 2 and < 2.001f);
        Assert.IsTrue(seen.Threshold(0.49) is >= 2 and < 2.001f);
        Assert.IsTrue(seen.Threshold(1) is >= 6 and < 6.002f);
        Assert.AreEqual(0.2, seen.Share(0));
        Assert.AreEqual(0.5, seen.Share(3));
    }

    private static float[] Values(Graph graph, string value)
    {
        using var watch = new Watch(graph, value);
        return [.. s_samples.SelectMany(s => watch.Run(s).ToArray())];
    }

    private static Graph Apply(string recipe, Graph graph, List<string>? notes = null) =>
        RecipeBinder.Bind(new CompileRequest("model.onnx", "Model", "Models", recipe)).Single().Apply(graph, new PassContext(graph) { Samples = s_samples, Note = line => notes?.Add(line) });
}

namespace ModelBuild.Engine.Tests;

[TestClass]
public class StoreFloat8Tests
{
    [TestMethod]
    [DataRow("quantize(fp8-e4m3fn)", 3, 1f)]
    [DataRow("quantize(fp8-e4m3fn)", 3, 0.02f)]
    [DataRow("quantize(fp8-e5m2)", 2, 1f)]
    [DataRow("quantize(fp8-e5m2)", 2, 0.02f)]
    [DataRow("quantize(fp8-e5m2)", 2, 5000f)]
    public void Apply_RoundsWeights_ToFewDigits(string recipe, int fraction, float scale)
    {
        Graph before = PruneTests.Layers((64, 64, scale)), after = PruneTests.Apply(recipe, before);
        float[] w = PruneTests.Values(before, "w0"), rounded = PruneTests.Values(after, "w0");
        float largest = w.Max(Math.Abs);
        Assert.IsTrue(w.Zip(rounded).All(p => Math.Abs(p.First - p.Second) <= Math.Abs(p.First) * (0.5 + 1e-3) / (1 << fraction) + largest * 2e-5), string.Join(" ", w.Zip(rounded).Take(9)));
        Assert.IsTrue(w.Zip(rounded).Average(p => Math.Abs(p.First - p.Second)) > 0);
    }

    [TestMethod]
    [DataRow(1e6f)]
    [DataRow(1e-6f)]
    public void Apply_LeavesATensorAlone_WhenFloat16CannotHoldIt(float scale)
    {
        Graph graph = PruneTests.Layers((64, 64, scale));
        Assert.AreSame(graph.Constants["w0"], PruneTests.Apply("quantize(fp8-e4m3fn)", graph).Constants["w0"]);
    }

    [TestMethod]
    [DataRow("quantize(fp8-e4m3fn)", true)]
    [DataRow("quantize(fp8-e4m3fn, only: MatMul)", true)]
    [DataRow("quantize(fp8-e4m3fn, only: layer0)", false)]
    public void Apply_GivesSmallTensorsFloat16_UnlessTheyAreNamed(string recipe, bool halves)
    {
        Graph before = PruneTests.Layers((8, 63, 1)), after = PruneTests.Apply(recipe, before);
        Assert.AreEqual(halves, PruneTests.Values(before, "w0").Zip(PruneTests.Values(after, "w0")).All(p => p.Second == (float)(Half)p.First));
    }

    [TestMethod]
    public void Apply_ChangesTheSelectedNodesOnly()
    {
        Graph before = PruneTests.Layers((64, 64, 1), (64, 64, 1)), after = PruneTests.Apply($"quantize(fp8-e5m2, except: {before.Nodes[0].Name})", before);
        Assert.AreSame(before.Constants["w0"], after.Constants["w0"]);
        Assert.AreNotSame(before.Constants["w1"], after.Constants["w1"]);
    }
}

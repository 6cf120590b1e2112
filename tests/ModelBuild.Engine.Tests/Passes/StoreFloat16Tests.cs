namespace ModelBuild.Engine.Tests;

[TestClass]
public class StoreFloat16Tests
{
    [TestMethod]
    public void Apply_RoundsEveryConstant_ToTheNearestFloat16()
    {
        Graph before = PruneTests.Layers((8, 8, 1), (8, 64, 1)), after = PruneTests.Apply("Float16", before);
        foreach (string layer in new[] { "w0", "w1" })
            Assert.IsTrue(PruneTests.Values(before, layer).Zip(PruneTests.Values(after, layer)).All(p => p.Second == (float)(Half)p.First));
    }

    [TestMethod]
    [DataRow(1e6f)]
    [DataRow(1e-6f)]
    public void Apply_LeavesATensorAlone_WhenFloat16CannotHoldIt(float scale)
    {
        Graph graph = PruneTests.Layers((64, 64, scale));
        Assert.AreSame(graph.Constants["w0"], PruneTests.Apply("quantize(fp16)", graph).Constants["w0"]);
    }
}

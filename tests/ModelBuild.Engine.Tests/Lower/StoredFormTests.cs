namespace ModelBuild.Engine.Tests;

[TestClass]
public class StoredFormTests
{
    private const int Weights = 64 * 64;

    [TestMethod]
    [DataRow("", "", 4 * Weights)]
    [DataRow("quantize(fp16)", "F16", 2 * Weights)]
    [DataRow("quantize(fp8-e4m3fn)", "BitsFloat8", 2 + 2 * 64 + 1 + Weights + 1)]
    [DataRow("quantize(fp8-e5m2)", "BitsFloat8", 2 + 2 * 64 + 1 + Weights + 1)]
    [DataRow("prune(0.75)", "MaskF32", Weights / 8 + 4 * Weights / 4)]
    [DataRow("prune(0.75) | quantize(fp16)", "MaskF16", Weights / 8 + 2 * Weights / 4)]
    [DataRow("quantize(fp16) | prune(0.01)", "F16", 2 * Weights)]
    public void Emit_StoresTheSmallestForm_AndComputesTheSame(string recipe, string decoder, int bytes)
    {
        Graph graph = PruneTests.Apply(recipe, PruneTests.Layers((64, 64, 1)));
        var names = new PlanNames("M", "N", new PlanSource("m.onnx", "00ff"), "m.weights", []);
        Emitted emitted = Emitted.From(graph, names);
        Assert.AreEqual(decoder, string.Join(' ', emitted.Plan.Expansions.Select(e => e.Decoder)));
        Assert.AreEqual(64 + bytes + 128, emitted.Weights.Length);

        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Tensor x = Tensor.Of<float>([1, 64], [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i))]);
        float[] expected = [.. graph.Nodes[0].Op.Evaluate([x, graph.Constants["w0"]])[0].F32], actual = [.. runner.Run([x])[0].F32];
        Assert.IsTrue(expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) <= 4e-6 * expected.Max(Math.Abs)));
    }

    [TestMethod]
    public void Smallest_IsNone_WhenLittleIsSaved()
    {
        Assert.IsNull(StoredForm.Smallest(new byte[64], 4));
        Assert.IsNotNull(StoredForm.Smallest(new byte[80], 4));
        Assert.IsNull(StoredForm.Smallest([.. Enumerable.Range(0, 5000).Select(i => (byte)i)], 1));
        Assert.AreEqual("MaskI8", StoredForm.Smallest([.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 2 * i))], 1)!.Value.Form.Decoder);
        Assert.IsNull(StoredForm.Smallest(new byte[5000], 8));
    }

    [TestMethod]
    public void Table_NamesDecoders_ThatTheRuntimeHas()
    {
        foreach (StoredForm form in StoredForm.Table)
            Assert.IsNotNull(typeof(ModelBuild.Generated.Expansion).GetMethod(form.Decoder), form.Decoder);
    }
}

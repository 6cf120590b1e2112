namespace ModelBuild.Engine.Tests;

[TestClass]
public class OnnxElementwiseTests
{
    [TestMethod]
    public void Clip_TakesBoundsFromAttributes_BeforeOpset11()
    {
        Assert.AreEqual(new Clip(-1, 6), Only(Node("Clip", 10).Attribute("min", -1f).Attribute("max", 6f)));
        Assert.AreEqual(new Clip(0), Only(Node("Clip", 7).Attribute("min", 0f)));
    }

    [TestMethod]
    public void Clip_TakesBoundsFromInputs_SinceOpset11()
    {
        Graph graph = Node("Clip", 13).Constant("lo", Tensor.Scalar(-1f)).Constant("hi", Tensor.Of([1], [6f])).Read();
        Assert.AreEqual(new Clip(-1, 6), graph.Nodes.Single().Op);
        CollectionAssert.AreEqual((string[])["x"], graph.Nodes.Single().Inputs.ToArray());
        Assert.AreEqual(new Clip(Hi: 6), Only(Node("Clip", 13).Absent().Constant("hi", Tensor.Scalar(6f))));
        Assert.AreEqual(new Identity(), Only(Node("Clip", 13)));
    }

    [TestMethod]
    public void Clip_IsMaxAndMin_WhenBoundsAreComputedOrIntegers()
    {
        CollectionAssert.AreEqual((Op[])[new Max(), new Min()], Ops(Node("Clip", 13).Input("lo", ElementType.Float32).Constant("hi", Tensor.Scalar(6f))));
        CollectionAssert.AreEqual((Op[])[new Max()], Ops(Node("Clip", 13).Input("lo", ElementType.Float32)));
        CollectionAssert.AreEqual((Op[])[new Min()], Ops(new OnnxNodes("Clip", 13).Input("x", ElementType.Int64, 3).Absent().Constant("hi", Tensor.Scalar(6L))));
    }

    [TestMethod]
    public void Sum_AddsTwoAtATime_HoweverManyThereAre()
    {
        CollectionAssert.AreEqual((Op[])[new Identity()], Ops(Node("Sum", 13)));
        CollectionAssert.AreEqual((Op[])[new Add(), new Add()], Ops(Node("Sum", 13).Input("b", ElementType.Float32, 3).Input("c", ElementType.Float32, 1)));
        CollectionAssert.AreEqual((Op[])[new Add(), new Div()], Ops(Node("Mean", 13).Input("b", ElementType.Float32, 3)));
    }

    [TestMethod]
    public void Dropout_IsNothing_UnlessItTrains()
    {
        Assert.AreEqual(new Identity(), Only(Node("Dropout", 7).Attribute("ratio", 0.3f)));
        Graph graph = Node("Dropout", 13).Constant("ratio", Tensor.Scalar(0.3f)).Output("y").Output("mask").Read();
        CollectionAssert.AreEqual((bool[])[true, true, true], graph.Constant("mask")!.Span<bool>().ToArray());
        Assert.AreEqual(new Identity(), Only(Node("Dropout", 13).Constant("ratio", Tensor.Scalar(0f)).Constant("train", Tensor.Scalar(true))));
        var error = Assert.ThrowsExactly<ImportException>(() => Node("Dropout", 13).Absent().Constant("train", Tensor.Scalar(true)).Read());
        StringAssert.Contains(error.Diagnostic.Text, "training_mode");
    }

    [TestMethod]
    public void Cast_TakesItsTypeFromAnAttribute_AndCastLikeFromAnInput()
    {
        Assert.AreEqual(new Cast(ElementType.Int64), Only(Node("Cast", 13).Attribute("to", (long)ElementType.Int64)));
        Assert.AreEqual(new Cast(ElementType.Bool), Only(Node("CastLike", 15).Constant("like", Tensor.Scalar(true))));
        Assert.ThrowsExactly<ImportException>(() => Node("Cast", 13).Attribute("to", 99).Read());
        Assert.ThrowsExactly<ImportException>(() => Node("Cast", 13).Attribute("to", (long)ElementType.String).Read());
    }

    [TestMethod]
    public void Gelu_KnowsBothForms()
    {
        Assert.AreEqual(new Gelu(), Only(Node("Gelu", 20)));
        Assert.AreEqual(new Gelu(Approximate: true), Only(Node("Gelu", 20).Attribute("approximate", "tanh")));
        var error = Assert.ThrowsExactly<ImportException>(() => Node("Gelu", 20).Attribute("approximate", "sigmoid").Read());
        StringAssert.Contains(error.Diagnostic.Text, "none and tanh are known");
    }

    [TestMethod]
    public void Activations_HaveOnnxDefaults_WhenAttributesAreAbsent()
    {
        Assert.AreEqual(new LeakyRelu(0.01f), Only(Node("LeakyRelu", 16)));
        Assert.AreEqual(new HardSigmoid(0.2f, 0.5f), Only(Node("HardSigmoid", 7)));
        Assert.AreEqual(new Elu(1), Only(Node("Elu", 7)));
        Assert.AreEqual(new Selu(1.6732632f, 1.050701f), Only(Node("Selu", 7)));
    }

    [TestMethod]
    public void PRelu_IsRefused_WhenItsSlopeIsLargerThanX()
    {
        var error = Assert.ThrowsExactly<ImportException>(() => Node("PRelu", 16).Input("slope", ElementType.Float32, 2, 3).Read());
        StringAssert.Contains(error.Diagnostic.Text, "[2, 3]");
    }

    private static OnnxNodes Node(string type, long opset) => new OnnxNodes(type, opset).Input("x", ElementType.Float32, 3);

    private static Op[] Ops(OnnxNodes node) => [.. node.Read().Nodes.Select(n => n.Op)];

    private static Op Only(OnnxNodes node) => Ops(node).Single();
}

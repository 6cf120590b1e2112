namespace ModelBuild.Engine.Tests;

[TestClass]
public class NormalizationTests : DataTest
{
    private static readonly DataInput Nchw = new("x", "X", new(ElementType.Float32, [1, 3, 1, 2])), Nhwc = new("x", "X", new(ElementType.Float32, [1, 1, 2, 3]));

    [TestMethod]
    public void Samples_AreNormalized_WhenTheItemSaysSo()
    {
        Scratch.Write("d.npy", Scratch.Npy<byte>([0, 51, 102, 153, 204, 255], 1, 2, 3));
        float[] values = Values(Open(Request("d.npy") with { Scale = "1/255", Mean = "0.5", Std = "0.25" }, [], Image))[0];
        CollectionAssert.AreEqual(new[] { -2, -1.2f, -0.4f, 0.4f, 1.2f, 2 }, values.Select(v => MathF.Round(v, 6)).ToArray());
    }

    [TestMethod]
    public void Samples_AreNormalizedByChannel_OnAxisOneElseTheLast()
    {
        Scratch.Write("d.npy", Scratch.Npy<byte>([1, 1, 1, 1, 1, 1], 1, 3, 1, 2));
        CollectionAssert.AreEqual(new float[] { 1, 1, 2, 2, 3, 3 }, Values(Open(Request("d.npy") with { Scale = "1, 2, 3" }, [], Nchw))[0]);
        Scratch.Write("d.npy", Scratch.Npy<byte>([1, 1, 1, 1, 1, 1], 1, 1, 2, 3));
        CollectionAssert.AreEqual(new float[] { 10, 19, 28, 10, 19, 28 }, Values(Open(Request("d.npy") with { Scale = "1;2;3", Mean = "0 0.1 0.2", Std = "0.1" }, [], Nhwc))[0]);
    }

    [TestMethod]
    [DataRow("1,2", "", "", "MB1011: Scale=\"1,2\": 2 values, and the input 'image.1' [1, 1, 2, 3] has neither an axis 1 nor a last axis of that length; give one value, or one a channel")]
    [DataRow("1/0", "", "", "MB1011: Scale=\"1/0\": '1/0' is no number; write numbers or fractions, like 0.5 or 1/255, separated by commas")]
    [DataRow("", "a", "", "MB1011: Mean=\"a\": 'a' is no number; write numbers or fractions, like 0.5 or 1/255, separated by commas")]
    [DataRow("", "", "0", "MB1011: Std=\"0\": a division by 0")]
    public void Open_NamesTheMetadata_WhenItDoesNotFit(string scale, string mean, string std, string error)
    {
        Scratch.Write("d.npy", Scratch.Npy<byte>([0, 51, 102, 153, 204, 255], 1, 2, 3));
        Assert.AreEqual(error, Error(Request("d.npy") with { Scale = scale, Mean = mean, Std = std }, []));
    }

    [TestMethod]
    public void Open_RefusesNormalization_WhenNoInputTakesFractions()
    {
        Scratch.Write("d.npy", Scratch.Npy<byte>([0, 1], 1, 2));
        Assert.AreEqual("MB1011: Scale=\"1/255\": the model has no input of floating-point numbers", Error(Request("d.npy") with { Scale = "1/255" }, [], new DataInput("i", "I", new(ElementType.UInt8, [1, 2]))));
    }
}

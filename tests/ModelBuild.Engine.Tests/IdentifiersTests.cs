namespace ModelBuild.Engine.Tests;

[TestClass]
public class IdentifiersTests
{
    [TestMethod]
    [DataRow("image", "Image", "image")]
    [DataRow("input.1", "Input1", "input1")]
    [DataRow("pixel_values", "PixelValues", "pixelValues")]
    [DataRow("INPUT__0", "INPUT0", "input0")]
    [DataRow("URLPath", "URLPath", "urlPath")]
    [DataRow("onnx::Gemm_12", "OnnxGemm12", "onnxGemm12")]
    [DataRow("33", "Input33", "input33")]
    [DataRow("*/ } // \" \n", "Input", "input")]
    [DataRow("naïve 画像", "Naïve画像", "naïve画像")]
    [DataRow("in", "InTensor", "inTensor")]
    [DataRow("run", "RunTensor", "runTensor")]
    [DataRow("count", "CountTensor", "countTensor")]
    [DataRow("layers.3", "Layers3Tensor", "layers3Tensor")]
    [DataRow("digits", "DigitsTensor", "digitsTensor")]
    public void Input_MakesAMemberAndAParameter(string name, string member, string parameter)
    {
        Assert.AreEqual(member, Identifiers.Input(name, "Digits"));
        Assert.AreEqual(parameter, Identifiers.Parameter(member));
        Assert.IsTrue(Identifiers.IsIdentifier(member) && Identifiers.IsIdentifier(parameter));
    }

    [TestMethod]
    public void Output_IsCalledOutput_WhenTheNameIsNoIdentifier() => Assert.AreEqual("Output33", Identifiers.Output("33", "Digits"));

    [TestMethod]
    [DataRow("zero", "Zero")]
    [DataRow("7", "_7")]
    [DataRow("golden retriever", "GoldenRetriever")]
    [DataRow("", "_")]
    public void Label_MakesAMember(string text, string member) => Assert.AreEqual(member, Identifiers.Label(text));

    [TestMethod]
    [DataRow("digits", "Digits")]
    [DataRow("resnet18-v1", "Resnet18V1")]
    [DataRow("7seg", "Model7seg")]
    [DataRow("run", "RunModel")]
    public void Class_IsNamedAfterTheFile(string file, string name) => Assert.AreEqual(name, Identifiers.Class(file));

    [TestMethod]
    [DataRow("image", "images")]
    [DataRow("scores", "scores")]
    [DataRow("box", "boxes")]
    [DataRow("probability", "probabilities")]
    [DataRow("input1", "input1")]
    [DataRow("i", "i")]
    [DataRow("x", "xs")]
    public void Plural_IsEnglish_WhereItIsAWord(string one, string many) => Assert.AreEqual(many, Identifiers.Plural(one));
}

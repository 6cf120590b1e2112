using ModelBuild.Engine.Tests;

namespace ModelBuild.Tool.Tests;

[TestClass]
public class VerifyTests
{
    [TestMethod]
    public void Verify_Passes_WhenAModelAgreesWithOnnxRuntime()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        Assert.AreEqual(0, tool.Run("verify", model, "--json", tool.At("small.json")));
        StringAssert.Matches(tool.Output, new System.Text.RegularExpressions.Regex(@"^PASS small\.onnx error (0\.0E\+0|[0-9.]+E-[6-9]) against ONNX Runtime on 8 random samples"));
        Assert.AreEqual("1 passed, 0 failed, 0 unsupported", tool.Output.TrimEnd().Split('\n')[^1]);
        Assert.AreEqual("small.onnx", tool.Json("small.json").GetProperty("cases")[0].GetProperty("name").GetString());
    }

    [TestMethod]
    public void Verify_Passes_WhenAModelAgreesWithItsReference()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        string reference = SmallModel.WriteArrays(tool.At("reference.npz"), ("input", [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]), ("output", [2, 3], [4.5f, 8.5f, 12.5f, 0.5f, 0.5f, 0.5f]));
        Assert.AreEqual(0, tool.Run("verify", model, "--reference", reference), tool.Output);
        StringAssert.StartsWith(tool.Output, "PASS small.onnx error 0.0E+0 against the reference's 2 samples");
    }

    [TestMethod]
    public void Verify_Fails_WhenTheReferenceIsWrong()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        string reference = SmallModel.WriteArrays(tool.At("reference.npz"), ("input", [1, 4], [1, 1, 1, 1]), ("output", [1, 3], [4.5f, 8.5f, 12.4f]));
        Assert.AreEqual(1, tool.Run("verify", model, "--reference", reference));
        StringAssert.StartsWith(tool.Output, "FAIL small.onnx sample 0, output 'y': differs");
        StringAssert.EndsWith(tool.Output.TrimEnd(), "0 passed, 1 failed, 0 unsupported");
    }

    [TestMethod]
    public void Verify_SaysWhatIsWrong_WhenTheReferenceDoesNotFit()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        string reference = SmallModel.WriteArrays(tool.At("reference.npz"), ("input", [1, 5], [1, 1, 1, 1, 1]), ("output", [1, 3], [1, 1, 1]));
        Assert.AreEqual(1, tool.Run("verify", model, "--reference", reference));
        StringAssert.StartsWith(tool.Output, $"{reference}: error MB1024: ");
        File.WriteAllText(reference, "no zip file");
        Assert.AreEqual(1, tool.Run("verify", model, "--reference", reference));
        StringAssert.StartsWith(tool.Output, $"{reference}: error MB1022: ");
        Assert.AreEqual(2, tool.Run("verify", model, model, "--reference", reference));
    }

    [TestMethod]
    [DataRow("broken", "MB2002", "not an ONNX model")]
    [DataRow("version https://git-lfs.github.com/spec/v1", "MB2003", "a Git LFS pointer")]
    public void Verify_IsUnsupported_WhenTheModelIsNone(string content, string id, string reason)
    {
        using var tool = new Tool();
        File.WriteAllText(tool.At("bad.onnx"), content);
        Assert.AreEqual(0, tool.Run("verify", tool.At("bad.onnx")), id);
        StringAssert.StartsWith(tool.Output, $"UNSUPPORTED bad.onnx {reason}");
    }

    [TestMethod]
    public void Verify_IsUnsupported_WhenACaseLacksAnOutput()
    {
        using var tool = new Tool();
        Directory.CreateDirectory(tool.At("case", "test_data_set_0"));
        SmallModel.Write(tool.At("case", "model.onnx"));
        Assert.AreEqual(0, tool.Run("verify", tool.At("case")));
        StringAssert.StartsWith(tool.Output, "UNSUPPORTED case tensor 'x': the case has no test_data_set_0/input_0.pb");
    }

    [TestMethod]
    public void Verify_FindsModelsInAFolder_AndNamesWhatIsUnsupported()
    {
        using var tool = new Tool();
        Directory.CreateDirectory(tool.At("models", "more"));
        SmallModel.Write(tool.At("models", "small.onnx"));
        SmallModel.Write(tool.At("models", "more", "strange.onnx"), "Strange");
        Assert.AreEqual(0, tool.Run("verify", tool.At("models"), "--report", tool.At("report.tsv")));
        string[] rows = File.ReadAllLines(tool.At("report.tsv"));
        StringAssert.StartsWith(rows[0], "PASS\tsmall.onnx\t\t");
        StringAssert.StartsWith(rows[1], "UNSUPPORTED\tstrange.onnx\t\tnode 'product': the operator Strange (opset 17) is not supported");
    }

    [TestMethod]
    public void Verify_Passes_OnAFixtureWithItsReference()
    {
        string model = Fixtures.Path("models/onnx/tiny_resnet8_cifar10.onnx"), reference = Fixtures.Path("reference/tiny_resnet8_cifar10.h5.npz");
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("verify", model, "--reference", reference), tool.Output);
        StringAssert.StartsWith(tool.Output, "PASS tiny_resnet8_cifar10.onnx");
    }
}

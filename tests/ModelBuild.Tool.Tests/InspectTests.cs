using System.Text.Json;

namespace ModelBuild.Tool.Tests;

[TestClass]
public class InspectTests
{
    [TestMethod]
    public void Inspect_TellsWhatIsInTheModel()
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("inspect", SmallModel.Write(tool.At("small.onnx")), "--json", tool.At("small.json")));
        StringAssert.Contains(tool.Output, "x: f32[batch, 4]");
        StringAssert.Contains(tool.Output, "everything in it can be compiled");
        JsonElement json = tool.Json("small.json");
        Assert.AreEqual(15, json.GetProperty("parameters").GetInt64());
        Assert.AreEqual(12, json.GetProperty("macs").GetInt64());
        Assert.AreEqual(17, json.GetProperty("opsets").GetProperty("ai.onnx").GetInt64());
        Assert.AreEqual("[\"batch\",3]", JsonSerializer.Serialize(json.GetProperty("outputs")[0].GetProperty("shape")));
        Assert.AreEqual(1, json.GetProperty("operators")[0].GetProperty("count").GetInt32());
    }

    [TestMethod]
    public void Inspect_NamesNodeAndOperator_WhenSomethingIsUnsupported()
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("inspect", SmallModel.Write(tool.At("small.onnx"), "Strange"), "--json", tool.At("small.json")));
        JsonElement fault = tool.Json("small.json").GetProperty("unsupported")[0];
        Assert.AreEqual(("product", "Strange"), (fault.GetProperty("node").GetString(), fault.GetProperty("operator").GetString()));
        StringAssert.Contains(tool.Output, "Strange");
    }

    [TestMethod]
    public void Inspect_IsOneLocatedError_WhenThereIsNoModel()
    {
        using var tool = new Tool();
        Assert.AreEqual(1, tool.Run("inspect", tool.At("absent.onnx")));
        Assert.AreEqual($"{tool.At("absent.onnx")}: error MB2001: the model file does not exist", tool.Output.Trim());
    }
}

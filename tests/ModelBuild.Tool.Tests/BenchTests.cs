using System.Text.Json;
using Google.Protobuf;
using ModelBuild.Engine;

namespace ModelBuild.Tool.Tests;

[TestClass]
public class BenchTests
{
    [TestMethod]
    public void Bench_MeasuresWithoutAllocation_WhenGivenABuiltinModel()
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("bench", "--builtin", "mlp", "--json", tool.At("mlp.json")), tool.Output + tool.Errors);
        JsonElement json = tool.Json("mlp.json");
        Assert.AreEqual(0, json.GetProperty("bytesPerCall").GetDouble());
        foreach (string field in new[] { "microseconds", "onnxRuntimeMicroseconds", "ratio", "firstCallMicroseconds", "onnxRuntimeFirstCallMicroseconds" })
            Assert.IsGreaterThan(0, json.GetProperty(field).GetDouble(), field);
        Assert.IsGreaterThan(10 * json.GetProperty("microseconds").GetDouble(), json.GetProperty("firstCallMicroseconds").GetDouble(), "the first call found compiled kernels");
        Assert.IsLessThan(1e-5, json.GetProperty("maxError").GetDouble());
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("onnxRuntimeQuantizedMicroseconds").ValueKind);
        StringAssert.Contains(tool.Output, "0 bytes allocated");
    }

    [TestMethod]
    public void Bench_ComparesWithTheFasterBaseline_WhenTheRecipeQuantizes()
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("bench", SmallModel.Write(tool.At("small.onnx")), "--recipe", "quantize(int8)", "--scale", "1/255", "--json", tool.At("small.json")), tool.Output + tool.Errors);
        JsonElement json = tool.Json("small.json");
        double fastest = Math.Min(json.GetProperty("onnxRuntimeFloatMicroseconds").GetDouble(), json.GetProperty("onnxRuntimeQuantizedMicroseconds").GetDouble());
        Assert.AreEqual(fastest, json.GetProperty("onnxRuntimeMicroseconds").GetDouble());
        StringAssert.StartsWith(tool.Output, "calibrated on 32 seeded random samples");
        Assert.IsLessThan(0.1, json.GetProperty("maxError").GetDouble());
    }

    [TestMethod]
    [DataRow("mlp", 64 * 32 + 32 * 10)]
    [DataRow("pointwise", 8 * 256 * 256 * 28 * 28)]
    [DataRow("resnet18", 1_814_073_344)]
    [DataRow("mobilenetv2", 300_774_272)]
    public void BuiltinModel_HasTheMultiplicationsOfItsNetwork(string name, long macs)
    {
        using var tool = new Tool();
        File.WriteAllBytes(tool.At("model.onnx"), BuiltinModels.Table.Single(b => b.Name == name).Make().ToByteArray());
        Assert.AreEqual(macs, Inspection.Of(tool.At("model.onnx"), "").Macs);
    }
}

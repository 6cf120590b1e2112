using System.Text.Json;

namespace ModelBuild.Engine.Tests;

/// <summary>quantize(int8) on trained models: accuracy on data that no step saw, and bytes.</summary>
[TestClass]
public class Int8FixtureTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("burn_mnist", "mnist_train.npz[..512]", "mnist_test.npz", "1/255", "0.1307", "0.3081", 0.990, 0.0, 400_000)]
    [DataRow("tiny_resnet8_cifar10", "cifar10_train.npz[..512]", "cifar10_test.npz", "", "", "", 0.757, 0.0, 81_500)]
    [DataRow("tiny_dscnn_kws", "keyword_spotting.npz[0..300]", "keyword_spotting.npz[300..]", "", "", "", 0.904, 0.0, 27_200)]
    [DataRow("tiny_mobilenetv1_025_vww", "person_detection.npz[0..32]", "person_detection.npz[32..]", "1/255", "", "", 0.0, 0.98, 36_500)]
    [DataRow("tiny_mobilenetv1_025_vww", "person_detection.npz[0..32]", "person_detection.npz[32..]", "1/255", "", "", 0.0, 0.98, 33_500, "equalize() | quantize(int8, weights: per-tensor)")]
    public void Compile_KeepsAccuracy_WhenQuantizedToInt8(string name, string calibration, string evaluation, string scale, string mean, string std, double accuracy, double agreement, int bytes, string recipe = "quantize(int8)")
    {
        string file = Fixtures.Path($"models/onnx/{name}.onnx"), data = Path.GetDirectoryName(Fixtures.Path("data/mnist_test.npz"))!;
        var request = new CompileRequest(file, "Model", "Models", recipe, Path.Combine(data, calibration), Path.Combine(data, evaluation), scale, mean, std);
        CompileResult result = Compiler.Compile(request, CancellationToken.None);
        JsonElement measured = JsonDocument.Parse(result.Files["report.json"]).RootElement.GetProperty("measurement");
        TestContext.WriteLine($"{result.Summary}; {result.Weights.Length} bytes; agreement {measured.GetProperty("agreement")}, SQNR {measured.GetProperty("sqnr")}");
        Assert.IsGreaterThanOrEqualTo(accuracy, measured.GetProperty("accuracyAfter").GetDouble());
        Assert.IsGreaterThanOrEqualTo(agreement, measured.GetProperty("agreement").GetDouble());
        Assert.IsLessThanOrEqualTo(bytes, result.Weights.Length);
        Assert.IsFalse(result.PlanText.Contains("F32F32"), "a product runs in floating point");
    }
}

using System.Text.Json;

namespace ModelBuild.Engine.Tests;

/// <summary>Recipes of few bits on trained models: accuracy on data that no step saw, and bytes. The bounds are the product's promises, with what a change of seed moves left over.</summary>
[TestClass]
public class LowBitFixtureTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("tiny_resnet8_cifar10", "quantize(int4, activations: int8)", 512, 0.750, 42_000)]
    [DataRow("tiny_resnet8_cifar10", "quantize(int3, activations: int8)", 512, 0.745, 32_600)]
    [DataRow("tiny_resnet8_cifar10", "palettize(4) | encode()", 512, 0.750, 39_200)]
    [DataRow("tiny_dscnn_kws", "quantize(int4, activations: int8, wide: none)", 300, 0.900, 15_000)]
    [DataRow("tiny_dscnn_kws", "quantize(int3, activations: int8, wide: none)", 300, 0.885, 12_000)]
    [DataRow("tiny_dscnn_kws", "quantize(int4, activations: int8, rate: 0.02) | encode()", 300, 0.893, 12_400)]
    [DataRow("tiny_dscnn_kws", "palettize(2) | encode()", 300, 0.870, 11_900)]
    [DataRow("tiny_dscnn_kws", "auto(max-drop: 0.01)", 300, 0.900, 13_500)]
    [DataRow("burn_mnist", "quantize(int4, activations: int8, rate: 0.2) | encode()", 2048, 0.980, 18_500)]
    public void Compile_KeepsAccuracyInFewBytes(string name, string recipe, int samples, double accuracy, int bytes)
    {
        var (calibration, evaluation, scale, mean, std) = name switch
        {
            "burn_mnist" => ($"mnist_train.npz[..{samples}]", "mnist_test.npz", "1/255", "0.1307", "0.3081"),
            "tiny_dscnn_kws" => ($"keyword_spotting.npz[0..{samples}]", $"keyword_spotting.npz[{samples}..]", "", "", ""),
            _ => ($"cifar10_train.npz[..{samples}]", "cifar10_test.npz", "", "", ""),
        };
        string file = Fixtures.Path($"models/onnx/{name}.onnx"), data = Path.GetDirectoryName(Fixtures.Path("data/mnist_test.npz"))!;
        CompileResult result = Compiler.Compile(new(file, "Model", "Models", recipe, Path.Combine(data, calibration), Path.Combine(data, evaluation), scale, mean, std), CancellationToken.None);
        JsonElement measured = JsonDocument.Parse(result.Files["report.json"]).RootElement.GetProperty("measurement");
        TestContext.WriteLine($"{result.Summary}; {result.Weights.Length} bytes; agreement {measured.GetProperty("agreement")}");
        Assert.IsGreaterThanOrEqualTo(accuracy, measured.GetProperty("accuracyAfter").GetDouble());
        Assert.IsLessThanOrEqualTo(bytes, result.Weights.Length);
    }
}

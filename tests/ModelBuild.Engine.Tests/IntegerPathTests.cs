using System.Security.Cryptography;
using System.Text;

namespace ModelBuild.Engine.Tests;

/// <summary>A quantized network of every integer kernel: the same bytes, whatever the processor has.</summary>
[TestClass]
public class IntegerPathTests
{
    public TestContext TestContext { get; set; } = null!;

    private static IEnumerable<object[]> Settings => InstructionSets.Settings;

    [TestMethod]
    [DynamicData(nameof(Settings))]
    public void Run_GivesTheSameBytes_WhenInstructionsAreMissing(string without)
    {
        string[] reported = InstructionSets.RunAgain(without, $"FullyQualifiedName~{nameof(Run_GivesManyValues_WhenTheNetworkIsQuantized)}");
        TestContext.WriteLine($"without {without}: {reported[0]}");
        Assert.AreEqual(Hash(), reported.Single());
    }

    [TestMethod]
    [TestCategory(InstructionSets.Kernels)]
    public void Run_GivesManyValues_WhenTheNetworkIsQuantized()
    {
        var (emitted, outputs) = Outputs();
        Assert.DoesNotContain("F32F32", emitted.Text);
        foreach (string kernel in (string[])["ConvU8S8 ", "DepthwiseU8S8 ", "MatMulU8S8 ", "AddU8 ", "MaxPoolU8 ", "AveragePoolU8 ", "LookupU8 ", "QuantizeF32U8 ", "DequantizeU8F32 "])
            Assert.Contains(kernel, emitted.Text);
        // Outputs that are all saturated would be equal too.
        Assert.IsGreaterThan(40, outputs.SelectMany(o => o.F32.ToArray()).Distinct().Count());
        InstructionSets.Report(Hash());
    }

    private static string Hash()
    {
        var (emitted, outputs) = Outputs();
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(emitted.Text), .. emitted.Weights, .. outputs.SelectMany(o => o.Bytes.ToArray())]));
    }

    private static (Emitted Emitted, Tensor[] Outputs) Outputs()
    {
        var network = new SeededNetwork();
        Emitted emitted = network.Quantized();
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return (emitted, [.. Enumerable.Range(0, 5).SelectMany(seed => runner.Run([network.Input(seed)]))]);
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace ModelBuild.Tool.Tests;

/// <summary>ONNX's single-operator suite, as Debian's libonnx-testdata installs it.</summary>
[TestClass]
public class VerifySuiteTests
{
    private const string Suite = "/usr/share/libonnx-testdata/data";

    /// <summary>Never lowered: what once passed keeps passing.</summary>
    private const int LeastPassed = 810;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Verify_FailsNoCase_WhenGivenTheWholeSuite()
    {
        if (!Directory.Exists(Suite))
            Assert.Inconclusive($"{Suite} is absent: apt-get install libonnx-testdata");
        using var tool = new Tool();
        var clock = Stopwatch.StartNew();
        int code = tool.Run("verify", Suite, "--json", tool.At("suite.json"), "--report", tool.At("suite.tsv"));
        TestContext.WriteLine($"{tool.Output.TrimEnd().Split('\n')[^1]} in {clock.Elapsed.TotalSeconds:0} s");

        JsonElement json = tool.Json("suite.json");
        Assert.AreEqual("", string.Join("\n", tool.Output.Split('\n').Where(l => l.StartsWith("FAIL", StringComparison.Ordinal))));
        Assert.AreEqual(0, code);
        Assert.AreEqual(0, json.GetProperty("failed").GetInt32());
        Assert.IsGreaterThanOrEqualTo(LeastPassed, json.GetProperty("passed").GetInt32());
        Assert.AreEqual(json.GetProperty("cases").GetArrayLength(), File.ReadAllLines(tool.At("suite.tsv")).Length);
        Assert.IsTrue(json.GetProperty("cases").EnumerateArray().All(c => c.GetProperty("verdict").GetString() != "UNSUPPORTED" || c.GetProperty("reason").GetString()!.Length > 0));
    }
}

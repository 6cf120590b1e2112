using System.IO.Compression;

namespace ModelBuild.Engine.Tests;

/// <summary>The whole way, on the model and the data of samples/Digits.</summary>
[TestClass]
public class CompilerTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits");

    private static readonly string Data = Path.Combine(Digits, "data", "digits.npz");

    private static readonly CompileRequest Request = new(
        Path.Combine(Digits, "models", "digits.onnx"), "Digits", "Samples", "quantize(int8)", Data + "[0..300]", Data + "[300..]", Scale: "1/16");

    [TestMethod]
    public void Weights_AreTheSame_WhateverTheEvaluationDataSays()
    {
        string other = Path.Combine(Path.GetTempPath(), $"modelbuild-random-labels-{Environment.ProcessId}.npz");
        File.Copy(Data, other, overwrite: true);
        using (ZipArchive zip = ZipFile.Open(other, ZipArchiveMode.Update))
        {
            using Stream labels = zip.GetEntry("labels.npy")!.Open();
            labels.Seek(-450, SeekOrigin.End);
            var random = new Random(1);
            for (int i = 0; i < 450; i++)
                labels.WriteByte((byte)random.Next(10));
        }
        foreach (string recipe in (string[])["quantize(int8)", "prune(0.5) | quantize(int8, calibration: entropy)", "Smallest", "Float16"])
        {
            CompileResult one = Compile(Request with { Recipe = recipe }), two = Compile(Request with { Recipe = recipe, Evaluation = other + "[300..]" });
            CollectionAssert.AreEqual(one.Weights, two.Weights, recipe);
            Assert.AreNotEqual(one.Summary, two.Summary, recipe);
        }
        File.Delete(other);
    }

    [TestMethod]
    public void Bytes_AreTheSame_EachTime()
    {
        CompileResult one = Compile(Request with { Export = "onnx" }), two = Compile(Request with { Export = "onnx" });
        Assert.AreEqual(one.PlanText, two.PlanText);
        CollectionAssert.AreEqual(one.Weights, two.Weights);
        CollectionAssert.AreEqual(one.Files["digits.onnx"], two.Files["digits.onnx"]);
    }

    [TestMethod]
    public void Weights_NeedNoExpansion_WhenOptimizedForSpeed()
    {
        CompileRequest pruned = Request with { Recipe = "prune(0.8)" };
        CompileResult small = Compile(pruned), fast = Compile(pruned with { Optimize = "speed" });
        Assert.IsGreaterThan(0, PlanText.Parse(small.PlanText).Weights.ExpandedBytes);
        Assert.AreEqual(0, PlanText.Parse(fast.PlanText).Weights.ExpandedBytes);
        Assert.IsLessThan(fast.Weights.Length, small.Weights.Length);
    }

    [TestMethod]
    public void Summary_SaysHowLongACallTakes_WhenAsked()
    {
        CompileResult timed = Compile(Request with { Measure = "true" }), plain = Compile(Request);
        StringAssert.Matches(timed.Summary, new(@"^Digits: 50\.3 KB → 13\.2 KB \(3\.8× smaller\), top-1 98\.67 % → \d\d\.\d\d % on 450 samples, \d+\.\d [µm]s → \d+\.\d [µm]s a call$"));
        StringAssert.EndsWith(plain.Summary, " on 450 samples");
        Assert.AreEqual(plain.PlanText, timed.PlanText);
        CollectionAssert.AreEqual(plain.Weights, timed.Weights);
    }

    [TestMethod]
    [DataRow("minmax")]
    [DataRow("percentile")]
    [DataRow("entropy")]
    [DataRow("mse")]
    public void Calibration_KeepsTheAccuracy_ByAnyRule(string rule)
    {
        CompileResult result = Compile(Request with { Recipe = $"quantize(int8, calibration: {rule})", MaxAccuracyDrop = "0.01" });
        Assert.AreEqual("", string.Join("\n", result.Diagnostics));
    }

    [TestMethod]
    [DataRow("Optimize", "fastest", "Size or Speed")]
    [DataRow("Numerics", "exact", "Strict or Default or Fast")]
    [DataRow("Layout", "HWC", "NCHW or NHWC")]
    [DataRow("Export", "coreml", "onnx, tflite")]
    public void Words_AreNamed_WhenOneIsUnknown(string metadata, string value, string valid)
    {
        CompileRequest request = metadata switch { "Optimize" => Request with { Optimize = value }, "Numerics" => Request with { Numerics = value }, "Layout" => Request with { Layout = value }, _ => Request with { Export = value } };
        DiagnosticException error = Assert.ThrowsExactly<DiagnosticException>(() => Compile(request));
        StringAssert.Contains(error.Message, $"error MB1010: {metadata}=\"{value}\" can't be read; valid: {valid}");
    }

    private static CompileResult Compile(CompileRequest request) => Compiler.Compile(request, CancellationToken.None);
}

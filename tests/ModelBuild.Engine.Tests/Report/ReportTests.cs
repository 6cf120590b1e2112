using System.Text;
using System.Text.RegularExpressions;

namespace ModelBuild.Engine.Tests;

/// <summary>What reports say of the model of samples/Digits.</summary>
[TestClass]
public class ReportTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits");

    private static readonly CompileRequest Request = new(
        Path.Combine(Digits, "models", "digits.onnx"), "Digits", "Samples", "", Path.Combine(Digits, "data", "digits.npz[0..300]"), Path.Combine(Digits, "data", "digits.npz[300..400]"), Scale: "1/16");

    [TestMethod]
    public void Page_IsMadeAgain_FromTheNumbers()
    {
        CompileResult result = Compile("auto(max-drop: 0.02, trials: 3)");
        Report again = Report.Parse(result.Files["report.json"]);
        CollectionAssert.AreEqual(result.Files["report.html"], again.ToHtml());
        CollectionAssert.AreEqual(result.Files["report.md"], again.ToMarkdown());
        Assert.AreEqual(1, again.Search!.Trials.Count(t => t.Chosen));
        Assert.IsTrue(again.Search.Sensitivities.All(s => s.Error >= 0) && again.Search.Sensitivities.Any(s => s.Error > 0));
    }

    [TestMethod]
    public void Page_NeedsNothingElse_AndEscapesNames()
    {
        string page = Encoding.UTF8.GetString(Compile("quantize(int8)").Files["report.html"]);
        string[] links = [.. Regex.Matches(page, """(?:href|src)\s*=\s*"([^"]*)"|https?://[^"\s<]+|url\(([^)]*)\)""").Select(m => m.Value)];
        Assert.AreEqual("", string.Join(' ', links.Where(l => !l.StartsWith("http://www.w3.org/", StringComparison.Ordinal) && !l.StartsWith("url(#", StringComparison.Ordinal))));
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]*)\"").Select(m => m.Groups[1].Value)];
        Assert.IsGreaterThan(3, ids.Length);
        // Equal charts may share one: they clip alike.
        foreach (string use in Regex.Matches(page, @"url\(#([^)]*)\)").Select(m => m.Groups[1].Value))
            CollectionAssert.Contains(ids, use);

        Report report = Report.Parse(Compile("quantize(int8)").Files["report.json"]);
        string hostile = Encoding.UTF8.GetString((report with { Layers = [.. report.Layers.Select(l => l with { Layer = "<script>alert(1)</script>: Conv" })], Choices = ["<img src=x>"] }).ToHtml());
        Assert.IsFalse(hostile.Contains("<script>") || hostile.Contains("<img"));
        StringAssert.Contains(hostile, "&lt;script&gt;alert(1)&lt;/script&gt;: Conv");
    }

    [TestMethod]
    public void Layers_SayWhatTheyWere_AndWhatTheyLost()
    {
        Report report = Report.Parse(Compile("prune(0.3, only: '*') | quantize(int8)").Files["report.json"]);
        Assert.HasCount(4, report.Steps);
        Assert.IsTrue(report.Steps[2].Stored < report.Steps[1].Stored && report.Steps[3].Stored < report.Steps[2].Stored);
        Assert.IsTrue(report.Steps[2].Error > 0);
        foreach (ReportLayer layer in report.Layers)
        {
            Assert.IsLessThan(layer.BytesBefore!.Value, layer.Bytes, layer.Layer);
            Assert.IsTrue(layer.Error is { Error: > 0 and < 1.5, Sqnr: > 0 and < 60 }, layer.Layer);
            Assert.AreEqual(layer.Weights!.Before.Sum(), layer.Weights.After.Sum());
            Assert.IsGreaterThan(layer.Weights.Before[23], layer.Weights.After[23], "zeros have a bin of their own");
        }
    }

    [TestMethod]
    [DataRow("prune(0.1, only: '*') | quantize(weights: int4, wide: none)", "prune(0.1, only: *)")]
    [DataRow("prune(0.3, only: '*pointwise*') | quantize(weights: int4, wide: none) | encode()", "")]
    [DataRow("prune(0.6, only: '*') | quantize(int8)", "")]
    [DataRow("quantize(int8)", "")]
    [DataRow("equalize() | quantize(int8) | correct-bias()", "")]
    public void Step_IsNamed_WhenItGainsNothing(string recipe, string idle)
    {
        CompileResult result = Compile(recipe);
        string[] told = [.. result.Diagnostics.Where(d => d.Id == "MB3020").Select(d => d.Text)];
        Assert.AreEqual(idle.Length == 0 ? 0 : 1, told.Length, string.Join('\n', told));
        if (idle.Length > 0)
            StringAssert.Matches(told[0], new(@"^prune\(0\.1, only: .*\): 8 of the 8 layers that it changes end no smaller than without it, and run by the same kernel: '[^']+' \(([0-9,]+) bytes with, \1 without\), "));
    }

    [TestMethod]
    public void Step_Fails_WhenALayerIsFurtherOffThanItsMaxError()
    {
        DiagnosticException error = Assert.ThrowsExactly<DiagnosticException>(() => Compile("quantize(ternary, wide: none, maxError: 0.01)"));
        StringAssert.Matches(error.Message, new(@"error MB3008: quantize\(ternary, wide: none, maxError: 0\.01\): afterwards the layer '[^']+' differs from the float model's by \d.*, and maxError is 1E-2\n    quantize\(ternary"));
        Compile("quantize(int8, max-error: 0.5)");
    }

    [TestMethod]
    public void Budget_OfMacs_IsKept()
    {
        long macs = Report.Parse(Compile("").Files["report.json"]).Macs;
        Assert.AreEqual("", string.Join('\n', Compiler.Compile(Request with { MaxMacs = $"{macs}" }, default).Diagnostics));
        StringAssert.Contains(Compiler.Compile(Request with { MaxMacs = $"{macs - 1}" }, default).Diagnostics.Single().ToString(), $"error MB3007: {macs} multiply–accumulates a call are more than MaxMacs = {macs - 1}");
    }

    private static CompileResult Compile(string recipe) => Compiler.Compile(Request with { Recipe = recipe }, CancellationToken.None);
}

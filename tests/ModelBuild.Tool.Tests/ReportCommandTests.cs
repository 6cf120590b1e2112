namespace ModelBuild.Tool.Tests;

[TestClass]
public class ReportCommandTests
{
    [TestMethod]
    public void Report_MakesThePageAgain()
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run("compress", SmallModel.Write(tool.At("small.onnx")), "-o", tool.At("out")), tool.Errors);
        byte[] page = File.ReadAllBytes(tool.At("out", "report.html"));
        File.Delete(tool.At("out", "report.html"));
        foreach (string path in new[] { tool.At("out"), tool.At("out", "report.json") })
            Assert.AreEqual(0, tool.Run("report", path), tool.Errors);
        CollectionAssert.AreEqual(page, File.ReadAllBytes(tool.At("out", "report.html")));
        Assert.AreEqual(0, tool.Run("report", tool.At("out"), "-o", tool.At("other.html")), tool.Errors);
        CollectionAssert.AreEqual(page, File.ReadAllBytes(tool.At("other.html")));
        StringAssert.StartsWith(tool.Output, "Small: ");
    }

    [TestMethod]
    [DataRow("{", "is no report of this version of ModelBuild")]
    [DataRow("null", "is no report of this version of ModelBuild")]
    [DataRow("{\"model\": 3}", "is no report of this version of ModelBuild")]
    public void Report_IsRefused_WhenItIsNone(string json, string why)
    {
        using var tool = new Tool();
        File.WriteAllText(tool.At("report.json"), json);
        Assert.AreEqual(2, tool.Run("report", tool.At("report.json")));
        StringAssert.Contains(tool.Errors, why);
        Assert.AreEqual(2, tool.Run("report", tool.At("nothing.json")));
        StringAssert.Contains(tool.Errors, "there is no file");
        Assert.IsFalse(File.Exists(tool.At("report.html")));
    }

    [TestMethod]
    public void Summary_IsAppended_WhereCiShowsIt()
    {
        using var tool = new Tool();
        string summary = tool.At("summary.md");
        File.WriteAllText(summary, "# before\n");
        Environment.SetEnvironmentVariable("GITHUB_STEP_SUMMARY", summary);
        try
        {
            Assert.AreEqual(0, tool.Run("compress", SmallModel.Write(tool.At("small.onnx")), "-o", tool.At("out")), tool.Errors);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GITHUB_STEP_SUMMARY", null);
        }
        Assert.AreEqual("# before\n" + File.ReadAllText(tool.At("out", "report.md")) + "\n", File.ReadAllText(summary));
    }
}

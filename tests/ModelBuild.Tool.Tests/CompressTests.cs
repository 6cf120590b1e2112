using System.CommandLine;
using ModelBuild.Engine;
using ModelBuild.Generator;
using ModelBuild.Tasks;

namespace ModelBuild.Tool.Tests;

[TestClass]
public class CompressTests
{
    [TestMethod]
    public void Compress_WritesAllFiles()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small-net.onnx")), folder = tool.At("out");
        Assert.AreEqual(0, tool.Run("compress", model, "-o", folder, "--namespace", "My.Models", "--json", tool.At("copy.json")), tool.Output + tool.Errors);
        CollectionAssert.AreEquivalent(
            new[] { "small-net.plan", "small-net.weights", "small-net.onnx", "SmallNet.g.cs", "report.json", "report.md", "report.html" }, Directory.GetFiles(folder).Select(Path.GetFileName).ToArray());
        Plan plan = PlanText.Parse(File.ReadAllText(Path.Combine(folder, "small-net.plan")));
        Assert.AreEqual(("SmallNet", "My.Models", "ModelBuild.My.Models.SmallNet.weights"), (plan.Class, plan.Namespace, plan.Weights.Resource));
        Assert.AreEqual(ClassSource.Write(plan), File.ReadAllText(Path.Combine(folder, "SmallNet.g.cs")));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(folder, "report.json")), File.ReadAllBytes(tool.At("copy.json")));
        StringAssert.StartsWith(tool.Output, "SmallNet: ");
    }

    [TestMethod]
    public void Compress_ChecksTheImport_AgainstAReference()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        string right = SmallModel.WriteArrays(tool.At("right.npz"), ("x", [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]), ("y", [2, 3], [4.5f, 8.5f, 12.5f, 0.5f, 0.5f, 0.5f]));
        Assert.AreEqual(0, tool.Run("compress", model, "-o", tool.At("out"), "--reference", right), tool.Output + tool.Errors);
        System.Text.Json.JsonElement report = tool.Json("out/report.json");
        Assert.AreEqual("proved", report.GetProperty("import").GetString());
        Assert.AreEqual(2, report.GetProperty("proof").GetProperty("reference").GetProperty("samples").GetInt32());
        string wrong = SmallModel.WriteArrays(tool.At("wrong.npz"), ("input", [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]), ("output", [2, 3], [4.5f, 8.5f, 12.5f, 0.5f, 0.5f, 0.6f]));
        Assert.AreEqual(1, tool.Run("compress", model, "-o", tool.At("out"), "--reference", wrong));
        StringAssert.Contains(tool.Output + tool.Errors, $"error MB3011: Reference=\"{wrong}\": sample 1: output 'y' differs from the reference by 1.67E-1");
        string half = SmallModel.WriteArrays(tool.At("half.npz"), ("input", [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]), ("z", [2, 3], [0, 0, 0, 0, 0, 0]));
        Assert.AreEqual(1, tool.Run("compress", model, "-o", tool.At("out"), "--reference", half));
        StringAssert.Contains(tool.Output + tool.Errors, "error MB1023: ");
        StringAssert.Contains(tool.Output + tool.Errors, "its arrays are 'input', 'z'");
    }

    [TestMethod]
    public void Compress_GivesTheSameBytes_InAnyFolder()
    {
        using var tool = new Tool();
        byte[][][] results = [.. new[] { "a", "b" }.Select(name =>
        {
            Directory.CreateDirectory(tool.At(name));
            string model = SmallModel.Write(tool.At(name, "small.onnx"));
            Assert.AreEqual(0, tool.Run("compress", model, "-o", tool.At(name, "out")));
            return Directory.GetFiles(tool.At(name, "out")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        })];
        for (int i = 0; i < results[0].Length; i++)
            CollectionAssert.AreEqual(results[0][i], results[1][i]);
    }

    [TestMethod]
    public void Options_AreAllMetadataThatTheToolReads() => CollectionAssert.AreEquivalent(
        ModelMetadata.Table.Select(m => m.Name).Where(m => m != "PublishExport").ToArray(), ItemOptions.Table.Select(o => Property(o.Name)).ToArray());

    public static IEnumerable<object[]> Options => ItemOptions.Table.Select(o => new object[] { o.Name });

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void Option_ReachesTheRequest(string name)
    {
        Option<string>[] options = ItemOptions.Make();
        var command = new RootCommand();
        foreach (Option<string> option in options)
            command.Options.Add(option);
        CompileRequest request = ItemOptions.Request("digits.onnx", options, command.Parse([name, "Value"]));
        Assert.AreEqual("Value", typeof(CompileRequest).GetProperty(Property(name))!.GetValue(request));
        foreach (ItemOption other in ItemOptions.Table.Where(o => o.Name != name))
            Assert.AreNotEqual("Value", typeof(CompileRequest).GetProperty(Property(other.Name))!.GetValue(request));
    }

    [TestMethod]
    public void Compress_WritesNothing_WhenTheModelIsBad()
    {
        using var tool = new Tool();
        File.WriteAllText(tool.At("bad.onnx"), "<html>");
        Assert.AreEqual(1, tool.Run("compress", tool.At("bad.onnx"), "-o", tool.At("out"), "--json", tool.At("bad.json")));
        StringAssert.StartsWith(tool.Output, $"{tool.At("bad.onnx")}: error MB2002: ");
        Assert.IsFalse(Directory.Exists(tool.At("out")) || File.Exists(tool.At("bad.json")));
    }

    [TestMethod]
    public void Compress_WritesNothing_WhenABudgetIsMissed()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        Assert.AreEqual(1, tool.Run("compress", model, "-o", tool.At("out"), "--max-size", "10"));
        StringAssert.StartsWith(tool.Output, $"{model}: error MB3002: ");
        Assert.IsFalse(Directory.Exists(tool.At("out")));
        Assert.AreEqual(0, tool.Run("compress", model, "-o", tool.At("out"), "--max-size", "10", "--budgets", "warning"));
        StringAssert.StartsWith(tool.Output, $"{model}: warning MB3002: ");
    }

    [TestMethod]
    public void Compress_RefusesToOverwriteItsModel()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        byte[] before = File.ReadAllBytes(model);
        Assert.AreEqual(2, tool.Run("compress", model, "-o", tool.At("")));
        StringAssert.Contains(tool.Errors, "'small.onnx' is read from");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(model));
        Assert.HasCount(1, Directory.GetFiles(tool.At("")));
    }

    [TestMethod]
    public void Compress_SaysSo_WhenItIsCanceled()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        Assert.AreEqual(1, tool.Run(new CancellationToken(canceled: true), "compress", model, "-o", tool.At("out")));
        Assert.AreEqual("canceled", tool.Errors.Trim());
        Assert.IsFalse(Directory.Exists(tool.At("out")));
    }

    /// <summary><c>--max-size</c> → <c>MaxSize</c>.</summary>
    private static string Property(string option) => string.Concat(option.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}

using System.Diagnostics;
using System.Text.Json;

namespace ModelBuild.Tool.Tests;

/// <summary>A machine that can't load ONNX Runtime's library (Alpine): the reference judges, and nothing else changes.</summary>
[TestClass]
public class HiddenOnnxRuntimeTests
{
    [TestMethod]
    public void Compress_IsJudgedByTheReference_WhenTheLibraryCannotBeLoaded()
    {
        using var tool = new Tool();
        string from = Path.GetDirectoryName(typeof(CommandLine).Assembly.Location)!, to = tool.At("tool");
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileNameWithoutExtension(file) is "libonnxruntime" or "onnxruntime")
                File.WriteAllText(target, "not a library");
            else
                File.Copy(file, target);
        }
        string model = SmallModel.Write(tool.At("small.onnx"));

        Assert.AreEqual(0, tool.Run("compress", model, "-o", tool.At("with")), tool.Output + tool.Errors);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(to, "modelbuild.dll"), "compress", model, "-o", tool.At("without")]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, output);
        StringAssert.Contains(output, "message MB3010");
        Assert.AreEqual("ONNX Runtime", Judge("with"));
        Assert.AreEqual("scalar reference", Judge("without"));
        foreach (string file in (string[])["small.plan", "small.weights", "small.onnx"])
            CollectionAssert.AreEqual(File.ReadAllBytes(tool.At("with", file)), File.ReadAllBytes(tool.At("without", file)), file);

        string? Judge(string folder) => JsonDocument.Parse(File.ReadAllText(tool.At(folder, "report.json"))).RootElement.GetProperty("proof").GetProperty("judge").GetString();
    }
}

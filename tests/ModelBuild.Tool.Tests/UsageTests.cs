using System.Diagnostics;

namespace ModelBuild.Tool.Tests;

[TestClass]
public class UsageTests
{
    [TestMethod]
    [DataRow("", "commands: compress, inspect, verify, bench")]
    [DataRow("compres m.onnx", "'compres' is no command of modelbuild; did you mean 'compress'?")]
    [DataRow("compress m.onnx", "'--output'")]
    [DataRow("compress -o out", "'MODEL'")]
    [DataRow("compress m.onnx -o out --recip prune(0.5)", "'--recip' is no option of modelbuild compress; did you mean '--recipe'?")]
    [DataRow("compress m.onnx -o out --recip prune(0.5)", "options: --output, --recipe, --calibration,")]
    [DataRow("compress m.onnx -o out --class 3d", "--class: '3d' is no identifier of C#")]
    [DataRow("compress m.onnx -o out --namespace a..b", "--namespace: 'a..b' is no namespace of C#")]
    [DataRow("inspect a.onnx b.onnx", "'b.onnx' is no argument of modelbuild inspect")]
    [DataRow("verify", "'PATH'")]
    [DataRow("verify nowhere", "'nowhere': there is no such file or folder")]
    [DataRow("bench", "bench takes a MODEL or --builtin NAME")]
    [DataRow("bench m.onnx --builtin mlp", "one of both")]
    [DataRow("bench --builtin mpl", "--builtin: 'mpl' is unknown; valid: mlp, pointwise, resnet18, mobilenetv2; did you mean 'mlp'?")]
    [DataRow("bench m.onnx --threads many", "--threads: 'many' is no number from 1 to 256")]
    public void Run_NamesTheWordAndTheValidOnes_WhenTheUsageIsWrong(string arguments, string part)
    {
        using var tool = new Tool();
        Assert.AreEqual(2, tool.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        StringAssert.Contains(tool.Errors, part);
        Assert.AreEqual("", tool.Output);
    }

    [TestMethod]
    [DataRow("--help")]
    [DataRow("compress --help")]
    [DataRow("inspect --help")]
    [DataRow("verify --help")]
    [DataRow("bench --help")]
    public void Help_DescribesEveryWord(string arguments)
    {
        using var tool = new Tool();
        Assert.AreEqual(0, tool.Run(arguments.Split(' ')));
        foreach (string line in tool.Output.Split('\n').Where(l => l.StartsWith("  -", StringComparison.Ordinal)))
            Assert.Contains("  ", line.Trim(), line);
    }

    [TestMethod]
    public void Output_HasNoEscapeCodes_InAPipe()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx"));
        foreach (string[] arguments in new string[][] { ["inspect", model], ["verify", model], ["compress", model, "-o", tool.At("out")], ["bench", "--builtin", "mlp", "--recipe", "quantize(int8)"] })
        {
            var (code, text) = Piped(arguments);
            Assert.AreEqual(0, code, text);
            Assert.AreNotEqual("", text);
            Assert.DoesNotContain('\u001b', text);
        }
    }

    [TestMethod]
    public void Request_NeedsNeitherTheCompilerNorTheCommandLine()
    {
        using var tool = new Tool();
        string model = SmallModel.Write(tool.At("small.onnx")), bare = tool.At("tool");
        Directory.CreateDirectory(bare);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(IsNeeded))
            File.Copy(file, Path.Combine(bare, Path.GetFileName(file)));
        File.WriteAllLines(tool.At("small.request"), [$"directory={tool.At("out")}", "name=small", $"cache={tool.At("cache")}", $"model={model}", "class=Small", "namespace=A", "resource=small", $"file={model}"]);
        var (code, text) = Piped(["compress", "--request", tool.At("small.request")], Path.Combine(bare, "modelbuild.dll"));
        Assert.AreEqual(0, code, text);
        StringAssert.Contains(text, "Small: ");

        static bool IsNeeded(string file) => Path.GetFileName(file) is "modelbuild.runtimeconfig.json" or "modelbuild.dll" or "Google.Protobuf.dll" or "OxyPlot.dll" or "Sep.dll" or "csFastFloat.dll"
            || Path.GetFileName(file).StartsWith("ModelBuild.", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)
            || Path.GetFileName(file) is "Microsoft.ML.OnnxRuntime.dll" or "System.Numerics.Tensors.dll";
    }

    private static (int Code, string Text) Piped(string[] arguments, string? tool = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [tool ?? typeof(CommandLine).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TERM"] = "xterm-256color" },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}

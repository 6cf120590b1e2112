namespace ModelBuild.EndToEnd;

[TestClass]
public class TheBackendIsOneWord
{
    private const string Package = "<PackageReference Include=\"ModelBuild.OnnxRuntime\" Version=\"0.1.0\" />\n";

    private const string Configured = """
        namespace App
        {
            partial class Tiny
            {
                static partial void ConfigureSession(Microsoft.ML.OnnxRuntime.SessionOptions options) => System.Console.WriteLine($"threads: {options.IntraOpNumThreads}");
            }
        }
        """;

    [TestMethod]
    public void SameCodeSameAnswers()
    {
        Scratch app = Scratch.App(Package + "<Model Include=\"tiny.onnx\" Backend=\"OnnxRuntime\" />");
        StringAssert.Contains(app.Build("-warnaserror").Good().Text, "Tiny: ", "the summary line");
        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
        StringAssert.Contains(File.ReadAllText(app.Made(".plan")), "\nbackend OnnxRuntime\n");

        app.Replace("App.csproj", "OnnxRuntime\" />\n  </ItemGroup>", "ModelBuild\" />\n  </ItemGroup>");
        app.Build("-warnaserror").Good();
        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
        Assert.IsFalse(File.ReadAllText(app.Made(".plan")).Contains("backend"));

        app.Replace("App.csproj", " Backend=\"ModelBuild\"", "");
        app.Write("Half.cs", Configured);
        app.Build("-warnaserror", "-p:ModelBuildBackend=OnnxRuntime").Good();
        Assert.AreEqual("threads: 1\n4.500 8.500 12.500", app.Run().Good().Text.Trim().ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void AModelWithAnyOperatorIsRun()
    {
        Scratch app = Scratch.App();
        TinyModel.Write(app.At("tiny.onnx"), last: "com.microsoft.QuickGelu");
        StringAssert.EndsWith(app.Build().TheError("MB2005", app.At("tiny.onnx")).Split(" [")[0], "; or run it by ONNX Runtime: Backend=\"OnnxRuntime\"");

        app.Replace("App.csproj", "<Model Include=\"tiny.onnx\" />", Package + "<Model Include=\"tiny.onnx\" Backend=\"OnnxRuntime\" />");
        app.Build("-warnaserror").Good();
        Assert.AreEqual("4.498 8.500 12.500", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void AMissingPackageIsNamed()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Backend=\"OnnxRuntime\" />");
        StringAssert.Contains(app.Build().TheError("MB1108", app.Project), "Backend=\"OnnxRuntime\" (tiny.onnx) needs the package that its classes call: <PackageReference Include=\"ModelBuild.OnnxRuntime\" Version=\"0.1.0\" />");
    }
}

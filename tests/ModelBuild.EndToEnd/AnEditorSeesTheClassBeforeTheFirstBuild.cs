namespace ModelBuild.EndToEnd;

[TestClass]
public class AnEditorSeesTheClassBeforeTheFirstBuild
{
    private static readonly string[] DesignTime =
        ["-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:BuildingInsideVisualStudio=true", "-nodeReuse:false", "-tl:off", "-getItem:AdditionalFiles"];

    [TestMethod]
    public void AndNothingIsCompressedForIt()
    {
        Scratch app = Scratch.App();
        app.Dotnet("restore").Good();

        Output seen = app.Dotnet("msbuild", DesignTime).Good();

        StringAssert.Contains(seen.Text, "tiny.outline.plan");
        Assert.IsFalse(Directory.Exists(app.At("obj/modelbuild-cache")));
        Assert.IsFalse(File.Exists(app.Made(".outline.plan").Replace(".outline", "")));

        app.Build().Good();
        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void AndAfterItTheSameAsTheCompiler()
    {
        Scratch app = Scratch.App();
        app.Build().Good();
        DateTime asked = app.Asked();

        Output seen = app.Dotnet("msbuild", DesignTime).Good();

        StringAssert.Contains(seen.Text, "tiny.plan");
        Assert.IsFalse(seen.Text.Contains("outline"), seen.Text);
        Assert.AreEqual(asked, app.Asked());
    }

    [TestMethod]
    public void AndABadModelDoesNotStopIt()
    {
        Scratch app = Scratch.App();
        app.Write("tiny.onnx", "not a model");
        app.Dotnet("restore").Good();

        Output seen = app.Dotnet("msbuild", [.. DesignTime[..^1], "-v:m"]);

        StringAssert.Contains(seen.Text, "MB2002");
        StringAssert.Contains(seen.Text, app.At("tiny.onnx"));
    }
}

namespace ModelBuild.EndToEnd;

[TestClass]
public class AnyPathWillDo
{
    [TestMethod]
    [DataRow("with space")]
    [DataRow("semi;colon, comma")]
    [DataRow("100% %3b it's")]
    [DataRow("@(Model) $(Configuration)")]
    [DataRow("über ü 模型")]
    [DataRow("a \"quote\"")]
    public void ForModelAndData(string folder)
    {
        if (OperatingSystem.IsWindows() && folder.Contains('"'))
            Assert.Inconclusive("Windows allows no quotes in paths");
        Builds(folder, project: $"{nameof(ForModelAndData)} {folder.Length}");
    }

    // The others are beyond the SDK itself: it can't restore or build even an empty project there.
    [TestMethod]
    [DataRow("with space")]
    [DataRow("semi;colon, comma")]
    [DataRow("über ü 模型")]
    public void ForProjectModelAndData(string folder) => Builds(folder, project: folder);

    private static void Builds(string folder, string project)
    {
        string escaped = Uri(folder);
        Scratch app = Scratch.App($"<Model Include=\"{escaped}/tiny.onnx\" Calibration=\"{escaped}/data\" Recipe=\"prune(0.5)\" />", folder: project);
        File.Delete(app.At("tiny.onnx"));
        NpyFile.Write(app.At($"{folder}/data/{folder}.npy"), 1);
        TinyModel.Write(app.At($"{folder}/tiny.onnx"));

        app.Build().Good();

        Assert.AreEqual("4.500", app.Run().Good().Text.Trim()[..5]);
        DateTime asked = app.Asked();
        app.Build().Good();
        Assert.AreEqual(asked, app.Asked(), "the second build does nothing");
    }

    [TestMethod]
    public void ForValues()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" /><ModelRecipe Include=\"Odd\" Steps=\"prune(0.5, only: 'a%3bb %40(Model) %24(X) 100%25 ü &quot;q&quot;*')\" />");

        app.Build().Good();

        StringAssert.Contains(File.ReadAllText(app.Made(".request")), "recipe.Odd=prune(0.5, only: 'a;b @(Model) $(X) 100% ü \"q\"*')\n");
    }

    [TestMethod]
    public void ForWhatIsBuilt()
    {
        Scratch app = Scratch.App(properties: "<UseArtifactsOutput>true</UseArtifactsOutput><ArtifactsPath>$(MSBuildProjectDirectory)/artifacts</ArtifactsPath>");

        // Must stand where it is read early enough.
        app.Write("Directory.Build.props", "<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>");
        app.Build().Good();

        Assert.AreEqual(1, app.Compiled("artifacts/obj/App/modelbuild-cache"));
        Assert.IsTrue(File.Exists(app.Made(".plan", "artifacts/obj/App/debug/modelbuild")));
        Assert.IsFalse(Directory.Exists(app.At("obj")));
    }

    [TestMethod]
    public void ForTheSameBytes()
    {
        Scratch one = Scratch.App(folder: "same bytes 1"), two = Scratch.App(folder: "same bytes/somewhere else");

        one.Build("-p:EmitCompilerGeneratedFiles=true").Good();
        two.Build("-p:EmitCompilerGeneratedFiles=true").Good();

        foreach (string extension in new[] { ".plan", ".weights" })
            CollectionAssert.AreEqual(File.ReadAllBytes(one.Made(extension)), File.ReadAllBytes(two.Made(extension)), extension);
        const string Generated = "obj/Debug/net10.0/generated/ModelBuild.Generator";
        Assert.AreEqual(File.ReadAllText(one.Made(".g.cs", Generated)), File.ReadAllText(two.Made(".g.cs", Generated)));
    }

    /// <summary>As a project file has to write it.</summary>
    private static string Uri(string path) => System.Security.SecurityElement.Escape(string.Concat(path.Select(c => "%;@$()'".Contains(c) ? $"%{(int)c:x2}" : c.ToString())));
}

namespace ModelBuild.EndToEnd;

[TestClass]
public class AChangeIsSeen
{
    [TestMethod]
    public void OnlyByTheCache_WhenTheModelIsTouched()
    {
        Scratch app = Built(Scratch.App());

        File.SetLastWriteTimeUtc(app.At("tiny.onnx"), DateTime.UtcNow);

        Rebuilt(app, compilations: 1);
    }

    [TestMethod]
    public void WhenTheModelsContentChanges()
    {
        Scratch app = Built(Scratch.App());

        TinyModel.Write(app.At("tiny.onnx"), bias: 1);

        Rebuilt(app, compilations: 2);
        Assert.AreEqual("5.000 9.000 13.000", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void WhenAnOlderModelIsPutInItsPlace()
    {
        Scratch app = Built(Scratch.App());

        TinyModel.Write(app.At("tiny.onnx"), bias: 1);
        File.SetLastWriteTimeUtc(app.At("tiny.onnx"), new DateTime(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc));

        Rebuilt(app, compilations: 2);
    }

    [TestMethod]
    public void WhenTheRecipeChanges()
    {
        Scratch app = Built(Scratch.App());

        app.Replace("App.csproj", "Include=\"tiny.onnx\"", "Include=\"tiny.onnx\" Recipe=\"prune(0.5)\"");

        Rebuilt(app, compilations: 2);
    }

    [TestMethod]
    public void WhenANamedRecipeChanges()
    {
        Scratch app = Built(Scratch.App("<Model Include=\"tiny.onnx\" Recipe=\"Mine\" /><ModelRecipe Include=\"Mine\" Steps=\"prune(0.5)\" />"));

        app.Replace("App.csproj", "prune(0.5)", "prune(0.25)");

        Rebuilt(app, compilations: 2);
    }

    [TestMethod]
    public void WhenOneFileOfTheDataChanges() => WithData(app => NpyFile.Write(app.At("data/a.npy"), 3));

    [TestMethod]
    public void WhenAFileOfTheDataIsAdded() => WithData(app =>
    {
        NpyFile.Write(app.At("data/c.npy"), 3);
        File.SetLastWriteTimeUtc(app.At("data/c.npy"), new DateTime(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc));
    });

    [TestMethod]
    public void WhenAFileOfTheDataIsRemoved() => WithData(app => File.Delete(app.At("data/b.npy")));

    [TestMethod]
    public void WhenTheWeightsBesideTheModelChange()
    {
        Scratch app = Scratch.App();
        TinyModel.Write(app.At("tiny.onnx"), external: "tiny.data");
        Built(app);

        byte[] weights = File.ReadAllBytes(app.At("tiny.data"));
        BitConverter.TryWriteBytes(weights, 2f);
        File.WriteAllBytes(app.At("tiny.data"), weights);

        Rebuilt(app, compilations: 2);
        Assert.AreEqual("5.500 8.500 12.500", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void OnlyByTheCache_WhenTheItemMovesToAnotherLine()
    {
        Scratch app = Built(Scratch.App());

        app.Replace("App.csproj", "<ItemGroup>", "<ItemGroup>\n");

        Rebuilt(app, compilations: 1);
    }

    private static void WithData(Action<Scratch> change, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Recipe=\"prune(0.5)\" Calibration=\"data\" />", folder: test);
        NpyFile.Write(app.At("data/a.npy"), 1);
        NpyFile.Write(app.At("data/b.npy"), 2);
        Built(app);

        change(app);

        Rebuilt(app, compilations: 2);
    }

    private static Scratch Built(Scratch app)
    {
        app.Build().Good();
        return app;
    }

    private static void Rebuilt(Scratch app, int compilations)
    {
        DateTime asked = app.Asked();
        app.Build().Good();
        Assert.AreNotEqual(asked, app.Asked(), "the tool was not asked");
        Assert.AreEqual(compilations, app.Compiled());

        asked = app.Asked();
        app.Build().Good();
        Assert.AreEqual(asked, app.Asked(), "the build after that does nothing");
    }
}

namespace ModelBuild.EndToEnd;

[TestClass]
public class TheSecondBuildDoesNothing
{
    [TestMethod]
    public void WhenNothingChanged() => BuildTwice(Scratch.App());

    [TestMethod]
    public void WithDataInAFolder()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Calibration=\"data\" />");
        NpyFile.Write(app.At("data/a.npy"), 1);
        NpyFile.Write(app.At("data/b.npy"), 2);

        BuildTwice(app);
    }

    [TestMethod]
    public void WithWeightsBesideTheModel()
    {
        Scratch app = Scratch.App();
        TinyModel.Write(app.At("tiny.onnx"), external: "tiny.data");

        BuildTwice(app);
    }

    private static void BuildTwice(Scratch app)
    {
        app.Build().Good();
        string assembly = app.At("bin/Debug/net10.0/App.dll"), plan = app.Made(".plan");
        DateTime[] before = [app.Asked(), File.GetLastWriteTimeUtc(plan), File.GetLastWriteTimeUtc(assembly)];

        app.Build().Good();

        CollectionAssert.AreEqual(before, new[] { app.Asked(), File.GetLastWriteTimeUtc(plan), File.GetLastWriteTimeUtc(assembly) });
    }
}

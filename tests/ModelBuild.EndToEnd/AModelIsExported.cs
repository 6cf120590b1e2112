namespace ModelBuild.EndToEnd;

[TestClass]
public class AModelIsExported
{
    [TestMethod]
    public void BesideTheProgram()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Export=\"onnx\" />");

        app.Build().Good();

        Assert.IsTrue(File.Exists(app.At("bin/Debug/net10.0/modelbuild/tiny.onnx")));
        app.Replace("App.csproj", " Export=\"onnx\"", "");
        app.Build().Good();
        Assert.IsFalse(File.Exists(app.At("obj/Debug/net10.0/modelbuild/App.Tiny/export/tiny.onnx")), "what is no longer asked for is gone");
    }

    [TestMethod]
    [DataRow("", false)]
    [DataRow("PublishExport=\"true\"", true)]
    public void ToWhereItIsPublished_WhenAsked(string metadata, bool there)
    {
        Scratch app = Scratch.App($"<Model Include=\"tiny.onnx\" Export=\"onnx\" {metadata} />", folder: $"{nameof(ToWhereItIsPublished_WhenAsked)} {there}");

        app.Dotnet("publish", app.Project, "-nodeReuse:false", "-tl:off", "-o", app.At("out")).Good();

        Assert.AreEqual(there, Directory.Exists(app.At("out")) && Directory.GetFiles(app.At("out"), "tiny.onnx", SearchOption.AllDirectories).Length == 1);
    }
}

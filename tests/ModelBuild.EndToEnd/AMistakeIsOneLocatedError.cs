namespace ModelBuild.EndToEnd;

[TestClass]
public class AMistakeIsOneLocatedError
{
    [TestMethod]
    public void WhenTheModelIsNone()
    {
        Scratch app = Scratch.App();
        app.Write("tiny.onnx", "not a model");

        app.Build().TheError("MB2002", app.At("tiny.onnx"));
    }

    [TestMethod]
    public void WhenTheModelIsMissing()
    {
        Scratch app = Scratch.App("<Model Include=\"nowhere.onnx\" />");

        StringAssert.Contains(app.Build().TheError("MB1101", app.Project + "(9)"), "nowhere.onnx");
    }

    [TestMethod]
    public void WhenTwoModelsHaveOneClass()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" />\n<Model Include=\"other/tiny.onnx\" />");
        app.Write("other/tiny.onnx", "");
        TinyModel.Write(app.At("other/tiny.onnx"));

        string error = app.Build().TheError("MB1102", app.Project + "(10)");

        StringAssert.Contains(error, app.At("tiny.onnx"));
        StringAssert.Contains(error, app.At("other/tiny.onnx"));
    }

    [TestMethod]
    public void WhenTheClassIsNoName()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Class=\"my-class\" />");

        StringAssert.Contains(app.Build().TheError("MB1103", app.Project + "(9)"), "my-class");
    }

    [TestMethod]
    [DataRow("vbproj", "VB")]
    [DataRow("fsproj", "F#")]
    public void WhenTheProjectIsNotInCSharp(string extension, string language)
    {
        Scratch app = Scratch.App(folder: nameof(WhenTheProjectIsNotInCSharp) + extension);
        string project = app.At("Other." + extension);
        File.Move(app.Project, project);

        // The language's own compiler isn't asked for anything.
        Output output = app.Dotnet("msbuild", project, "-restore", "-t:ModelBuildPrepare", "-nodeReuse:false", "-tl:off");

        StringAssert.Contains(output.TheError("MB1105", project), language);
    }

    [TestMethod]
    public void AndTheNextBuildReportsItAgain()
    {
        Scratch app = Scratch.App();
        app.Write("tiny.onnx", "not a model");
        app.Build().TheError("MB2002", app.At("tiny.onnx"));

        app.Build().TheError("MB2002", app.At("tiny.onnx"));

        TinyModel.Write(app.At("tiny.onnx"));
        app.Build().Good();
    }
}

namespace ModelBuild.EndToEnd;

[TestClass]
public class ABadModelIsOneLocatedError
{
    [TestMethod]
    public void WhenItIsNoModel()
    {
        Scratch app = Scratch.App();
        app.Write("tiny.onnx", "not a model");

        app.Build().TheError("MB2002", app.At("tiny.onnx"));
    }

    [TestMethod]
    public void InTheProjectFile_WhenItIsMissing()
    {
        Scratch app = Scratch.App("<Model Include=\"nowhere.onnx\" />");

        string error = app.Build().TheError("MB1101", app.Project + "(9");

        StringAssert.Contains(error, "nowhere.onnx");
    }
}

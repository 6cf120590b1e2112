namespace ModelBuild.EndToEnd;

[TestClass]
public class ATerminalShowsTheBuild
{
    [TestMethod]
    public void WithErrorsInTheirPlace()
    {
        Scratch app = Scratch.App();
        app.Write("tiny.onnx", "not a model");

        Output output = OnATerminal(app).Bad();

        StringAssert.Contains(output.Text, "MB2002");
        StringAssert.Contains(output.Text, "tiny.onnx");
        StringAssert.Contains(output.Text, "ModelBuildCompress", "the running target's name");
    }

    [TestMethod]
    public void AndItSucceeds()
    {
        Scratch app = Scratch.App();

        OnATerminal(app).Good();

        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
    }

    private static Output OnATerminal(Scratch app)
    {
        if (!File.Exists("/usr/bin/script"))
            Assert.Inconclusive("no 'script' on this machine, which lends a pseudo-terminal");
        return Dotnet.Wait(Dotnet.Start("/usr/bin/script", app.Folder, ["-qec", $"TERM=xterm-256color {Dotnet.Host} build -nodeReuse:false -tl:on", "/dev/null"]));
    }
}

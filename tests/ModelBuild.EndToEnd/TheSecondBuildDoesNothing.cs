namespace ModelBuild.EndToEnd;

[TestClass]
public class TheSecondBuildDoesNothing
{
    [TestMethod]
    public void WhenNothingChanged()
    {
        Scratch app = Scratch.App();
        app.Build().Good();
        DateTime asked = app.Asked(), assembly = File.GetLastWriteTimeUtc(app.At("bin/Debug/net10.0/App.dll"));

        app.Build().Good();

        Assert.AreEqual(asked, app.Asked());
        Assert.AreEqual(assembly, File.GetLastWriteTimeUtc(app.At("bin/Debug/net10.0/App.dll")));
    }
}

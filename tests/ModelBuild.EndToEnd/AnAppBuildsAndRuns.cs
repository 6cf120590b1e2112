namespace ModelBuild.EndToEnd;

[TestClass]
public class AnAppBuildsAndRuns
{
    [TestMethod]
    public void ByOneReferenceAndOneLine()
    {
        Scratch app = Scratch.App();

        Output build = app.Build("-warnaserror").Good();

        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
        StringAssert.Contains(build.Text, "Tiny: ", "the summary line");
    }
}

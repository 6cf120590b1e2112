namespace ModelBuild.EndToEnd;

[TestClass]
public class ASettingReachesTheTool
{
    [TestMethod]
    public void FromAPropertyOfAllProjects()
    {
        Scratch app = Scratch.App();
        app.Write("Directory.Build.props", "<Project><PropertyGroup><ModelBuildRecipe>prune(0.5)</ModelBuildRecipe></PropertyGroup></Project>");

        Asked(app, "recipe=prune(0.5)");
    }

    [TestMethod]
    public void FromAnItemDefinitionOfAllProjects()
    {
        Scratch app = Scratch.App();
        app.Write("Directory.Build.props", "<Project><ItemDefinitionGroup><Model><Recipe>prune(0.5)</Recipe></Model></ItemDefinitionGroup></Project>");

        Asked(app, "recipe=prune(0.5)");
    }

    [TestMethod]
    public void FromAnUpdateForOneConfiguration()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Recipe=\"prune(0.5)\" /><Model Update=\"tiny.onnx\" Condition=\"'$(Configuration)' == 'Debug'\" Recipe=\"\" />");

        app.Build().Good();
        app.Build("-c", "Release").Good();

        Assert.IsFalse(File.ReadAllText(app.Made(".request")).Contains("recipe="));
        StringAssert.Contains(File.ReadAllText(app.Made(".request", "obj/Release")), "recipe=prune(0.5)\n");
    }

    [TestMethod]
    public void FromTheCommandLine()
    {
        Scratch app = Scratch.App();

        app.Build("-p:ModelBuildRecipe=prune(0.5%2c scope:%20global)").Good();

        StringAssert.Contains(File.ReadAllText(app.Made(".request")), "recipe=prune(0.5, scope: global)\n");
    }

    [TestMethod]
    public void WithTheFilesThatItNames()
    {
        Scratch app = Scratch.App("<Model Include=\"tiny.onnx\" Calibration=\"data/a.npy[0..1]\" Evaluation=\"data\" Class=\"Small\" Namespace=\"My.Models\" />");
        NpyFile.Write(app.At("data/a.npy"), 1);
        app.Write("Program.cs", "new My.Models.Small();");

        app.Build().Good();

        string request = File.ReadAllText(app.Made(".request"));
        string data = app.At("data/a.npy");
        foreach (string line in new[] { $"calibration={data}[0..1]", $"evaluation={app.At("data")}", $"file={data}", "class=Small", "namespace=My.Models", "resource=ModelBuild.My.Models.Small.weights" })
            StringAssert.Contains(request, line + "\n");
    }

    private static void Asked(Scratch app, string line)
    {
        app.Build().Good();
        StringAssert.Contains(File.ReadAllText(app.Made(".request")), line + "\n");
    }
}

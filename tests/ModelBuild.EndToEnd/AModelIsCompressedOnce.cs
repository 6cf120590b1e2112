using System.Diagnostics;

namespace ModelBuild.EndToEnd;

[TestClass]
public class AModelIsCompressedOnce
{
    // Without this, a framework with -windows asks for packages that nothing here needs.
    private const string Frameworks = "<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks><EnableWindowsTargeting>true</EnableWindowsTargeting>"
        + "<DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>";

    [TestMethod]
    [DataRow("-m")]
    [DataRow("-graph")]
    public void ForAllFrameworks(string how)
    {
        Scratch app = Scratch.App(folder: nameof(ForAllFrameworks) + how);
        app.Replace("App.csproj", "<TargetFramework>net10.0</TargetFramework>", Frameworks);

        app.Build(how).Good();

        Assert.AreEqual(1, app.Compiled());
        Assert.AreEqual(2, Directory.GetFiles(app.At("obj/Debug"), "tiny.plan", SearchOption.AllDirectories).Length);
    }

    [TestMethod]
    public void ForAllConfigurations()
    {
        Scratch app = Scratch.App();

        app.Build().Good();
        app.Build("-c", "Release").Good();

        Assert.AreEqual(1, app.Compiled());
    }

    [TestMethod]
    public void EvenIfItIsCleanedAndRebuilt()
    {
        Scratch app = Scratch.App();
        app.Build().Good();

        app.Dotnet("clean", "-nodeReuse:false", "-tl:off").Good();
        Assert.IsFalse(Directory.Exists(app.At("obj/Debug/net10.0/modelbuild")), "cleaned");
        app.Build("--no-incremental").Good();
        app.Dotnet("msbuild", "-t:Rebuild", "-nodeReuse:false", "-tl:off").Good();

        Assert.AreEqual(1, app.Compiled());
        Assert.AreEqual("4.500 8.500 12.500", app.Run().Good().Text.Trim());
    }

    [TestMethod]
    public void UntilTheCacheIsCleaned()
    {
        Scratch app = Scratch.App();
        app.Replace("App.csproj", "<TargetFramework>net10.0</TargetFramework>", Frameworks);
        app.Build().Good();

        app.Dotnet("msbuild", "-t:ModelBuildCleanCache", "-nodeReuse:false").Good();

        Assert.IsFalse(Directory.Exists(app.At("obj/modelbuild-cache")));
    }

    [TestMethod]
    public void WhenTwoBuildsRunAtOnce()
    {
        Scratch app = Scratch.App();
        app.Dotnet("restore").Good();

        Process[] builds = [.. Enumerable.Range(0, 2).Select(i => Dotnet.Start(Dotnet.Host, app.Folder, ["build", "--no-restore", "-nodeReuse:false", "-tl:off", "-c", i == 0 ? "Debug" : "Release"]))];
        Output[] outputs = [.. builds.AsParallel().Select(Dotnet.Wait)];

        foreach (Output output in outputs)
            output.Good();
        Assert.AreEqual(1, app.Compiled());
    }
}

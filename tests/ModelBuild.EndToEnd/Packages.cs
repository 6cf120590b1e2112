using System.Reflection;

[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]

namespace ModelBuild.EndToEnd;

/// <summary>The packages under test, packed once into a feed of their own beside one folder for all scratch projects.</summary>
[TestClass]
public static class Packages
{
    public static readonly string Repository = Fact("Repository"), Configuration = Fact("Configuration"), Version = Fact("Version");

    /// <summary>Where all of a test run's files are.</summary>
    public static readonly string Root = Path.Combine(Path.GetTempPath(), $"modelbuild-tests-{Environment.ProcessId}");

    [AssemblyInitialize]
    public static void Pack(TestContext context)
    {
        string feed = Path.Combine(Root, "feed");
        Directory.CreateDirectory(feed);
        foreach (string project in new[] { "ModelBuild.Runtime", "ModelBuild.OnnxRuntime", "ModelBuild" })
            Dotnet.Run(Repository, ["pack", Path.Combine("src", project), "--no-build", "-c", Configuration, "-o", feed, "-nodeReuse:false"]).Good();
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""<configuration><packageSources><add key="modelbuild" value="{feed}" /></packageSources></configuration>""");
        // Nothing from the outside reaches a scratch project, nor a scratch project another.
        File.WriteAllText(Path.Combine(Root, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "Directory.Packages.props"), "<Project />");
    }

    [AssemblyCleanup]
    public static void Delete() => Directory.Delete(Root, recursive: true);

    private static string Fact(string key) => typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

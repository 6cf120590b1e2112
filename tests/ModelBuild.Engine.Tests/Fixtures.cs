using System.Runtime.CompilerServices;

namespace ModelBuild.Engine.Tests;

/// <summary>Real models and data that lie beside the repository; a test that wants them is skipped where they don't.</summary>
internal static class Fixtures
{
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root(), "..", "shared", "fixtures", relative);
        if (!File.Exists(path))
            Assert.Inconclusive($"the fixture {relative} is absent: the folder shared/fixtures is not beside the repository");
        return System.IO.Path.GetFullPath(path);
    }

    /// <summary>The repository's folder.</summary>
    public static string Repository { get; } = Root();

    public static string Root([CallerFilePath] string here = "") => System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", ".."));
}

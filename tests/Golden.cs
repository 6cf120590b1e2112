using System.Runtime.CompilerServices;

namespace ModelBuild.Tests;

/// <summary>Files under <c>tests/Cases</c> that say what a test expects. <c>UPDATE_GOLDENS=1</c> writes them anew: for a change that is meant, and read in the diff.</summary>
internal static class Golden
{
    public static string Cases { get; } = Path.Combine(Path.GetDirectoryName(Here())!, "Cases");

    public static void Compare(string actual, params string[] path)
    {
        string file = Path.Combine([Cases, .. path]);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
            File.WriteAllText(file, actual);
        string expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (actual == expected)
            return;
        string[] lines = actual.Split('\n'), others = expected.Split('\n');
        int line = Enumerable.Range(0, lines.Length).First(i => i >= others.Length || lines[i] != others[i]);
        Assert.Fail($"{file}({line + 1}) is\n  {(line < others.Length ? others[line] : "(the end)")}\nand the test gives\n  {lines[line]}\nWhere that is meant, UPDATE_GOLDENS=1 writes the file anew.");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

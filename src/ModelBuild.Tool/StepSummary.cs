using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>Where CI shows what a step did: the file that <c>GITHUB_STEP_SUMMARY</c> names, to which reports are appended.</summary>
internal static class StepSummary
{
    public static void Add(CompileResult result)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file)
            return;
        try
        {
            using FileStream stream = new(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            stream.Write([.. result.Files["report.md"], (byte)'\n']);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A summary is no reason to fail a build.
            Console.Error.WriteLine($"the summary can't be written: {e.Message}");
        }
    }
}

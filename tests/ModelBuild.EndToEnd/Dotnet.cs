using System.Diagnostics;
using System.Text;

namespace ModelBuild.EndToEnd;

/// <summary>Runs programs as a shell on a clean machine would.</summary>
internal static class Dotnet
{
    public static readonly string Host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static Output Run(string folder, IEnumerable<string> arguments) => Wait(Start(Host, folder, arguments));

    public static Process Start(string program, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (folder.StartsWith(Packages.Root, StringComparison.Ordinal))
        {
            // Our version is another in each run; everybody else's packages needn't be fetched again.
            start.Environment["NUGET_FALLBACK_PACKAGES"] = packages;
            start.Environment["NUGET_PACKAGES"] = Path.Combine(Packages.Root, "packages");
        }
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return Process.Start(start)!;
    }

    public static Output Wait(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end in five minutes");
            }
            return new Output(process.ExitCode, output.Result + errors.Result);
        }
    }
}

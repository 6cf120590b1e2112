using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ModelBuild.Tool;

/// <summary>This tool in a new process: for what must not find anything warm.</summary>
internal static class OwnProcess
{
    /// <summary>Its exit code, and all it printed.</summary>
    public static (int Code, string Output) Run(string[] arguments, CancellationToken cancellation)
    {
        // The host that runs this process may be another program, a test's for one.
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        using Process process = Process.Start(new ProcessStartInfo(dotnet, ["exec", typeof(OwnProcess).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using CancellationTokenRegistration end = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None), errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return (process.ExitCode, output.Result + errors.Result);
    }
}

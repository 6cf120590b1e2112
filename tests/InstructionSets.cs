using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Tests;

/// <summary>What the processor has and kernels choose by, and this test program again, in a process from which the runtime hides some of it.</summary>
internal static class InstructionSets
{
    /// <summary>The category of tests that run kernels.</summary>
    public const string Kernels = "Kernels";

    /// <summary>Switches of the runtime, and whether what each takes away is here. One that is misspelt takes nothing away, silently.</summary>
    public static readonly IReadOnlyDictionary<string, bool> Switches = new Dictionary<string, bool>
    {
        ["EnableAVX512"] = Vector512.IsHardwareAccelerated || Avx512BW.IsSupported,
        ["EnableAVXVNNI"] = AvxVnni.IsSupported,
        ["EnableAVX2"] = Vector256.IsHardwareAccelerated || Avx2.IsSupported,
        ["EnableArm64Dp"] = Dp.IsSupported,
        ["EnableHWIntrinsic"] = Vector128.IsHardwareAccelerated || Sse2.IsSupported,
    };

    /// <summary>Sets of switches that, all of them, leave each path of each kernel to be taken once.</summary>
    public static IEnumerable<object[]> Settings => ArmBase.IsSupported
        ? [["EnableArm64Dp"], ["EnableHWIntrinsic"]]
        : [["EnableAVX512"], ["EnableAVXVNNI"], ["EnableAVX512 EnableAVXVNNI"], ["EnableAVX2"], ["EnableHWIntrinsic"]];

    /// <summary>Runs tests of this program without what <paramref name="switches"/> take away, and asserts that they pass. Returns what they <see cref="Report"/>.</summary>
    public static string[] RunAgain(string switches, string filter)
    {
        string program = Path.Combine(AppContext.BaseDirectory, typeof(InstructionSets).Assembly.GetName().Name! + (OperatingSystem.IsWindows() ? ".exe" : ""));
        string folder = Directory.CreateTempSubdirectory("modelbuild-paths").FullName, report = Path.Combine(folder, "report.txt");
        var start = new ProcessStartInfo(program, ["--filter", filter, "--results-directory", folder, "--progress", "off"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (string name in switches.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            start.Environment["DOTNET_" + name] = "0";
        start.Environment[ReportVariable] = report;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"the tests without {switches} did not end in three minutes");
            }
            Assert.AreEqual(0, process.ExitCode, output.Result + errors.Result);
            return File.Exists(report) ? File.ReadAllLines(report) : [];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Tells the process that runs these tests something.</summary>
    public static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable(ReportVariable) is { } report)
            File.AppendAllText(report, line + "\n");
    }

    private const string ReportVariable = "MODELBUILD_TESTS_REPORT";
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using ModelBuild.Tool;

namespace ModelBuild.Benchmarks;

/// <summary><c>start</c>: how long a process takes from its start to its first result, as a generated class and as a session of ONNX Runtime, compiled just in time and ahead.</summary>
internal static class StartCommand
{
    private const int Seven = 7;

    /// <summary>What is published: the projects in Start/, and what the result must be.</summary>
    private static readonly (string Project, string Words, int? Result)[] s_programs =
        [("Class", "generated class", Seven), ("Session", "ONNX Runtime", Seven), ("Nothing", "no model", null)];

    private static readonly (string Words, string Native)[] s_ways = [("NativeAOT", "true"), ("just in time", "false")];

    public static Command Make(Terminal terminal)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each program is started. Default: 20.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("start", "Measures the time from a process's start to its first result: digits as a generated class and by ONNX Runtime, published both ways, in turn.") { rounds };
        command.SetAction(parsed =>
        {
            string folder = Directory.CreateTempSubdirectory("modelbuild-start").FullName;
            try
            {
                foreach (var (words, native) in s_ways)
                    Measure(words, [.. s_programs.Select(p => Publish(p.Project, native, folder))], parsed.GetValue(rounds), terminal);
                return 0;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static void Measure(string way, string[] programs, int rounds, Terminal terminal)
    {
        double[][] times = [.. programs.Select(_ => new double[rounds])];
        // The first round brings files into the page cache, and doesn't count.
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < programs.Length; i++)
            {
                // Back and forth, so that none is always the one after the longest.
                int p = round % 2 == 0 ? i : programs.Length - 1 - i;
                double time = Run(programs[p], s_programs[p].Result);
                if (round >= 0)
                    times[p][round] = time;
            }
        }
        double[] ratios = [.. times[0].Zip(times[1], (ours, theirs) => ours / theirs)];
        for (int p = 0; p < programs.Length; p++)
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{way}, {s_programs[p].Words}: {Rounds.Median(times[p]):0.0} ms"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{way}, generated class to ONNX Runtime: {Rounds.Median(ratios):0.000}, {ratios.Min():0.000} to {ratios.Max():0.000} in {rounds} pairs"));
    }

    /// <summary>Milliseconds until the process has ended.</summary>
    private static double Run(string program, int? result)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(program);
        process.WaitForExit();
        double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (result != null && process.ExitCode != result)
            throw new InvalidOperationException($"{program} found {process.ExitCode}, not {result}");
        return time;
    }

    /// <summary>The program.</summary>
    private static string Publish(string project, string native, string folder)
    {
        string to = Path.Combine(folder, $"{project}-{native}");
        using Process publish = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", Path.Combine(Folder(), project), "-c", "Release", $"-p:Native={native}", "-o", to, "-nodeReuse:false", "-tl:off"]) { RedirectStandardOutput = true })!;
        string output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0 ? Path.Combine(to, OperatingSystem.IsWindows() ? $"{project}.exe" : project) : throw new UsageException($"{project} can't be published:\n{output}");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Start");
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary><c>report FILE</c>: the page of a report.json, made again, and shown.</summary>
internal static class ReportCommand
{
    public static Command Make(Terminal terminal)
    {
        var report = new Argument<string>("REPORT") { Description = "A report.json, or the folder that has it." };
        var output = new Option<string>("--output", "-o") { Description = "The page to write. Default: report.html beside the report.", HelpName = "FILE" };
        var open = new Option<bool>("--open") { Description = "Show the page in the browser." };
        var command = new Command("report", "Makes the page of a report.json, and shows it.") { report, output, open };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(report), parsed.GetValue(output), parsed.GetValue(open), terminal));
        return command;
    }

    private static int Run(string path, string? output, bool open, Terminal terminal)
    {
        string json = Directory.Exists(path) ? Path.Combine(path, "report.json") : path;
        if (!File.Exists(json))
            throw new UsageException($"REPORT: there is no file '{json}'");
        Report report;
        try
        {
            report = Report.Parse(File.ReadAllBytes(json));
        }
        catch (JsonException e)
        {
            throw new UsageException($"REPORT: '{json}' is no report of this version of ModelBuild: {e.Message}");
        }
        string page = output ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(json))!, "report.html");
        OutputFolder.PutFile(Path.GetFullPath(page), report.ToHtml());
        terminal.Line(report.Summary);
        terminal.Line(page);
        if (open)
            Process.Start(new ProcessStartInfo(Path.GetFullPath(page)) { UseShellExecute = true })?.Dispose();
        return 0;
    }
}

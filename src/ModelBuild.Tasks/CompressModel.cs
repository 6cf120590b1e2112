using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ModelBuild.Protocol;

namespace ModelBuild.Tasks;

/// <summary>Runs the tool on one request, in a process of its own, and logs what it reports.</summary>
[MSBuildMultiThreadableTask]
public sealed class CompressModel : ToolTask
{
    private static readonly Regex Diagnostic = new(
        @"^(?<file>.*?)(\((?<line>\d+)(,(?<column>\d+))?\))?: (?<severity>error|warning|message) (?<id>MB\d{4}): (?<text>.*)$", RegexOptions.CultureInvariant);

    private readonly Queue<string> _last = new();

    /// <summary>The dotnet that runs the build.</summary>
    [Required]
    public string Host { get; set; } = "";

    [Required]
    public string Tool { get; set; } = "";

    [Required]
    public string Request { get; set; } = "";

    /// <summary>Only the signature of the class, for editors.</summary>
    public bool Outline { get; set; }

    /// <summary>The file that explains diagnostics, each at an anchor of its number.</summary>
    public string Help { get; set; } = "";

    /// <summary>C#'s switches: the compiler alone would obey the first, and an error would no longer be met by the others.</summary>
    public bool TreatWarningsAsErrors { get; set; }

    public string NoWarn { get; set; } = "";

    public string WarningsNotAsErrors { get; set; } = "";

    protected override string ToolName => "dotnet";

    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    protected override Encoding StandardErrorEncoding => Encoding.UTF8;

    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.High;

    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    protected override string GenerateFullPathToTool() => Host;

    protected override string GenerateCommandLineCommands() =>
        "exec " + Escape.Argument(Tool) + " compress --request " + Escape.Argument(Request) + (Outline ? " --outline" : "");

    // Of high importance in ToolTask, which would put it between every two lines of a build.
    protected override void LogToolCommand(string message) => Log.LogMessage(MessageImportance.Low, message);

    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        Match match = Diagnostic.Match(singleLine);
        if (match.Success)
            Report(match.Groups);
        else if (singleLine.Length > 0)
        {
            Log.LogMessage(messageImportance, "{0}", singleLine);
            Remember(singleLine);
        }
    }

    protected override bool HandleTaskExecutionErrors()
    {
        if (!Log.HasLoggedErrors)
            Log.LogError(null, "MB9002", null, Link("MB9002"), Request, 0, 0, 0, 0, "{0}",
                "the tool ended with code " + ExitCode + " and said no more than this:\n" + string.Join("\n", _last));
        return false;
    }

    private void Report(GroupCollection groups)
    {
        string id = groups["id"].Value, file = groups["file"].Value, text = DiagnosticText.Split(groups["text"].Value);
        int line = Number(groups["line"]), column = Number(groups["column"]);
        string severity = groups["severity"].Value;
        if (severity == "warning" && TreatWarningsAsErrors && !Lists(NoWarn, id) && !Lists(WarningsNotAsErrors, id))
            severity = "error";
        switch (severity)
        {
            case "error":
                Log.LogError(null, id, null, Link(id), file, line, column, 0, 0, "{0}", text);
                break;
            case "warning":
                Log.LogWarning(null, id, null, Link(id), file, line, column, 0, 0, "{0}", text);
                break;
            default:
                Log.LogMessage(null, id, null, file, line, column, 0, 0, MessageImportance.High, "{0}", text);
                break;
        }
    }

    private string? Link(string id) => Help.Length == 0 ? null : $"{new Uri(Help).AbsoluteUri}#{id.ToLowerInvariant()}";

    private void Remember(string line)
    {
        const int Lines = 10;
        _last.Enqueue(line);
        if (_last.Count > Lines)
            _last.Dequeue();
    }

    private static bool Lists(string ids, string id) => ids.Split(';', ',').Any(i => i.Trim().Equals(id, StringComparison.OrdinalIgnoreCase));

    private static int Number(Group group) => group.Success ? int.Parse(group.Value) : 0;
}

using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModelBuild.Tool.Tests;

/// <summary>The command line in this process, in a folder of the test's own.</summary>
internal sealed class Tool : IDisposable
{
    private readonly string _folder;

    public Tool([CallerMemberName] string test = "")
    {
        _folder = Path.Combine(Path.GetTempPath(), $"modelbuild-tool-{Environment.ProcessId}", test);
        Directory.CreateDirectory(_folder);
    }

    /// <summary>What the last command printed.</summary>
    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string At(params ReadOnlySpan<string> parts) => Path.Combine([_folder, .. parts.ToArray()]);

    public int Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    public int Run(CancellationToken cancellation, params string[] arguments)
    {
        using StringWriter output = new(), errors = new();
        int code = CommandLine.Run(arguments, new Terminal(output, errors, watched: false), cancellation);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return code;
    }

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(At(file))).RootElement;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

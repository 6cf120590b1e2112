using System.Text;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>
/// A model's folder under the project's intermediate output: <c>NAME.plan</c>, <c>NAME.weights</c>, reports, and in <c>export</c> what the item's Export
/// asks for. A file is only touched when its content differs, so that what is built from it isn't built again.
/// </summary>
internal sealed class OutputFolder(string directory, string name)
{
    private const string Exports = "export";

    public void Write(CompileResult result)
    {
        Put(name + ".plan", Encoding.UTF8.GetBytes(result.PlanText));
        Put(name + ".weights", result.Weights);
        var exported = new HashSet<string>();
        foreach ((string file, byte[] bytes) in result.Files)
        {
            bool report = file.StartsWith("report.", StringComparison.Ordinal);
            Put(report ? file : Path.Combine(Exports, file), bytes);
            if (!report)
                exported.Add(file);
        }
        string exports = Path.Combine(directory, Exports);
        if (Directory.Exists(exports))
            foreach (string stale in Directory.GetFiles(exports).Where(f => !exported.Contains(Path.GetFileName(f))))
                File.Delete(stale);
    }

    /// <summary>What the next build compares with.</summary>
    public void WriteInputs(IEnumerable<string> lines) => Put(name + ".inputs", Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));

    public void WriteOutline(string plan) => Put(name + ".outline.plan", Encoding.UTF8.GetBytes(plan));

    private void Put(string file, byte[] bytes) => PutFile(Path.Combine(directory, file), bytes);

    /// <summary>Writes a file whole or not at all, and only where it differs.</summary>
    public static void PutFile(string path, byte[] bytes)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Another build may be reading the old one.
        string temporary = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}

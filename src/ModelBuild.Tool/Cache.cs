using System.Security.Cryptography;
using System.Text;
using ModelBuild.Engine;
using ModelBuild.Protocol;

namespace ModelBuild.Tool;

/// <summary>
/// Results by the hash of all that they depend on. An entry is a folder: the plan, the weights, the artifacts, what was reported, and last of all
/// <c>ok</c>, without which it counts as absent. Which files a model refers to (its external data) is only known once it was read: a list beside the
/// entries keeps that, and their contents are the second part of an entry's key.
/// </summary>
internal sealed class Cache(string directory)
{
    private const string Complete = "ok", Plan = "plan", Weights = "weights", Summary = "summary", Diagnostics = "diagnostics", Artifacts = "files";

    /// <summary>The modules whose code decides a result.</summary>
    private static readonly string Tool = string.Join(" ",
        new[] { typeof(Cache), typeof(Compiler), typeof(Generated.ModelWeights) }.Select(t => t.Module.ModuleVersionId));

    /// <summary>The entry's result, compiled if need be; nothing is kept of one with errors.</summary>
    public CompileResult Get(Request request, Func<CompileResult> compile, out bool hit, CancellationToken cancellation)
    {
        System.IO.Directory.CreateDirectory(directory);
        string key = Hash([Tool, .. request.Facts], request.Files);
        string references = Path.Combine(directory, key + ".inputs");
        using FileStream held = Lock(Path.Combine(directory, key + ".lock"), cancellation);

        if (File.Exists(references))
        {
            string[] others = File.ReadAllLines(references);
            string known = Entry(key, others);
            if (File.Exists(Path.Combine(known, Complete)))
            {
                hit = true;
                return Read(known, request, others);
            }
        }
        hit = false;
        CompileResult result = compile();
        if (result.Diagnostics.All(d => d.Severity != Severity.Error))
        {
            string[] others = [.. result.Inputs.Except(request.Files).Order(StringComparer.Ordinal)];
            File.WriteAllLines(references, others);
            Write(Entry(key, others), result, request);
        }
        return result;
    }

    private string Entry(string key, string[] others) => Path.Combine(directory, Hash([key], others));

    private static void Write(string entry, CompileResult result, Request request)
    {
        if (System.IO.Directory.Exists(entry))
            System.IO.Directory.Delete(entry, recursive: true);
        string artifacts = Path.Combine(entry, Artifacts);
        System.IO.Directory.CreateDirectory(artifacts);
        foreach ((string name, byte[] bytes) in result.Files)
            File.WriteAllBytes(Path.Combine(artifacts, name), bytes);
        File.WriteAllText(Path.Combine(entry, Plan), result.PlanText);
        File.WriteAllBytes(Path.Combine(entry, Weights), result.Weights);
        File.WriteAllText(Path.Combine(entry, Summary), result.Summary);
        File.WriteAllLines(Path.Combine(entry, Diagnostics), result.Diagnostics.Select(d => StoredDiagnostic.Write(d, request.Compile)));
        File.WriteAllText(Path.Combine(entry, Complete), "");
    }

    private static CompileResult Read(string entry, Request request, string[] others) => new(
        File.ReadAllText(Path.Combine(entry, Plan)),
        File.ReadAllBytes(Path.Combine(entry, Weights)),
        File.ReadAllText(Path.Combine(entry, Summary)),
        System.IO.Directory.GetFiles(Path.Combine(entry, Artifacts)).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes),
        [.. request.Files, .. others],
        [.. File.ReadAllLines(Path.Combine(entry, Diagnostics)).Select(l => StoredDiagnostic.Read(l, request.Compile))]);

    private static string Hash(IEnumerable<string> texts, IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in texts)
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        foreach (string file in files)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(file)));
            using FileStream? stream = File.Exists(file) ? File.OpenRead(file) : null;
            hash.AppendData(stream == null ? [] : SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The file stays behind: whoever deleted it could delete one that another process has just locked.
    private static FileStream Lock(string path, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}

using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>Something to verify: a case of the backend suite, or a model.</summary>
internal sealed record VerifyItem(string Name, string Path, bool IsCase)
{
    /// <summary>Far more than any case takes: whatever takes longer hangs.</summary>
    private static readonly TimeSpan CaseLimit = TimeSpan.FromSeconds(60);

    /// <summary>What a path stands for: a model, a case's folder, or all of both in a folder.</summary>
    /// <exception cref="UsageException">There is no such path, or nothing to verify in it.</exception>
    public static IReadOnlyList<VerifyItem> Find(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (File.Exists(full))
            return [Model(full)];
        if (!Directory.Exists(full))
            throw new UsageException($"'{path}': there is no such file or folder");
        VerifyItem[] found = [.. Within(full)];
        return found.Length > 0 ? found : throw new UsageException($"'{path}': it holds neither a model ({string.Join(", ", ModelFormat.Table.SelectMany(f => f.Extensions))}) nor a case (model.onnx beside test_data_set_0)");
    }

    public CaseResult Run(string dimensions, string reference, CancellationToken cancellation)
    {
        if (!IsCase)
            return ModelCheck.Run(Path, dimensions, reference, GeneratedRun.Run, cancellation);
        // Not to be waited for by the process when it ends, as the thread pool's are.
        Task<CaseResult> task = Task.Factory.StartNew(() => BackendCase.Run(Path, GeneratedRun.Run, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return task.Wait(CaseLimit, cancellation) ? task.Result : new CaseResult(Name, Verdict.Fail, $"it did not end in {CaseLimit.TotalSeconds} seconds", []);
    }

    private static IEnumerable<VerifyItem> Within(string folder) => BackendCase.Is(folder)
        ? [new VerifyItem(System.IO.Path.GetFileName(folder), folder, IsCase: true)]
        : Directory.EnumerateFiles(folder).Where(f => ModelFormat.Table.Any(t => t.IsCalled(f))).Order(StringComparer.Ordinal).Select(Model).Concat(Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(Within));

    private static VerifyItem Model(string path) => new(System.IO.Path.GetFileName(path), path, IsCase: false);
}

namespace ModelBuild.Engine;

/// <summary>A model as imported, with the absolute path of every file that was read for it.</summary>
internal sealed record Imported(Graph Graph, IReadOnlyList<string> Files)
{
    /// <summary>How large the model is as it came.</summary>
    public long Bytes => Files.Sum(f => new FileInfo(f).Length);
}

namespace ModelBuild.Tasks;

/// <summary>How a metadatum's text is resolved before it is handed to the tool.</summary>
internal enum MetadataKind
{
    /// <summary>As it is.</summary>
    Text,

    /// <summary>A file, from the project's folder.</summary>
    File,

    /// <summary>A file or folder, from the project's folder, and behind it perhaps a range: <c>digits.npz[0..500]</c>.</summary>
    Data,

    /// <summary>Read by the build itself.</summary>
    Build,
}

/// <summary>What a <c>&lt;Model&gt;</c> item may say.</summary>
internal static class ModelMetadata
{
    public static readonly (string Name, MetadataKind Kind)[] Table =
    [
        ("Class", MetadataKind.Build),
        ("Namespace", MetadataKind.Build),
        ("Recipe", MetadataKind.Text),
        ("Calibration", MetadataKind.Data),
        ("Evaluation", MetadataKind.Data),
        ("Reference", MetadataKind.Data),
        ("Scale", MetadataKind.Text),
        ("Mean", MetadataKind.Text),
        ("Std", MetadataKind.Text),
        ("Layout", MetadataKind.Text),
        ("Labels", MetadataKind.File),
        ("Dimensions", MetadataKind.Text),
        ("MaxSize", MetadataKind.Text),
        ("MaxAccuracyDrop", MetadataKind.Text),
        ("MaxError", MetadataKind.Text),
        ("MaxScratch", MetadataKind.Text),
        ("MaxMacs", MetadataKind.Text),
        ("Optimize", MetadataKind.Text),
        ("Numerics", MetadataKind.Text),
        ("Backend", MetadataKind.Text),
        ("Export", MetadataKind.Text),
        ("Budgets", MetadataKind.Text),
        ("Measure", MetadataKind.Text),
        ("PublishExport", MetadataKind.Build),
    ];

    /// <summary>The request's key for a metadatum.</summary>
    public static string Key(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}

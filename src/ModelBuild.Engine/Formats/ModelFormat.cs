namespace ModelBuild.Engine;

/// <summary>A format that models come in: a file, or a folder.</summary>
/// <param name="Name">As messages say it.</param>
/// <param name="Extensions">How its files' names end.</param>
/// <param name="Doc">What of it is read, in a line of the README.</param>
/// <param name="Matches">Whether what lies at a path is of the format whatever it is called, by its first bytes (up to <see cref="HeaderBytes"/>; of a folder none).</param>
/// <param name="Read">The absolute path of what is there → graph; what can't be imported is a <see cref="DiagnosticException"/>.</param>
internal sealed record ModelFormat(string Name, EquatableArray<string> Extensions, string Doc, Func<string, ReadOnlySpan<byte>, bool> Matches, Func<string, ImportOptions, Imported> Read)
{
    public const int HeaderBytes = 64;

    /// <summary>Whether ONNX Runtime runs the file as it is, and so judges the import.</summary>
    public bool RunsInOnnxRuntime { get; init; }

    /// <summary>What the file says of itself, where that is more than its graph does.</summary>
    public Func<string, ImportOptions, Inspection>? Inspect { get; init; }

    /// <summary>Everything in a file that is not supported, where an import would end at the first.</summary>
    public Func<string, IReadOnlyList<InspectedFault>>? Unsupported { get; init; }

    /// <summary>The format table.</summary>
    public static readonly ModelFormat[] Table =
    [
        new("ONNX", new([".onnx"]), "opset 1 to 28, with the operators below; data in files beside it", (_, header) => header is [0x08, > 0 and < 0x20, ..], OnnxReader.Read)
        {
            RunsInOnnxRuntime = true, Inspect = OnnxInspection.Of,
        },
        new("Keras", new([".h5", ".hdf5", ".keras"]), "Sequential and functional models of Keras 1 (but for its recurrent layers), 2 and 3, with the layers below; what holds Python code is refused", (_, header) => KerasFile.Matches(header), KerasReader.Read)
        {
            Unsupported = KerasInspection.Unsupported,
        },
        new("TensorFlow Lite", new([".tflite"]), "schema 3: float, full int8 and uint8, int8 or float16 weights, sparse weights", (_, header) => TFLiteReader.Matches(header), TFLiteReader.Read) { Inspect = TFLiteInspection.Of },
    ];

    /// <exception cref="DiagnosticException">MB2xxx: there is nothing, or no model, or one that can't be read.</exception>
    public static Imported Import(string path, ImportOptions options)
    {
        path = Path.GetFullPath(path);
        return Of(path).Read(path, options);
    }

    /// <summary>The format of what lies at a path: what its first bytes say, else its name.</summary>
    /// <exception cref="DiagnosticException">MB2001, MB2003, MB2013: there is nothing, a pointer to a model, or nothing that any format knows.</exception>
    public static ModelFormat Of(string path)
    {
        bool folder = Directory.Exists(path);
        if (!folder && !File.Exists(path))
            throw Diagnostics.NoFile(path);
        byte[] header = folder ? [] : Header(path);
        if (header.AsSpan().StartsWith("version https://git-lfs"u8))
            throw Diagnostics.LargeFilePointer(path);
        return Array.Find(Table, f => f.Matches(path, header))
            ?? Array.Find(Table, f => !folder && f.IsCalled(path))
            ?? throw Diagnostics.NoFormat(path, Table);
    }

    public bool IsCalled(string path) => Extensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static byte[] Header(string path)
    {
        using FileStream file = File.OpenRead(path);
        var header = new byte[HeaderBytes];
        return header[..file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
    }
}

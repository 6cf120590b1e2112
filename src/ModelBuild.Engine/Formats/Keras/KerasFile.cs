using System.IO.Compression;
using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>A model's file, opened: its config, the version of Keras that wrote it, and its weights.</summary>
internal sealed record KerasFile(JsonElement Config, int Version, KerasWeights Weights)
{
    public const string A = "a Keras model";

    private const string ConfigEntry = "config.json", MetadataEntry = "metadata.json", WeightsEntry = "model.weights.h5";

    /// <summary>Config and metadata are read as text; nothing real is longer.</summary>
    private const long MostText = 64 << 20;

    /// <summary>Keras stores entries as they are; one that says it expands further is made to fill memory.</summary>
    private const long MostExpansion = 100, Small = 1 << 20;

    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 256 };

    public static bool Matches(ReadOnlySpan<byte> header) => header.StartsWith(Hdf5File.Signature) || header.StartsWith("PK\x3\x4"u8);

    /// <exception cref="DiagnosticException">MB2002: it is no model of Keras's, or a damaged one.</exception>
    public static KerasFile Open(string file)
    {
        try
        {
            if (new FileInfo(file).Length > Array.MaxLength)
                throw new Hdf5Exception("files of more than 2^31 bytes are not supported");
            byte[] bytes = File.ReadAllBytes(file);
            return bytes.AsSpan().StartsWith("PK"u8) ? OfZip(bytes) : OfHdf5(bytes);
        }
        catch (Exception e) when (e is Hdf5Exception or InvalidDataException or IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw Diagnostics.NoModel(file, e.Message, A);
        }
    }

    private static KerasFile OfHdf5(byte[] bytes)
    {
        Hdf5Object root = Hdf5File.Open(bytes).Root;
        if (root.Attribute("model_config")?.Texts() is not [var text])
        {
            throw new Hdf5Exception(root.Child("layers") != null || root.Child("_layer_checkpoint_dependencies") != null || root.Attribute("layer_names") != null
                ? "the file holds weights only; save the model with model.save(), not save_weights()" : "it has no model_config");
        }
        Hdf5Object weights = root.Child("model_weights") ?? throw new Hdf5Exception("it has no model_weights");
        return new(Parse(text), Major(root.Attribute("keras_version")?.Texts() is [var version] ? version : ""), new KerasNamedWeights(weights));
    }

    private static KerasFile OfZip(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
        byte[] config = Entry(zip, ConfigEntry, MostText) ?? throw new Hdf5Exception($"the zip file has no {ConfigEntry}");
        string version = Entry(zip, MetadataEntry, MostText) is { } metadata ? new KerasConfig(Parse(metadata)).Text("keras_version", "") : "";
        byte[] weights = Entry(zip, WeightsEntry, Array.MaxLength) ?? throw new Hdf5Exception($"the zip file has no {WeightsEntry}");
        return new(Parse(config), Major(version), new KerasNestedWeights(Hdf5File.Open(weights).Root));
    }

    /// <summary>An entry by exactly this name, in memory: no name that a zip file holds ever becomes a path.</summary>
    private static byte[]? Entry(ZipArchive zip, string name, long most)
    {
        ZipArchiveEntry[] found = [.. zip.Entries.Where(e => e.FullName == name)];
        if (found.Length == 0)
            return null;
        if (found.Length > 1)
            throw new Hdf5Exception($"the zip file has two entries {name}");
        long length = found[0].Length;
        if (length > most || length > Small + MostExpansion * found[0].CompressedLength)
            throw new Hdf5Exception($"the entry {name} says that its {found[0].CompressedLength} bytes become {length}, which is not believed");
        var bytes = new byte[length];
        using Stream stream = found[0].Open();
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == length && stream.ReadByte() < 0 ? bytes : throw new Hdf5Exception($"the entry {name} is not as long as the zip file says");
    }

    private static JsonElement Parse(string text) => JsonDocument.Parse(text, s_json).RootElement;

    private static JsonElement Parse(byte[] text) => JsonDocument.Parse(text, s_json).RootElement;

    /// <summary>2.4.0 → 2; files that say nothing are Keras 1's.</summary>
    private static int Major(string version) => version.Length > 0 && char.IsAsciiDigit(version[0]) ? version[0] - '0' : 1;
}

using System.Buffers.Binary;
using System.ComponentModel;
using System.Reflection;

namespace ModelBuild.Generated;

/// <summary>
/// The weights resource of a model, opened once per process: read in place, by pointer into the loaded assembly. What is stored in another form
/// than kernels read is expanded when it is opened.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ModelWeights
{
    /// <summary>What the resource begins with: magic, format (int32), length (int32), 16 bytes of the plan's id; data from byte 64.</summary>
    private const int Format = 1, Header = 64;

    private readonly Assembly? _assembly;
    private readonly string _resource, _id;
    private readonly int _bytes, _expandedBytes;
    private readonly Action<Expansion>? _expand;
    private readonly System.Threading.Lock _opening = new();

    // What the pointers point into.
    private Stream? _stream;
    private Block? _copy, _expansion;
    private volatile bool _open;

    public ModelWeights(Assembly assembly, string resource, string id, int bytes, int expandedBytes = 0, Action<Expansion>? expand = null)
    {
        _assembly = assembly;
        _resource = resource;
        _id = id;
        _bytes = bytes;
        _expandedBytes = expandedBytes;
        _expand = expand;
    }

    /// <summary>Weights in memory that the caller keeps pinned.</summary>
    internal ModelWeights(byte* data, string id, int bytes, int expandedBytes, Action<Expansion>? expand)
    {
        Data = data;
        _resource = "weights";
        _id = id;
        _bytes = bytes;
        _expandedBytes = expandedBytes;
        _expand = expand;
    }

    internal byte* Data { get; private set; }

    internal byte* Expanded { get; private set; }

    internal int Bytes => _bytes;

    /// <summary>Maps, checks and expands on the first call.</summary>
    /// <exception cref="InvalidOperationException">The resource is missing, or belongs to another build than the class.</exception>
    public ModelWeights Open()
    {
        if (_open)
            return this;
        lock (_opening)
        {
            if (_open)
                return this;
            if (_assembly != null)
                Map(_assembly);
            Check();
            if (_expandedBytes > 0)
            {
                _expansion = new Block(_expandedBytes);
                Expanded = _expansion.Start;
                _expand?.Invoke(new Expansion(Data, _bytes, Expanded, _expandedBytes));
            }
            _open = true;
        }
        return this;
    }

    private void Map(Assembly assembly)
    {
        _stream = assembly.GetManifestResourceStream(_resource)
            ?? throw new InvalidOperationException($"The assembly {assembly.GetName().Name} has no resource '{_resource}'. {Remedy}");
        if (_stream.Length != _bytes)
            throw new InvalidOperationException($"The weights '{_resource}' have {_stream.Length} bytes, and the class was generated for {_bytes}. {Remedy}");
        if (_stream is UnmanagedMemoryStream mapped)
        {
            Data = mapped.PositionPointer;
            return;
        }
        _copy = new Block(_bytes);
        _stream.ReadExactly(new Span<byte>(_copy.Start, _bytes));
        Data = _copy.Start;
    }

    private void Check()
    {
        var header = new ReadOnlySpan<byte>(Data, Math.Min(_bytes, Header));
        if (header.Length < Header || !header.StartsWith("MODELBLD"u8))
            throw new InvalidOperationException($"'{_resource}' is no weights resource of ModelBuild. {Remedy}");
        int format = BinaryPrimitives.ReadInt32LittleEndian(header[8..]), length = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        if (format != Format)
            throw new InvalidOperationException($"The weights '{_resource}' are of format {format}, and this ModelBuild.Runtime reads {Format}. {Remedy}");
        string id = Convert.ToHexStringLower(header.Slice(16, 16));
        if (length != _bytes || id != _id)
            throw new InvalidOperationException($"The weights '{_resource}' ({length} bytes, id {id}) belong to another build of the model than the class ({_bytes} bytes, id {_id}). {Remedy}");
    }

    private const string Remedy = "Rebuild the project that contains the model, with one version of ModelBuild throughout.";
}

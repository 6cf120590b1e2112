using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>Tensors of an ONNX file: raw, typed, external, sparse. <paramref name="file"/> bounds what external data may be read: its own folder.</summary>
internal sealed class OnnxTensors(string file)
{
    private readonly List<string> _read = [];

    /// <summary>External data files that were read.</summary>
    public IReadOnlyList<string> Read => _read;

    public Tensor Tensor(TensorProto proto, string name)
    {
        var (type, stored) = Stored(proto, name);
        ElementType element = type.Element;
        int bytes = type.Bytes;
        ReadOnlyMemory<byte> data = proto.DataLocation == TensorProto.Types.DataLocation.External ? External(proto, name, stored)
            : proto.RawData.Length > 0 || bytes == 0 ? proto.RawData.Memory
            : Typed(proto, element);
        if (data.Length != stored)
            throw Diagnostics.Tensor(file, name, $"{type} takes {stored} bytes, and the file has {data.Length}");
        return new Tensor(type, IsPacked(element) ? Unpack(data.ToArray(), bytes, element == ElementType.Int4) : data);
    }

    // Bytes in a file: 4-bit elements are packed by two.
    private (TensorType Type, int Bytes) Stored(TensorProto proto, string name)
    {
        var element = (ElementType)proto.DataType;
        if (!Enum.IsDefined(element) || element is ElementType.String or ElementType.Complex64 or ElementType.Complex128)
            throw Diagnostics.Tensor(file, name, $"element type {proto.DataType} ({element}) is not supported");
        var type = new TensorType(element, Dims(proto.Dims, name));
        int bytes;
        try
        {
            bytes = type.Bytes;
        }
        catch (OverflowException)
        {
            throw Diagnostics.Tensor(file, name, $"the shape {type.Shape} has more than 2^31 bytes");
        }
        return (type, IsPacked(element) ? (bytes + 1) / 2 : bytes);
    }

    private static bool IsPacked(ElementType element) => element is ElementType.Int4 or ElementType.UInt4 or ElementType.Float4E2M1;

    public Tensor Sparse(SparseTensorProto proto)
    {
        string name = proto.Values?.Name ?? "";
        if (proto.Values == null || proto.Indices == null)
            throw Diagnostics.Tensor(file, name, "a sparse tensor needs values and indices");
        Tensor values = Tensor(proto.Values, name), indices = Tensor(proto.Indices, name);
        var type = new TensorType(values.Element, Dims(proto.Dims, name));
        long[] flat = indices.Int64s();
        if (indices.Shape.Rank == 2 && indices.Shape[1] == type.Shape.Rank)
        {
            Ints strides = type.Shape.Strides;
            long[] pairs = flat;
            flat = [.. Enumerable.Range(0, indices.Shape[0]).Select(i => strides.Select((s, axis) => s * pairs[i * strides.Count + axis]).Sum())];
        }
        if (flat.Length != values.Shape.Size || flat.Any(i => i < 0 || i >= type.Shape.Size))
            throw Diagnostics.Tensor(file, name, $"sparse indices don't fit {values.Shape.Size} values in {type}");
        int size = type.Element.Bytes();
        var data = new byte[type.Bytes];
        for (int i = 0; i < flat.Length; i++)
            values.Bytes.Span.Slice(i * size, size).CopyTo(data.AsSpan((int)flat[i] * size));
        return new Tensor(type, data);
    }

    private Shape Dims(IEnumerable<long> dims, string name) =>
        Shape.Of(dims.Select(d => d is >= 0 and <= int.MaxValue ? (int)d : throw Diagnostics.Tensor(file, name, $"a dimension of {d}")));

    private byte[] Typed(TensorProto proto, ElementType element)
    {
        byte[] Bytes<T>(IEnumerable<T> values) where T : unmanaged
        {
            var bytes = new byte[checked(values.Count() * Unsafe.SizeOf<T>())];
            Span<T> elements = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
            int i = 0;
            foreach (T value in values)
                elements[i++] = value;
            return bytes;
        }

        return element switch
        {
            ElementType.Float32 => Bytes(proto.FloatData),
            ElementType.Float64 => Bytes(proto.DoubleData),
            ElementType.Int64 => Bytes(proto.Int64Data),
            ElementType.UInt64 => Bytes(proto.Uint64Data),
            ElementType.UInt32 => Bytes(proto.Uint64Data.Select(v => (uint)v)),
            ElementType.Int32 => Bytes(proto.Int32Data),
            _ when element.Bytes() == 2 => Bytes(proto.Int32Data.Select(v => (ushort)v)),
            _ => Bytes(proto.Int32Data.Select(v => (byte)v)),
        };
    }

    private static byte[] Unpack(byte[] packed, int count, bool signed)
    {
        var values = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int nibble = packed[i / 2] >> (i % 2 * 4) & 15;
            values[i] = (byte)(signed && nibble > 7 ? nibble - 16 : nibble);
        }
        return values;
    }

    /// <summary>Moves a tensor's external data into it.</summary>
    public void Inline(TensorProto proto)
    {
        if (proto.DataLocation != TensorProto.Types.DataLocation.External)
            return;
        proto.RawData = UnsafeByteOperations.UnsafeWrap(External(proto, proto.Name, Stored(proto, proto.Name).Bytes));
        proto.DataLocation = TensorProto.Types.DataLocation.Default;
        proto.ExternalData.Clear();
    }

    private byte[] External(TensorProto proto, string name, int bytes)
    {
        string? Entry(string key) => proto.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;
        string location = Entry("location") ?? "";
        string folder = Path.GetDirectoryName(file)!;
        string path = location.Length == 0 || Path.IsPathRooted(location) || location.Contains('\\') ? "" : Path.GetFullPath(Path.Combine(folder, location));
        if (!path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Diagnostics.External(file, name, location, "only files inside the model's own folder are read");
        for (string part = path; part.Length > folder.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget != null)
                throw Diagnostics.External(file, name, location, "it is, or lies behind, a link, which may lead outside the model's folder");
        }
        if (!File.Exists(path))
            throw Diagnostics.External(file, name, location, "the file does not exist");
        long Number(string key, long otherwise) => Entry(key) is not { } text ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw Diagnostics.External(file, name, location, $"{key} '{text}' is no number");
        long offset = Number("offset", 0), length = Number("length", bytes);
        using FileStream stream = File.OpenRead(path);
        if (length != bytes || offset > stream.Length - bytes)
            throw Diagnostics.External(file, name, location, $"{bytes} bytes at {offset} are needed; the entry says {length}, the file has {stream.Length}");
        var data = new byte[bytes];
        stream.Position = offset;
        stream.ReadExactly(data);
        if (!_read.Contains(path))
            _read.Add(path);
        return data;
    }
}

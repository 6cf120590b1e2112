using System.Text;
using Google.FlatBuffers;

namespace ModelBuild.Engine;

/// <summary>
/// A file of FlatBuffers tables. What it says about itself is checked before it is used: every offset, table and vector lies within the file, and all that is
/// read of it is no more than it could hold if nothing lay in two places.
/// </summary>
internal sealed class FlatFile
{
    // Each vector is read a few times at most.
    private const long Repeats = 8, Least = 1 << 20;

    private readonly byte[] _bytes;
    private long _left;

    public FlatFile(byte[] bytes)
    {
        _bytes = bytes;
        Buffer = new ByteBuffer(bytes);
        _left = bytes.Length * Repeats + Least;
    }

    public ByteBuffer Buffer { get; }

    public int Length => _bytes.Length;

    /// <exception cref="FlatException">The file's identifier is another one.</exception>
    public FlatTable Root(string identifier)
    {
        if (_bytes.Length < 8 || !_bytes.AsSpan(4, 4).SequenceEqual(Encoding.ASCII.GetBytes(identifier)))
            throw new FlatException(_bytes.Length == 0 ? "the file is empty" : $"its identifier is not {identifier}");
        return new FlatTable(this, Offset(0));
    }

    /// <summary>Where the 32-bit offset at a place leads.</summary>
    public int Offset(int at) => Within(at + (long)Buffer.GetUint(Within(at, 4)), 4);

    /// <summary>A place from which so many bytes are within the file.</summary>
    public int Within(long at, long bytes) =>
        at >= 0 && at + bytes <= _bytes.Length ? (int)at : throw new FlatException($"byte {at} and the {bytes} from there are not all within its {_bytes.Length} bytes");

    /// <summary>Some bytes, read once more.</summary>
    public ReadOnlySpan<byte> Read(int at, int bytes)
    {
        _left -= bytes;
        return _left >= 0 ? _bytes.AsSpan(at, bytes) : throw new FlatException("its vectors lie in each other");
    }

    /// <summary>Some bytes, as they lie in the file.</summary>
    public ReadOnlyMemory<byte> Memory(long at, long bytes) => _bytes.AsMemory(Within(at, bytes), (int)bytes);
}

/// <summary>One table: fields by their number in the schema, absent ones by what they are unless said.</summary>
internal readonly struct FlatTable
{
    private readonly FlatFile _file;
    private readonly int _start, _fields, _count, _size;

    public FlatTable(FlatFile file, int start)
    {
        _file = file;
        _start = file.Within(start, 4);
        _fields = file.Within((long)start - file.Buffer.GetInt(start), 4);
        int bytes = file.Buffer.GetUshort(_fields);
        _size = file.Buffer.GetUshort(_fields + 2);
        file.Within(_fields, bytes);
        file.Within(_start, _size);
        if (bytes < 4 || _size < 4)
            throw new FlatException($"the table at byte {start} is too small");
        _count = (bytes - 4) / 2;
    }

    /// <summary>Where a field lies; 0 where it is absent.</summary>
    private int At(int field, int bytes)
    {
        int offset = field < _count ? _file.Buffer.GetUshort(_fields + 4 + 2 * field) : 0;
        if (offset == 0)
            return 0;
        return offset >= 4 && offset + bytes <= _size ? _start + offset : throw new FlatException($"field {field} of the table at byte {_start} is outside it");
    }

    public bool Has(int field) => At(field, 1) != 0;

    public int Byte(int field, int otherwise = 0) => At(field, 1) is > 0 and var at ? _file.Buffer.Get(at) : otherwise;

    public bool Flag(int field, bool otherwise = false) => Byte(field, otherwise ? 1 : 0) != 0;

    public int Int(int field, int otherwise = 0) => At(field, 4) is > 0 and var at ? _file.Buffer.GetInt(at) : otherwise;

    public float Float(int field, float otherwise = 0) => At(field, 4) is > 0 and var at ? _file.Buffer.GetFloat(at) : otherwise;

    public long Long(int field) => At(field, 8) is > 0 and var at ? _file.Buffer.GetLong(at) : 0;

    public FlatTable? Table(int field) => At(field, 4) is > 0 and var at ? new FlatTable(_file, _file.Offset(at)) : null;

    /// <summary>A vector's first element and how many there are; null where it is absent.</summary>
    private (int Start, int Count)? Vector(int field, int bytes)
    {
        if (At(field, 4) is not (> 0 and var at))
            return null;
        int start = _file.Offset(at);
        long count = _file.Buffer.GetUint(start);
        _file.Within(start + 4L, count * bytes);
        return (start + 4, (int)count);
    }

    public int[] Ints(int field) => Values(field, 4, span => BitConverter.ToInt32(span));

    public long[] Longs(int field) => Values(field, 8, span => BitConverter.ToInt64(span));

    public float[] Floats(int field) => Values(field, 4, span => BitConverter.ToSingle(span));

    public int[] Ushorts(int field) => Values(field, 2, span => (int)BitConverter.ToUInt16(span));

    public int[] Bytes(int field) => Values(field, 1, span => (int)span[0]);

    private delegate T Element<T>(ReadOnlySpan<byte> bytes);

    private T[] Values<T>(int field, int bytes, Element<T> element)
    {
        if (Vector(field, bytes) is not var (start, count))
            return [];
        ReadOnlySpan<byte> all = _file.Read(start, count * bytes);
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = element(all.Slice(i * bytes, bytes));
        return values;
    }

    public string Text(int field) => Vector(field, 1) is var (start, count) ? Encoding.UTF8.GetString(_file.Read(start, count)) : "";

    /// <summary>A vector of bytes where it lies.</summary>
    public ReadOnlyMemory<byte> Data(int field) => Vector(field, 1) is var (start, count) ? _file.Memory(start, count) : default;

    public FlatTables Tables(int field) => Vector(field, 4) is var (start, count) ? new FlatTables(_file, start, count) : default;
}

/// <summary>A vector of tables, each of which is read when it is asked for.</summary>
internal readonly struct FlatTables(FlatFile file, int start, int count)
{
    public int Count => count;

    /// <exception cref="FlatException">There is no such table, or it is not within the file.</exception>
    public FlatTable this[int index] => index >= 0 && index < count ? new FlatTable(file, file.Offset(start + 4 * index)) : throw new FlatException($"number {index} of {count} is asked for");
}

/// <summary>The file is not what it should be; the text says where.</summary>
internal sealed class FlatException(string message) : Exception(message);

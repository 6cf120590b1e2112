using System.Buffers;

namespace ModelBuild.Engine;

/// <summary>An array in a file: its header, and its data as a stream of slices along the first axis. Row by row and little-endian, whatever the file's order.</summary>
internal sealed class NpyArray
{
    /// <summary>An array in column-major order is loaded whole, up to this many bytes: a slice's elements lie all over it.</summary>
    private const long MostWhole = 1L << 30;

    private readonly DataFile _file;

    /// <param name="file">Where the array is.</param>
    /// <param name="length">How long the file says it is.</param>
    /// <exception cref="DataException">It is no array, or shorter than its header says.</exception>
    public NpyArray(DataFile file, long length)
    {
        _file = file;
        using DataStream stream = file.Open();
        Header = NpyHeader.Read(stream.Bytes);
        if (Header.Bytes > length - Header.Length)
            throw new DataException($"its shape ({string.Join(", ", Header.Shape)}) takes {Header.Bytes} bytes, and {Math.Max(0, length - Header.Length)} are there");
        if (Shuffled && Header.Bytes > MostWhole)
            throw new DataException($"arrays in column-major order (fortran_order) are supported up to {MostWhole} bytes; save it with numpy.ascontiguousarray");
    }

    public NpyHeader Header { get; }

    /// <summary>How many slices; a scalar has none.</summary>
    public long Count => Header.Shape.Count == 0 ? 0 : Header.Shape[0];

    /// <summary>The axes of a slice.</summary>
    public EquatableArray<long> Slice => new(Header.Shape.Skip(1));

    private bool Shuffled => Header.Fortran && Header.Shape.Count > 1;

    /// <summary>
    /// The slices from <paramref name="start"/> on, in one buffer that the next one overwrites. Whoever asks knows that a slice fits into memory.
    /// </summary>
    /// <exception cref="EndOfStreamException">The file is shorter than it says.</exception>
    public IEnumerable<byte[]> Slices(long start, long count)
    {
        var slice = new byte[checked(Slice.Aggregate(1L, (a, b) => checked(a * b)) * Header.Element.Bytes())];
        using DataStream data = OpenData();
        Stream stream = data.Bytes;
        byte[]? whole = Shuffled ? Read(stream, Header.Bytes) : null;
        long[]? places = Shuffled ? Places(Slice, Count) : null;
        if (whole == null)
            Skip(stream, start * slice.Length);
        for (long i = start; i < start + count; i++)
        {
            if (whole == null)
                stream.ReadExactly(slice);
            else
                Gather(whole, i, places!, slice);
            ToLittleEndian(slice);
            yield return slice;
        }
    }

    /// <summary>The whole array. Whoever asks knows that it fits into memory.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter than it says.</exception>
    public byte[] All()
    {
        using DataStream data = OpenData();
        byte[] whole = Read(data.Bytes, Header.Bytes);
        if (Shuffled)
        {
            byte[] stored = whole;
            whole = new byte[stored.Length];
            Gather(stored, 0, Places(Header.Shape, 1), whole);
        }
        ToLittleEndian(whole);
        return whole;
    }

    private DataStream OpenData()
    {
        DataStream stream = _file.Open();
        try
        {
            return NpyHeader.Read(stream.Bytes) == Header ? stream : throw new DataException("it changed while it was read");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Where the elements of a part lie, in row-major order, in column-major data: the part's first axis is <paramref name="step"/> elements apart.</summary>
    private static long[] Places(EquatableArray<long> axes, long step)
    {
        long[] places = [0];
        foreach (long axis in axes)
        {
            var next = new long[checked(places.Length * axis)];
            for (int i = 0; i < next.Length; i++)
                next[i] = places[i / axis] + i % axis * step;
            places = next;
            step *= axis;
        }
        return places;
    }

    private void Gather(byte[] whole, long start, long[] places, byte[] to)
    {
        int size = Header.Element.Bytes();
        for (int i = 0; i < places.Length; i++)
            whole.AsSpan(checked((int)((start + places[i]) * size)), size).CopyTo(to.AsSpan(i * size));
    }

    private void ToLittleEndian(Span<byte> elements)
    {
        int size = Header.Element.Bytes();
        if (!Header.BigEndian || size == 1)
            return;
        for (int i = 0; i < elements.Length; i += size)
            elements.Slice(i, size).Reverse();
    }

    private static byte[] Read(Stream stream, long bytes)
    {
        var data = new byte[bytes];
        stream.ReadExactly(data);
        return data;
    }

    private static void Skip(Stream stream, long bytes)
    {
        if (stream.CanSeek)
        {
            stream.Position += bytes;
            return;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        for (long rest = bytes; rest > 0; rest -= Math.Min(rest, buffer.Length))
            stream.ReadExactly(buffer, 0, (int)Math.Min(rest, buffer.Length));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

using System.IO.Compression;

namespace ModelBuild.Engine;

/// <summary>Where an array's elements lie: in its header, in one piece, or in chunks.</summary>
internal static class Hdf5Layout
{
    /// <summary>Compressed chunks are seldom a hundredth of what they hold; what claims to be is made to fill memory.</summary>
    private const long MostExpansion = 100, Small = 1 << 20;

    // "Data Layout Message".
    public static Hdf5Array Read(Hdf5File file, ReadOnlyMemory<byte> message, Hdf5Type type, int[] lengths, ReadOnlyMemory<byte>? filters)
    {
        var fields = new Hdf5Cursor(message.Span);
        int version = fields.Byte(), kind = fields.Byte();
        if (version is not (3 or 4))
            throw new Hdf5Exception($"data layout version {version} is not supported; 3 and 4 are");
        switch (kind)
        {
            case 0:
                int size = fields.UInt16();
                return Hdf5Array.Of(file, type, lengths, message.Slice(message.Length - fields.Left, Math.Min(size, fields.Left)));
            case 1:
                ulong address = file.Offset(ref fields);
                // Nothing was ever written.
                return file.IsNowhere(address) ? Zeros(file, type, lengths, 0) : Hdf5Array.Of(file, type, lengths, file.Bytes(address, (ulong)Hdf5Array.Bytes(type, lengths)));
            case 2:
                return Chunks(file, version, fields.Take(fields.Left), type, lengths, filters);
            case 3:
                throw new Hdf5Exception("it is a virtual array, made of other files, which are not read");
            default:
                throw new Hdf5Exception($"data layout {kind} is not supported");
        }
    }

    private static Hdf5Array Zeros(Hdf5File file, Hdf5Type type, int[] lengths, long stored)
    {
        long bytes = Hdf5Array.Bytes(type, lengths);
        return bytes <= Small + MostExpansion * stored ? Hdf5Array.Of(file, type, lengths, new byte[bytes]) : throw new Hdf5Exception($"an array of {bytes} bytes is stored in {stored}, which is not believed");
    }

    private static Hdf5Array Chunks(Hdf5File file, int version, ReadOnlySpan<byte> message, Hdf5Type type, int[] lengths, ReadOnlyMemory<byte>? filters)
    {
        var fields = new Hdf5Cursor(message);
        int flags = version == 4 ? fields.Byte() : 0, axes = fields.Byte() - 1;
        if (axes != lengths.Length)
            throw new Hdf5Exception($"chunks of {axes} axes don't fit an array of {lengths.Length}");
        ulong tree = version == 3 ? file.Offset(ref fields) : 0;
        int lengthBytes = version == 4 ? fields.Byte() : 4;
        if (lengthBytes is < 1 or > 8)
            throw new Hdf5Exception("the lengths of chunks are damaged");
        var chunk = new int[axes];
        for (int i = 0; i <= axes; i++)
        {
            ulong length = fields.Unsigned(lengthBytes);
            if (i < axes)
                chunk[i] = length is > 0 and <= int.MaxValue ? (int)length : throw new Hdf5Exception($"a chunk is {length} long");
        }
        long bytes = Hdf5Array.Bytes(type, chunk);
        var found = new List<(int[] At, ReadOnlyMemory<byte> Data, uint Skipped)>();
        if (version == 3)
        {
            if (!file.IsNowhere(tree))
                ReadTree(file, tree, axes, int.MaxValue, found);
        }
        else if (fields.Byte() == 1)
        {
            ulong size = (flags & 2) != 0 ? file.Length(ref fields) : (ulong)bytes;
            uint skipped = (flags & 2) != 0 ? fields.UInt32() : 0;
            found.Add((new int[axes], file.Bytes(file.Offset(ref fields), size), skipped));
        }
        else
            throw new Hdf5Exception("chunks with a newer index are not supported; write the file with HDF5's older format (libver='earliest')");

        long stored = found.Sum(c => (long)c.Data.Length);
        if (stored > file.Size || bytes * found.Count > Small + MostExpansion * stored)
            throw new Hdf5Exception($"{found.Count} chunks of {bytes} bytes are stored in {stored}, which is not believed");
        Hdf5Array whole = Zeros(file, type, lengths, stored);
        byte[] to = whole.Data.ToArray();
        Filter[] pipeline = filters is { } list ? Filters(list.Span) : [];
        foreach (var (at, data, skipped) in found)
            Copy(Unfiltered(data, pipeline, skipped, type.Bytes, (int)bytes), chunk, at, to, lengths, type.Bytes);
        return whole with { Data = to };
    }

    // "Disk Format: Level 1A1 - Version 1 B-trees", of chunks.
    private static void ReadTree(Hdf5File file, ulong address, int axes, int above, List<(int[], ReadOnlyMemory<byte>, uint)> chunks)
    {
        Hdf5Cursor node = file.At(address);
        node.Expect("TREE"u8, "tree of chunks");
        int type = node.Byte(), level = node.Byte(), entries = node.UInt16();
        if (type != 1 || level >= above)
            throw new Hdf5Exception("a tree of chunks is damaged");
        node.Skip(2 * file.OffsetBytes);
        for (int i = 0; i < entries; i++)
        {
            uint size = node.UInt32(), skipped = node.UInt32();
            var at = new int[axes];
            for (int axis = 0; axis <= axes; axis++)
            {
                ulong place = node.Unsigned(8);
                if (axis < axes)
                    at[axis] = place <= int.MaxValue ? (int)place : throw new Hdf5Exception("a chunk lies outside its array");
            }
            ulong child = file.Offset(ref node);
            if (level > 0)
                ReadTree(file, child, axes, level, chunks);
            else
                chunks.Add((at, file.Bytes(child, size), skipped));
        }
    }

    private static void Copy(ReadOnlySpan<byte> from, int[] chunk, int[] at, Span<byte> to, int[] lengths, int element)
    {
        int axes = lengths.Length;
        if (axes == 0)
        {
            from[..element].CopyTo(to);
            return;
        }
        for (int axis = 0; axis < axes; axis++)
        {
            if (at[axis] >= lengths[axis])
                return;
        }
        // A run along the last axis at a time; what of a chunk lies beyond the array is left out.
        int run = Math.Min(chunk[^1], lengths[^1] - at[^1]) * element;
        var index = new int[axes];
        while (true)
        {
            long source = 0, target = 0;
            bool inside = true;
            for (int axis = 0; axis < axes; axis++)
            {
                inside &= at[axis] + index[axis] < lengths[axis];
                source = source * chunk[axis] + index[axis];
                target = target * lengths[axis] + at[axis] + index[axis];
            }
            if (inside)
                from.Slice((int)source * element, run).CopyTo(to[((int)target * element)..]);
            int next = axes - 2;
            while (next >= 0 && ++index[next] == chunk[next])
                index[next--] = 0;
            if (next < 0)
                return;
        }
    }

    private readonly record struct Filter(int Id, string Name);

    // "Data Storage - Filter Pipeline Message".
    private static Filter[] Filters(ReadOnlySpan<byte> message)
    {
        var fields = new Hdf5Cursor(message);
        int version = fields.Byte(), count = fields.Byte();
        fields.Skip(version == 1 ? 6 : 0);
        var filters = new Filter[count];
        for (int i = 0; i < count; i++)
        {
            int id = fields.UInt16(), name = version == 1 || id >= 256 ? fields.UInt16() : 0;
            fields.Skip(2);
            int values = fields.UInt16();
            string text = System.Text.Encoding.UTF8.GetString(fields.Take(version == 1 ? name + 7 & ~7 : name)).TrimEnd('\0');
            fields.Skip(4 * values + (version == 1 ? values % 2 * 4 : 0));
            filters[i] = new(id, text);
        }
        return filters;
    }

    private static byte[] Unfiltered(ReadOnlyMemory<byte> data, Filter[] pipeline, uint skipped, int element, int bytes)
    {
        byte[] now = data.ToArray();
        for (int i = pipeline.Length - 1; i >= 0; i--)
        {
            if ((skipped >> i & 1) != 0)
                continue;
            now = pipeline[i].Id switch
            {
                1 => Inflate(now, bytes),
                2 => Unshuffle(now, element),
                // Fletcher's checksum, at the end.
                3 => now.Length >= 4 ? now[..^4] : throw new Hdf5Exception("a chunk lacks its checksum"),
                _ => throw new Hdf5Exception($"the filter {pipeline[i].Id} ({pipeline[i].Name}) is not supported; deflate, shuffle and fletcher32 are"),
            };
        }
        return now.Length >= bytes ? now : throw new Hdf5Exception($"a chunk of {bytes} bytes has {now.Length}");
    }

    private static byte[] Inflate(byte[] data, int bytes)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
            // A checksum may follow, filtered after this one was.
            var inflated = new byte[bytes + 4];
            return inflated[..stream.ReadAtLeast(inflated, inflated.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new Hdf5Exception($"a compressed chunk is damaged ({e.Message})");
        }
    }

    /// <summary>First bytes of all elements first, then second ones, to elements.</summary>
    private static byte[] Unshuffle(byte[] data, int element)
    {
        int count = data.Length / element;
        byte[] elements = [.. data];
        for (int i = 0; i < count; i++)
        {
            for (int b = 0; b < element; b++)
                elements[i * element + b] = data[b * count + i];
        }
        return elements;
    }
}

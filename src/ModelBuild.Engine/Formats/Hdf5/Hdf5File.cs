namespace ModelBuild.Engine;

/// <summary>
/// An HDF5 file in memory, as far as models use it: groups of either form, attributes, and arrays that are whole, compact or in chunks. It reads nothing but
/// these bytes: links to other files, arrays kept in other files and virtual ones are refused. What a length in the file asks for is checked against the bytes
/// that are there before memory is taken.
/// </summary>
/// <remarks>HDF5 File Format Specification, version 3.0; section names in the comments are its own.</remarks>
internal sealed class Hdf5File
{
    // A structure that leads around in circles would be read forever.
    private const int MostStructures = 1_000_000;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Dictionary<ulong, Hdf5Object> _objects = [];
    private readonly Dictionary<ulong, Dictionary<uint, ReadOnlyMemory<byte>>> _heaps = [];
    private readonly ulong _base;
    private int _structures;

    private Hdf5File(ReadOnlyMemory<byte> bytes, int at)
    {
        _bytes = bytes;
        var superblock = new Hdf5Cursor(bytes.Span[at..]);
        superblock.Skip(Signature.Length);
        int version = superblock.Byte();
        ulong root;
        if (version is 0 or 1)
        {
            superblock.Skip(4);
            (OffsetBytes, LengthBytes) = (superblock.Byte(), superblock.Byte());
            CheckSizes();
            superblock.Skip(version == 0 ? 9 : 13);
            _base = Offset(ref superblock);
            superblock.Skip(3 * OffsetBytes);
            // The root group's symbol table entry: its name, then its header.
            superblock.Skip(OffsetBytes);
            root = Offset(ref superblock);
        }
        else if (version is 2 or 3)
        {
            (OffsetBytes, LengthBytes) = (superblock.Byte(), superblock.Byte());
            CheckSizes();
            superblock.Skip(1);
            _base = Offset(ref superblock);
            superblock.Skip(2 * OffsetBytes);
            root = Offset(ref superblock);
        }
        else
            throw new Hdf5Exception($"superblock version {version} is not supported; 0 to 3 are");
        Root = Object(root);
    }

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    public Hdf5Object Root { get; }

    public int Size => _bytes.Length;

    public int OffsetBytes { get; }

    public int LengthBytes { get; }

    /// <exception cref="Hdf5Exception">It is no HDF5 file, or one with what isn't supported.</exception>
    public static Hdf5File Open(ReadOnlyMemory<byte> bytes)
    {
        // A block of the user's own may lie before it, 512 bytes long or a power of two times that.
        for (long at = 0; at + Signature.Length <= bytes.Length; at = at == 0 ? 512 : at * 2)
        {
            if (bytes.Span[(int)at..].StartsWith(Signature))
                return new Hdf5File(bytes, (int)at);
        }
        throw new Hdf5Exception(bytes.IsEmpty ? "the file is empty" : "it has no HDF5 signature");
    }

    /// <summary>An object by its header's address.</summary>
    public Hdf5Object Object(ulong address)
    {
        if (!_objects.TryGetValue(address, out Hdf5Object? found))
            _objects[address] = found = new Hdf5Object(this, address);
        return found;
    }

    public ulong Offset(ref Hdf5Cursor cursor) => cursor.Unsigned(OffsetBytes);

    public ulong Length(ref Hdf5Cursor cursor) => cursor.Unsigned(LengthBytes);

    /// <summary>An address that leads nowhere: all bits are ones.</summary>
    public bool IsNowhere(ulong address) => address == ulong.MaxValue >> 64 - 8 * OffsetBytes;

    /// <summary>What begins at an address.</summary>
    public Hdf5Cursor At(ulong address) => new(From(address).Span);

    /// <summary>So many bytes at an address.</summary>
    public ReadOnlyMemory<byte> Bytes(ulong address, ulong length)
    {
        ReadOnlyMemory<byte> from = From(address);
        return length <= (ulong)from.Length ? from[..(int)length] : throw new Hdf5Exception($"{length} bytes at address {address} reach beyond the end of the file");
    }

    /// <summary>What lies in a collection of the "Global Heap", by number.</summary>
    public Dictionary<uint, ReadOnlyMemory<byte>> Heap(ulong address)
    {
        if (_heaps.TryGetValue(address, out var found))
            return found;
        Hdf5Cursor heap = At(address);
        heap.Expect("GCOL"u8, "heap of texts");
        heap.Skip(4);
        ReadOnlyMemory<byte> collection = Bytes(address, Length(ref heap));
        var objects = new Hdf5Cursor(collection.Span);
        objects.Skip(8 + LengthBytes);
        found = [];
        while (objects.Left >= 8 + LengthBytes)
        {
            uint number = objects.UInt16();
            objects.Skip(6);
            ulong bytes = Length(ref objects);
            if (number == 0)
                break;
            if (bytes > (ulong)objects.Left)
                throw new Hdf5Exception("a text is longer than its heap");
            found[number] = collection.Slice(collection.Length - objects.Left, (int)bytes);
            objects.Skip(Math.Min((long)bytes + 7 & ~7L, objects.Left));
        }
        return _heaps[address] = found;
    }

    /// <summary>Counts structures that are read.</summary>
    public void Spend(int structures)
    {
        if ((_structures += structures) > MostStructures)
            throw new Hdf5Exception("its structures lead around in circles");
    }

    private ReadOnlyMemory<byte> From(ulong address)
    {
        Spend(1);
        ulong at = unchecked(_base + address);
        return !IsNowhere(address) && at >= _base && at <= (ulong)_bytes.Length ? _bytes[(int)at..] : throw new Hdf5Exception($"address {address} lies beyond the end of the file");
    }

    private void CheckSizes()
    {
        if (OffsetBytes is not (2 or 4 or 8) || LengthBytes is not (2 or 4 or 8))
            throw new Hdf5Exception($"addresses of {OffsetBytes} and lengths of {LengthBytes} bytes are not supported");
    }
}

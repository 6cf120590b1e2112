using System.Numerics;

namespace ModelBuild.Engine;

/// <summary>
/// Where newer groups keep many links, and objects many attributes: messages in a heap whose blocks double in size from row to row, found by a tree of their
/// places. Objects that are too large for a block are not supported.
/// </summary>
internal sealed class Hdf5Heap
{
    private readonly Hdf5File _file;
    private readonly int _idBytes, _offsetBytes, _width, _rootRows;
    private readonly ulong _start, _mostDirect, _root;

    // "Fractal Heap".
    private Hdf5Heap(Hdf5File file, ulong address)
    {
        _file = file;
        Hdf5Cursor header = file.At(address);
        header.Expect("FRHP"u8, "heap");
        header.Skip(1);
        _idBytes = header.UInt16();
        if (header.UInt16() != 0)
            throw new Hdf5Exception("a compressed heap is not supported");
        header.Skip(1 + 4 + 2 * (file.LengthBytes + file.OffsetBytes) + 8 * file.LengthBytes);
        _width = header.UInt16();
        (_start, _mostDirect) = (file.Length(ref header), file.Length(ref header));
        _offsetBytes = (header.UInt16() + 7) / 8;
        header.Skip(2);
        _root = file.Offset(ref header);
        _rootRows = header.UInt16();
        if (_width is 0 or > 1024 || !BitOperations.IsPow2(_start) || !BitOperations.IsPow2(_mostDirect) || _mostDirect < _start || _offsetBytes is 0 or > 8 || _idBytes <= 1 + _offsetBytes || _idBytes > 1 + _offsetBytes + 8)
            throw new Hdf5Exception("a heap is damaged");
    }

    /// <summary>All messages of a heap, in the order of the tree at an address; in a record of the tree the message's place is behind <paramref name="before"/> bytes.</summary>
    public static List<ReadOnlyMemory<byte>> Messages(Hdf5File file, ulong heap, ulong tree, int before)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        var at = new Hdf5Heap(file, heap);
        at.ReadTree(tree, before, messages);
        return messages;
    }

    // "Version 2 B-trees": how many bytes count a child's records depends on how many fit into a node.
    private void ReadTree(ulong address, int before, List<ReadOnlyMemory<byte>> messages)
    {
        Hdf5Cursor header = _file.At(address);
        header.Expect("BTHD"u8, "tree");
        header.Skip(2);
        ulong node = header.UInt32();
        int record = header.UInt16(), depth = header.UInt16();
        header.Skip(2);
        ulong root = _file.Offset(ref header);
        int records = header.UInt16();
        const ulong overhead = 10;
        if (record < before + _idBytes || node < overhead + (ulong)record || depth > 16)
            throw new Hdf5Exception("a tree is damaged");
        ulong most = (node - overhead) / (ulong)record, all = most;
        int countBytes = BytesFor(most);
        var pointers = new int[depth + 1];
        for (int level = 1, allBytes = 0; level <= depth; level++)
        {
            pointers[level] = _file.OffsetBytes + countBytes + allBytes;
            most = (node - overhead - Math.Min(node - overhead, (ulong)pointers[level])) / (ulong)(record + pointers[level]);
            all = Math.Min(ulong.MaxValue / 4096 / 4096, (most + 1) * all + most);
            allBytes = BytesFor(all);
        }
        Read(root, records, depth);

        void Read(ulong at, int count, int level)
        {
            Hdf5Cursor body = _file.At(at);
            body.Expect(level == 0 ? "BTLF"u8 : "BTIN"u8, "node of a tree");
            body.Skip(2);
            _file.Spend(count);
            for (int i = 0; i < count; i++)
                messages.Add(Message(body.Take(record).Slice(before, _idBytes)));
            for (int i = 0; level > 0 && i <= count; i++)
            {
                ulong child = _file.Offset(ref body);
                int children = (int)body.Unsigned(Math.Min(countBytes, 4));
                body.Skip(pointers[level] - _file.OffsetBytes - Math.Min(countBytes, 4));
                Read(child, children, level - 1);
            }
        }
    }

    private static int BytesFor(ulong most) => BitOperations.Log2(Math.Max(1, most)) / 8 + 1;

    private ReadOnlyMemory<byte> Message(ReadOnlySpan<byte> id)
    {
        var fields = new Hdf5Cursor(id);
        if ((fields.Byte() >> 4 & 3) != 0)
            throw new Hdf5Exception("a message too large for its heap is not supported");
        ulong offset = fields.Unsigned(_offsetBytes), length = fields.Unsigned(_idBytes - 1 - _offsetBytes);
        return _rootRows == 0 ? Block(_root, offset, length) : Indirect(_root, _rootRows, offset, length, 0);
    }

    private ReadOnlyMemory<byte> Block(ulong address, ulong offset, ulong length) => _file.Bytes(unchecked(address + offset), length);

    // "Fractal Heap Indirect Block": rows of blocks, the first two of the starting size, each further row twice that of the one before.
    private ReadOnlyMemory<byte> Indirect(ulong address, int rows, ulong offset, ulong length, int depth)
    {
        ulong size = _start;
        for (int row = 0; row < rows && depth < 8; row++)
        {
            ulong whole = size * (ulong)_width;
            if (offset < whole)
            {
                ulong column = offset / size;
                Hdf5Cursor block = _file.At(address);
                block.Expect("FHIB"u8, "block of a heap");
                block.Skip(1 + _file.OffsetBytes + _offsetBytes + ((long)row * _width + (long)column) * _file.OffsetBytes);
                ulong child = _file.Offset(ref block);
                if (size <= _mostDirect)
                    return Block(child, offset - column * size, length);
                return Indirect(child, BitOperations.Log2(size / (_start * (ulong)_width)) + 1, offset - column * size, length, depth + 1);
            }
            offset -= whole;
            size = row == 0 ? size : size * 2;
        }
        throw new Hdf5Exception("a message lies outside its heap");
    }
}

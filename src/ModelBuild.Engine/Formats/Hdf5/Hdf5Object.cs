using System.Text;

namespace ModelBuild.Engine;

/// <summary>A group or an array: an object header's messages. A group has links; an array is read by <see cref="Read"/>; both may have attributes.</summary>
internal sealed class Hdf5Object
{
    private const int MostMessages = 1 << 16;

    private readonly Hdf5File _file;
    private readonly ulong _address;
    private readonly List<(int Type, bool Shared, ReadOnlyMemory<byte> Data)> _messages = [];
    private Dictionary<string, Func<Hdf5Object>>? _links;
    private Dictionary<string, ReadOnlyMemory<byte>>? _attributes;

    public Hdf5Object(Hdf5File file, ulong address)
    {
        (_file, _address) = (file, address);
        if (file.At(address) is var start && start.Left >= 4 && start.Take(4).SequenceEqual("OHDR"u8))
            ReadHeader2();
        else
            ReadHeader1();
    }

    private static class Message
    {
        public const int Dataspace = 1, LinkInfo = 2, Datatype = 3, Link = 6, ExternalFiles = 7, Layout = 8, Filters = 11, Attribute = 12, Continuation = 16, SymbolTable = 17, AttributeInfo = 21;
    }

    public bool IsArray => _messages.Any(m => m.Type == Message.Layout);

    /// <summary>The names of what the group holds.</summary>
    public IEnumerable<string> Names => Links.Keys;

    /// <summary>What the group holds under a name; null for nothing.</summary>
    /// <exception cref="Hdf5Exception">The link leads out of the file, or its target is damaged.</exception>
    public Hdf5Object? Child(string name) => Links.TryGetValue(name, out Func<Hdf5Object>? link) ? link() : null;

    /// <summary>What lies at a path of names between slashes; null for nothing.</summary>
    public Hdf5Object? Find(string path)
    {
        Hdf5Object? at = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at?.Child(name);
        return at;
    }

    /// <summary>An attribute's value; null where there is none.</summary>
    public Hdf5Array? Attribute(string name) => Attributes.TryGetValue(name, out ReadOnlyMemory<byte> message) ? Hdf5Attribute.Read(_file, message).Value : null;

    /// <summary>The array.</summary>
    public Hdf5Array Read()
    {
        if (_messages.Any(m => m.Type == Message.ExternalFiles))
            throw new Hdf5Exception("its data lies in other files, which are not read");
        return Hdf5Layout.Read(_file, Need(Message.Layout), Hdf5Type.Read(Need(Message.Datatype).Span), Hdf5Array.Shape(_file, Need(Message.Dataspace).Span), Find(Message.Filters));
    }

    private Dictionary<string, Func<Hdf5Object>> Links => _links ??= ReadLinks();

    private Dictionary<string, ReadOnlyMemory<byte>> Attributes
    {
        get
        {
            if (_attributes == null)
            {
                _attributes = [];
                foreach (ReadOnlyMemory<byte> data in _messages.Where(m => m.Type == Message.Attribute).Select(m => Own(m.Type, m.Shared, m.Data)).Concat(Dense(Message.AttributeInfo, 2, 0)))
                    _attributes.TryAdd(Hdf5Attribute.Read(_file, data).Name, data);
            }
            return _attributes;
        }
    }

    private ReadOnlyMemory<byte> Need(int type) => Find(type) ?? throw new Hdf5Exception("an array lacks its type, its shape or its layout");

    private ReadOnlyMemory<byte>? Find(int type)
    {
        foreach (var message in _messages)
        {
            if (message.Type == type)
                return Own(message.Type, message.Shared, message.Data);
        }
        return null;
    }

    private static ReadOnlyMemory<byte> Own(int type, bool shared, ReadOnlyMemory<byte> data) => shared ? throw new Hdf5Exception($"a header message of type {type} that objects share is not supported") : data;

    // "Version 1 Data Object Header Prefix".
    private void ReadHeader1()
    {
        Hdf5Cursor header = _file.At(_address);
        if (header.Byte() != 1)
            throw new Hdf5Exception($"there is no object at address {_address}");
        header.Skip(1);
        int count = header.UInt16();
        header.Skip(4);
        uint size = header.UInt32();
        header.Skip(4);
        var blocks = new Queue<ReadOnlyMemory<byte>>([_file.Bytes(_address + 16, size)]);
        while (blocks.TryDequeue(out ReadOnlyMemory<byte> block))
        {
            for (int at = 0; at + 8 <= block.Length && _messages.Count < count;)
            {
                var message = new Hdf5Cursor(block.Span[at..]);
                int type = message.UInt16(), bytes = message.UInt16(), flags = message.Byte();
                if (at + 8 + bytes > block.Length)
                    throw new Hdf5Exception("a header message is longer than its header");
                Add(type, flags, block.Slice(at + 8, bytes), blocks);
                at += 8 + bytes;
            }
        }
    }

    // "Version 2 Data Object Header Prefix".
    private void ReadHeader2()
    {
        Hdf5Cursor header = _file.At(_address);
        header.Skip(4);
        if (header.Byte() != 2)
            throw new Hdf5Exception("an object header's version is not supported; 1 and 2 are");
        int flags = header.Byte(), times = (flags & 0x20) != 0 ? 16 : 0, limits = (flags & 0x10) != 0 ? 4 : 0, sizeBytes = 1 << (flags & 3), each = (flags & 4) != 0 ? 6 : 4;
        header.Skip(times + limits);
        ulong size = header.Unsigned(sizeBytes);
        var blocks = new Queue<ReadOnlyMemory<byte>>([_file.Bytes(_address + (ulong)(6 + times + limits + sizeBytes), size)]);
        for (bool first = true; blocks.TryDequeue(out ReadOnlyMemory<byte> block); first = false)
        {
            if (!first)
            {
                new Hdf5Cursor(block.Span).Expect("OCHK"u8, "continuation of an object header");
                block = block.Length >= 8 ? block[4..^4] : throw new Hdf5Exception("a continuation of an object header is too short");
            }
            for (int at = 0; at + each <= block.Length;)
            {
                var message = new Hdf5Cursor(block.Span[at..]);
                int type = message.Byte(), bytes = message.UInt16(), messageFlags = message.Byte();
                if (at + each + bytes > block.Length)
                    throw new Hdf5Exception("a header message is longer than its header");
                Add(type, messageFlags, block.Slice(at + each, bytes), blocks);
                at += each + bytes;
            }
        }
    }

    private void Add(int type, int flags, ReadOnlyMemory<byte> data, Queue<ReadOnlyMemory<byte>> blocks)
    {
        if (_messages.Count > MostMessages || blocks.Count > MostMessages)
            throw new Hdf5Exception("an object header has no end");
        _messages.Add((type, (flags & 2) != 0, data));
        if (type != Message.Continuation)
            return;
        var at = new Hdf5Cursor(data.Span);
        ulong address = _file.Offset(ref at);
        blocks.Enqueue(_file.Bytes(address, _file.Length(ref at)));
    }

    private Dictionary<string, Func<Hdf5Object>> ReadLinks()
    {
        var links = new Dictionary<string, Func<Hdf5Object>>();
        if (Find(Message.SymbolTable) is { } table)
        {
            var fields = new Hdf5Cursor(table.Span);
            ulong tree = _file.Offset(ref fields), heap = _file.Offset(ref fields);
            ReadTree(tree, Heap(heap), int.MaxValue, links);
            return links;
        }
        foreach (ReadOnlyMemory<byte> data in _messages.Where(m => m.Type == Message.Link).Select(m => Own(m.Type, m.Shared, m.Data)).Concat(Dense(Message.LinkInfo, 8, 4)))
            ReadLink(data.Span, links);
        return links;
    }

    /// <summary>
    /// The messages in the heap that a Link Info or Attribute Info message names, if it does. <paramref name="index"/>: bytes of the index that its first flag
    /// announces; <paramref name="before"/>: bytes before a place in its tree by name (the hash of it).
    /// </summary>
    private List<ReadOnlyMemory<byte>> Dense(int type, int index, int before)
    {
        if (Find(type) is not { } info)
            return [];
        var fields = new Hdf5Cursor(info.Span);
        fields.Skip(1);
        fields.Skip((fields.Byte() & 1) != 0 ? index : 0);
        ulong heap = _file.Offset(ref fields), tree = _file.Offset(ref fields);
        return _file.IsNowhere(heap) ? [] : Hdf5Heap.Messages(_file, heap, tree, before);
    }

    // "Link Message".
    private void ReadLink(ReadOnlySpan<byte> message, Dictionary<string, Func<Hdf5Object>> links)
    {
        var fields = new Hdf5Cursor(message);
        fields.Skip(1);
        int flags = fields.Byte(), kind = (flags & 8) != 0 ? fields.Byte() : 0;
        fields.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        string name = Encoding.UTF8.GetString(fields.Take((long)Math.Min(fields.Unsigned(1 << (flags & 3)), int.MaxValue)));
        if (kind == 0)
        {
            ulong address = _file.Offset(ref fields);
            links[name] = () => _file.Object(address);
        }
        else
            links[name] = () => throw new Hdf5Exception($"'{name}' is {(kind == 64 ? "a link into another file" : "a symbolic link")}, which is not followed");
    }

    // "Disk Format: Level 1A1 - Version 1 B-trees", of groups: levels must fall, so that no node leads back.
    private void ReadTree(ulong address, ReadOnlyMemory<byte> names, int above, Dictionary<string, Func<Hdf5Object>> links)
    {
        Hdf5Cursor node = _file.At(address);
        node.Expect("TREE"u8, "group's tree");
        int type = node.Byte(), level = node.Byte(), entries = node.UInt16();
        if (type != 0 || level >= above)
            throw new Hdf5Exception("a group's tree is damaged");
        node.Skip(2 * _file.OffsetBytes + _file.LengthBytes);
        for (int i = 0; i < entries; i++)
        {
            ulong child = _file.Offset(ref node);
            node.Skip(_file.LengthBytes);
            if (level > 0)
                ReadTree(child, names, level, links);
            else
                ReadSymbols(child, names, links);
        }
    }

    // "Symbol Table Node".
    private void ReadSymbols(ulong address, ReadOnlyMemory<byte> names, Dictionary<string, Func<Hdf5Object>> links)
    {
        Hdf5Cursor node = _file.At(address);
        node.Expect("SNOD"u8, "node of a symbol table");
        node.Skip(2);
        int symbols = node.UInt16();
        _file.Spend(symbols);
        for (int i = 0; i < symbols; i++)
        {
            ulong place = _file.Offset(ref node), header = _file.Offset(ref node);
            uint cache = node.UInt32();
            node.Skip(20);
            ReadOnlySpan<byte> name = place < (ulong)names.Length ? names.Span[(int)place..] : throw new Hdf5Exception("a link's name lies outside its heap");
            int end = name.IndexOf((byte)0);
            string text = Encoding.UTF8.GetString(end < 0 ? throw new Hdf5Exception("a link's name has no end") : name[..end]);
            links[text] = cache == 2 ? () => throw new Hdf5Exception($"'{text}' is a symbolic link, which is not followed") : () => _file.Object(header);
        }
    }

    // "Local Heaps".
    private ReadOnlyMemory<byte> Heap(ulong address)
    {
        Hdf5Cursor heap = _file.At(address);
        heap.Expect("HEAP"u8, "heap of names");
        heap.Skip(4);
        ulong size = _file.Length(ref heap);
        heap.Skip(_file.LengthBytes);
        return _file.Bytes(_file.Offset(ref heap), size);
    }
}

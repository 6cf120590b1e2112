using System.Buffers.Binary;
using System.Text;

namespace ModelBuild.Engine;

/// <summary>
/// What a .npy file says before its data: versions 1 to 3, numbers of either byte order. <paramref name="Fortran"/>: the first axis varies fastest.
/// <paramref name="Length"/> is the header's own, in bytes.
/// </summary>
internal sealed record NpyHeader(ElementType Element, bool BigEndian, bool Fortran, EquatableArray<long> Shape, int Length)
{
    // NumPy's own are 128 bytes; 2^32 would fit.
    private const int MostText = 1 << 16;

    private static readonly (string Code, ElementType Element)[] Types =
    [
        ("b1", ElementType.Bool), ("u1", ElementType.UInt8), ("u2", ElementType.UInt16), ("u4", ElementType.UInt32), ("u8", ElementType.UInt64),
        ("i1", ElementType.Int8), ("i2", ElementType.Int16), ("i4", ElementType.Int32), ("i8", ElementType.Int64),
        ("f2", ElementType.Float16), ("f4", ElementType.Float32), ("f8", ElementType.Float64),
    ];

    /// <summary>How many elements.</summary>
    public long Elements => Product(Shape);

    /// <summary>How many bytes the data takes.</summary>
    public long Bytes => checked(Elements * Element.Bytes());

    /// <exception cref="DataException">There is no header, or one of something that isn't supported.</exception>
    /// <exception cref="EndOfStreamException">The stream ends first.</exception>
    public static NpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..read].StartsWith("version "u8))
            throw new DataException("it is a Git LFS pointer, not data: run 'git lfs pull' to fetch the file itself");
        if (!start[..read].StartsWith(Magic))
            throw new DataException("it is no .npy data (it doesn't begin with \\x93NUMPY)");
        if (read < start.Length)
            throw new EndOfStreamException();
        int version = start[6];
        if (version is < 1 or > 3)
            throw new DataException($".npy version {version} is not supported; 1 to 3 are");
        Span<byte> size = stackalloc byte[version == 1 ? 2 : 4];
        stream.ReadExactly(size);
        uint length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MostText)
            throw new DataException($"its header of {length} bytes is too long");
        var text = new byte[length];
        stream.ReadExactly(text);
        NpyHeader header = Parse((version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text)) with { Length = start.Length + size.Length + text.Length };
        try
        {
            _ = header.Bytes;
        }
        catch (OverflowException)
        {
            throw new DataException($"its shape ({string.Join(", ", header.Shape)}) has more elements than memory can hold");
        }
        return header;
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static NpyHeader Parse(string text)
    {
        var words = new NpyHeaderText(text);
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        foreach (string key in words.Keys())
        {
            switch (key)
            {
                case "descr": descr = words.String(); break;
                case "fortran_order": fortran = words.Bool(); break;
                case "shape": shape = words.Tuple(); break;
                default: throw new DataException($"its header has the unknown key '{key}'");
            }
        }
        if (descr == null || fortran == null || shape == null)
            throw new DataException("its header lacks descr, fortran_order or shape");
        if (descr.Length < 2 || !"<>|=".Contains(descr[0]) || Types.FirstOrDefault(t => t.Code == descr[1..]) is not { Code: not null } type)
            throw new DataException($"its element type '{descr}' is not supported; valid: {string.Join(", ", Types.Select(t => t.Code))} of either byte order");
        return new NpyHeader(type.Element, descr[0] == '>', fortran.Value, new(shape), 0);
    }

    private static long Product(EquatableArray<long> shape)
    {
        long product = 1;
        foreach (long axis in shape)
        {
            // An axis of no elements must not hide an overflow of the others: strides are products of them.
            product = checked(product * Math.Max(axis, 1));
        }
        return shape.Contains(0) ? 0 : product;
    }
}

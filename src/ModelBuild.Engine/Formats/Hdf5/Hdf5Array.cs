using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelBuild.Engine;

/// <summary>An array's elements, row by row.</summary>
internal sealed record Hdf5Array(Hdf5File File, Hdf5Type Type, int[] Lengths, ReadOnlyMemory<byte> Data)
{
    private const int MostAxes = 32;

    public static Hdf5Array Of(Hdf5File file, Hdf5Type type, int[] lengths, ReadOnlyMemory<byte> data)
    {
        long bytes = Bytes(type, lengths);
        return bytes <= data.Length ? new(file, type, lengths, data[..(int)bytes]) : throw new Hdf5Exception($"an array of {bytes} bytes has {data.Length}");
    }

    /// <summary>How many bytes the elements take.</summary>
    public static long Bytes(Hdf5Type type, int[] lengths)
    {
        long bytes = type.Bytes;
        foreach (int length in lengths)
        {
            bytes *= length;
            if (bytes > int.MaxValue)
                throw new Hdf5Exception($"the shape [{string.Join(", ", lengths)}] has more than 2^31 bytes");
        }
        return bytes;
    }

    // "Dataspace Message".
    public static int[] Shape(Hdf5File file, ReadOnlySpan<byte> message)
    {
        var fields = new Hdf5Cursor(message);
        int version = fields.Byte(), rank = fields.Byte();
        fields.Skip(1);
        if (version is not (1 or 2) || rank > MostAxes)
            throw new Hdf5Exception($"a shape of version {version} with {rank} axes is not supported");
        if (version == 2 && fields.Byte() == 2)
            return [0];
        fields.Skip(version == 1 ? 5 : 0);
        var lengths = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            ulong length = file.Length(ref fields);
            lengths[i] = length <= int.MaxValue ? (int)length : throw new Hdf5Exception($"an axis of {length} elements is too long");
        }
        return lengths;
    }

    /// <summary>The numbers, floating-point ones as float32, integers as int64.</summary>
    public Tensor Numbers()
    {
        var (bytes, shape) = (Type.Bytes, ModelBuild.Engine.Shape.Of(Lengths));
        if (Type is { Class: Hdf5Class.Float, Bytes: 4, BigEndian: false, ExponentBits: 8 } && BitConverter.IsLittleEndian)
            return new Tensor(new(ElementType.Float32, shape), Data);
        byte[] data = Data.ToArray();
        for (int at = 0; Type.BigEndian && at < data.Length; at += bytes)
            data.AsSpan(at, bytes).Reverse();
        return Type switch
        {
            { Class: Hdf5Class.Float, Bytes: 2, ExponentBits: 5 } => Floats<Half>(v => (float)v),
            { Class: Hdf5Class.Float, Bytes: 2, ExponentBits: 8 } or { Class: Hdf5Class.Opaque, Bytes: 2 } => Floats<ushort>(v => BitConverter.Int32BitsToSingle(v << 16)),
            { Class: Hdf5Class.Float, Bytes: 4, ExponentBits: 8 } => Floats<float>(v => v),
            { Class: Hdf5Class.Float, Bytes: 8, ExponentBits: 11 } => Floats<double>(v => (float)v),
            { Class: Hdf5Class.Integer, Bytes: 1, Signed: true } => Integers<sbyte>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 1 } => Integers<byte>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 2, Signed: true } => Integers<short>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 2 } => Integers<ushort>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 4, Signed: true } => Integers<int>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 4 } => Integers<uint>(v => v),
            { Class: Hdf5Class.Integer, Bytes: 8 } => Integers<long>(v => v),
            _ => throw new Hdf5Exception($"elements of class {Type.Class} and {bytes} bytes are no numbers that are supported"),
        };

        Tensor Floats<T>(Func<T, float> convert) where T : unmanaged => Tensor.Of(shape, Array.ConvertAll(MemoryMarshal.Cast<byte, T>(data).ToArray(), v => convert(v)));
        Tensor Integers<T>(Func<T, long> convert) where T : unmanaged => Tensor.Of(shape, Array.ConvertAll(MemoryMarshal.Cast<byte, T>(data).ToArray(), v => convert(v)));
    }

    /// <summary>The texts.</summary>
    public string[] Texts()
    {
        // An empty list is written as one of numbers.
        if (Data.IsEmpty)
            return [];
        if (Type.Class is not (Hdf5Class.Text or Hdf5Class.LongText))
            throw new Hdf5Exception("there is no text where one should be");
        var texts = new string[Data.Length / Type.Bytes];
        long characters = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlySpan<byte> element = Data.Span.Slice(i * Type.Bytes, Type.Bytes);
            texts[i] = Encoding.UTF8.GetString(Type.Class == Hdf5Class.Text ? element : Long(element)).TrimEnd('\0');
            if ((characters += texts[i].Length) > File.Size)
                throw new Hdf5Exception("its texts are longer than the file");
        }
        return texts;
    }

    private ReadOnlySpan<byte> Long(ReadOnlySpan<byte> element)
    {
        var place = new Hdf5Cursor(element);
        uint length = place.UInt32();
        ulong address = File.Offset(ref place);
        uint number = place.UInt32();
        if (length == 0)
            return [];
        return File.Heap(address).TryGetValue(number, out ReadOnlyMemory<byte> text) && text.Length >= length ? text.Span[..(int)length] : throw new Hdf5Exception("a text is not in its heap");
    }
}

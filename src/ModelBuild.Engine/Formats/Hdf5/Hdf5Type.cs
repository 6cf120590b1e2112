namespace ModelBuild.Engine;

internal enum Hdf5Class { Integer, Float, Text, LongText, Opaque, Other }

/// <summary>What an element is. <see cref="Hdf5Class.LongText"/>: a text that lies in a heap. <paramref name="ExponentBits"/> tells floating-point types of one size apart.</summary>
internal sealed record Hdf5Type(Hdf5Class Class, int Bytes, bool BigEndian = false, bool Signed = false, int ExponentBits = 0)
{
    // "Datatype Message".
    public static Hdf5Type Read(ReadOnlySpan<byte> message) => Read(message, isBase: false);

    private static Hdf5Type Read(ReadOnlySpan<byte> message, bool isBase)
    {
        var fields = new Hdf5Cursor(message);
        int word = fields.Byte(), bits = fields.Byte();
        fields.Skip(2);
        uint size = fields.UInt32();
        if (size is 0 or > 1 << 20)
            throw new Hdf5Exception($"elements of {size} bytes are not supported");
        switch (word & 15)
        {
            case 0:
                return new(Hdf5Class.Integer, (int)size, (bits & 1) != 0, (bits & 8) != 0);
            case 1:
                fields.Skip(5);
                return new(Hdf5Class.Float, (int)size, (bits & 1) != 0, true, fields.Byte());
            case 3:
                return new(Hdf5Class.Text, (int)size);
            case 5:
                return new(Hdf5Class.Opaque, (int)size);
            // NumPy's bool is an enumeration over an integer.
            case 8 when !isBase:
                return Read(fields.Take(fields.Left), isBase: true);
            case 9 when (bits & 15) == 1:
                return new(Hdf5Class.LongText, (int)size);
            default:
                return new(Hdf5Class.Other, (int)size);
        }
    }
}

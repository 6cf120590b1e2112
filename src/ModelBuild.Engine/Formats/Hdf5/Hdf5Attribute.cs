using System.Text;

namespace ModelBuild.Engine;

/// <summary>An attribute message: a name, and an array whose data it holds.</summary>
internal readonly record struct Hdf5Attribute(string Name, Hdf5Array Value)
{
    // "Attribute Message"; version 1 pads its parts to eight bytes.
    public static Hdf5Attribute Read(Hdf5File file, ReadOnlyMemory<byte> message)
    {
        var fields = new Hdf5Cursor(message.Span);
        int version = fields.Byte(), flags = fields.Byte();
        if (version is < 1 or > 3)
            throw new Hdf5Exception($"attribute version {version} is not supported; 1 to 3 are");
        if (version > 1 && (flags & 3) != 0)
            throw new Hdf5Exception("an attribute whose type objects share is not supported");
        int name = fields.UInt16(), type = fields.UInt16(), space = fields.UInt16(), pad = version == 1 ? 7 : 0;
        fields.Skip(version == 3 ? 1 : 0);
        string text = Encoding.UTF8.GetString(fields.Take(name + pad & ~pad)[..name]).TrimEnd('\0');
        Hdf5Type element = Hdf5Type.Read(fields.Take(type + pad & ~pad));
        int[] shape = Hdf5Array.Shape(file, fields.Take(space + pad & ~pad));
        return new Hdf5Attribute(text, Hdf5Array.Of(file, element, shape, message[^fields.Left..]));
    }
}

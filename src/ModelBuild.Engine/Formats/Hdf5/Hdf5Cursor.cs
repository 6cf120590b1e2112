using System.Buffers.Binary;

namespace ModelBuild.Engine;

/// <summary>Little-endian fields one after the other; what would lie behind the end is an <see cref="Hdf5Exception"/>.</summary>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>An integer of 1 to 8 bytes.</summary>
    public ulong Unsigned(int bytes)
    {
        ReadOnlySpan<byte> digits = Take(bytes);
        ulong value = 0;
        for (int i = bytes - 1; i >= 0; i--)
            value = value << 8 | digits[i];
        return value;
    }

    public ReadOnlySpan<byte> Take(long bytes)
    {
        if (bytes < 0 || bytes > _rest.Length)
            throw new Hdf5Exception("a structure ends before its last field");
        ReadOnlySpan<byte> taken = _rest[..(int)bytes];
        _rest = _rest[(int)bytes..];
        return taken;
    }

    public void Skip(long bytes) => Take(bytes);

    public void Expect(ReadOnlySpan<byte> signature, string what)
    {
        if (_rest.Length < signature.Length || !Take(signature.Length).SequenceEqual(signature))
            throw new Hdf5Exception($"there is no {what} where one should be");
    }
}

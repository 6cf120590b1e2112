using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Symbols as the runtime's <see cref="Symbols"/> reads them, a method each <see cref="SymbolCode"/>; null where it can't say them.</summary>
internal static class SymbolWriter
{
    public delegate byte[]? Code(ReadOnlySpan<byte> symbols);

    public static byte[] Bits(ReadOnlySpan<byte> symbols)
    {
        int bits = 0;
        while (symbols.ContainsAnyExceptInRange((byte)0, (byte)((1 << bits) - 1)))
            bits++;
        var bytes = new byte[1 + ((long)symbols.Length * bits + 7) / 8];
        bytes[0] = (byte)bits;
        uint pending = 0;
        int waiting = 0, next = 1;
        foreach (byte symbol in symbols)
        {
            pending |= (uint)symbol << waiting;
            for (waiting += bits; waiting >= 8; waiting -= 8, pending >>= 8)
                bytes[next++] = (byte)pending;
        }
        if (waiting > 0)
            bytes[next] = (byte)pending;
        return bytes;
    }

    public static byte[]? Trits(ReadOnlySpan<byte> symbols)
    {
        if (symbols.ContainsAnyExceptInRange((byte)0, (byte)2))
            return null;
        var bytes = new byte[(symbols.Length + 4) / 5];
        for (int i = symbols.Length - 1; i >= 0; i--)
            bytes[i / 5] = (byte)(bytes[i / 5] * 3 + symbols[i]);
        return bytes;
    }

    /// <summary>Null where there is one symbol only, which no bits say as well.</summary>
    public static byte[]? Rans(ReadOnlySpan<byte> symbols) => symbols.IsEmpty || !symbols.ContainsAnyExcept(symbols[0]) ? null : RansEncoder.Encode(symbols);
}

namespace ModelBuild.Generated;

/// <summary>How symbols, numbers from 0 on that fit a byte, are stored.</summary>
internal enum SymbolCode
{
    /// <summary>A byte that says how many bits a symbol has, then those, lowest first.</summary>
    Bits,

    /// <summary>Five symbols of three levels a byte, as the digits of a number, lowest first.</summary>
    Trits,

    /// <summary>By how often each occurs: <see cref="Rans"/>.</summary>
    Rans,
}

/// <summary>Symbols from their stored form.</summary>
internal static class Symbols
{
    public static void Read(SymbolCode code, ReadOnlySpan<byte> stored, Span<byte> symbols)
    {
        switch (code)
        {
            case SymbolCode.Bits: Bits(stored, symbols); break;
            case SymbolCode.Trits: Trits(stored, symbols); break;
            default: Rans.Decode(stored, symbols); break;
        }
    }

    private static void Bits(ReadOnlySpan<byte> stored, Span<byte> symbols)
    {
        int bits = stored[0], waiting = 0, next = 0;
        if (bits > 8)
            throw new InvalidOperationException($"The weights are damaged: symbols of {bits} bits.");
        stored = stored.Slice(1, (int)(((long)symbols.Length * bits + 7) / 8));
        uint pending = 0, mask = (1u << bits) - 1;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (waiting < bits)
            {
                pending |= (uint)stored[next++] << waiting;
                waiting += 8;
            }
            symbols[i] = (byte)(pending & mask);
            pending >>= bits;
            waiting -= bits;
        }
    }

    private static void Trits(ReadOnlySpan<byte> stored, Span<byte> symbols)
    {
        stored = stored[..((symbols.Length + 4) / 5)];
        int digits = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (i % 5 == 0)
                digits = stored[i / 5];
            symbols[i] = (byte)(digits % 3);
            digits /= 3;
        }
    }
}

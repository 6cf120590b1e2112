using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

/// <summary>
/// Symbols in as many bits as they are rare, fractions of bits included: asymmetric numeral systems (Duda 2013) with one table of frequencies. What is stored are the table,
/// the state, and words of 16 bits, which the state takes when it gets small. Symbols were coded from the last to the first, so they come out from the first on.
/// </summary>
internal static class Rans
{
    /// <summary>Frequencies add up to 2 to the power of this.</summary>
    public const int Precision = 14;

    public const int Total = 1 << Precision;

    /// <summary>The state before the first symbol was coded, and the least between two.</summary>
    public const uint Least = 1 << 16;

    /// <param name="stored">What was stored, and behind it a word at least of anything: it is read before it is known not to be needed.</param>
    /// <param name="symbols">Becomes the symbols, as many as were coded.</param>
    /// <exception cref="InvalidOperationException">The bytes are not what was stored. Whatever they are, nothing outside the spans is touched.</exception>
    public static void Decode(ReadOnlySpan<byte> stored, Span<byte> symbols)
    {
        Span<byte> owners = stackalloc byte[Total];
        Span<uint> steps = stackalloc uint[256];
        ReadOnlySpan<byte> coded = ReadTable(stored, owners, steps);
        if (coded.Length < sizeof(uint) || Decode(MemoryMarshal.Cast<byte, ushort>(coded[sizeof(uint)..]), owners, steps, MemoryMarshal.Read<uint>(coded), symbols) != Least)
            throw Damaged();
    }

    /// <summary>The state after the last symbol; 0 where the words come to an end before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint Decode(ReadOnlySpan<ushort> words, ReadOnlySpan<byte> owners, ReadOnlySpan<uint> steps, uint state, Span<byte> symbols)
    {
        int next = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            uint slot = state & (Total - 1);
            byte symbol = owners[(int)slot];
            uint step = steps[symbol];
            symbols[i] = symbol;
            state = (step >> 16) * (state >> Precision) + slot - (ushort)step;
            if (next == words.Length)
                return 0;
            // All bits where the state is below the least, else none: processors can't foresee a jump.
            int small = (int)(state >> 16) - 1 >> 31;
            state = state << (small & 16) | words[next] & (uint)small;
            next -= small;
        }
        return state;
    }

    /// <summary>
    /// The last symbol, the one that has what frequencies the others leave, and from the lowest bit on: how many bits behind a frequency's first are kept (4 bits), and for each
    /// other symbol up to the last its frequency's length (4 bits, 0 where it doesn't occur) and the bits that are kept. <paramref name="owners"/> become the symbols of the slots,
    /// <paramref name="steps"/> a symbol's frequency and, in the low half, its first slot.
    /// </summary>
    private static ReadOnlySpan<byte> ReadTable(ReadOnlySpan<byte> stored, Span<byte> owners, Span<uint> steps)
    {
        Span<int> frequencies = stackalloc int[256];
        int at = 0, last = Bits(stored, ref at, 8), most = Bits(stored, ref at, 8), kept = Bits(stored, ref at, 4), left = Total;
        for (int symbol = 0; symbol <= last; symbol++)
        {
            if (symbol == most || Bits(stored, ref at, 4) is not (> 0 and var length))
                continue;
            int few = Math.Min(length - 1, kept);
            frequencies[symbol] = (1 << few | Bits(stored, ref at, few)) << length - 1 - few;
            left -= frequencies[symbol];
        }
        if (left <= 0)
            throw Damaged();
        frequencies[most] = left;
        for (int symbol = 0, first = 0; symbol < frequencies.Length; first += frequencies[symbol++])
        {
            owners.Slice(first, frequencies[symbol]).Fill((byte)symbol);
            steps[symbol] = (uint)(frequencies[symbol] << 16 | first);
        }
        return stored[((at + 7) / 8)..];
    }

    private static int Bits(ReadOnlySpan<byte> stored, ref int at, int count)
    {
        int bits = 0;
        for (int i = 0; i < count; i++, at++)
            bits |= (at / 8 < stored.Length ? stored[at / 8] >> at % 8 & 1 : throw Damaged()) << i;
        return bits;
    }

    private static InvalidOperationException Damaged() => new("The weights are damaged: coded symbols can't be read.");
}

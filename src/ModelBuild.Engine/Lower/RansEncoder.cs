using System.Numerics;
using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Codes symbols for the runtime's <see cref="Rans"/>, which says how.</summary>
internal sealed class RansEncoder
{
    /// <summary>Bits behind the first of a frequency that say all of it.</summary>
    private const int All = Rans.Precision - 1;

    /// <summary>Up to here a table of rough frequencies may be worth what they cost; beyond, tables are small beside what is coded.</summary>
    private const int Few = 1 << 16;

    private readonly int[] _frequencies;
    private readonly int _last, _most, _kept;

    private RansEncoder(int[] frequencies, int kept)
    {
        _frequencies = frequencies;
        _last = Array.FindLastIndex(frequencies, f => f > 0);
        _most = Array.IndexOf(frequencies, frequencies.Max());
        _kept = kept;
        if (kept < All)
            _frequencies = Rough(frequencies);
    }

    /// <summary>The symbols by the table that makes them smallest; two different ones there are at least.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> symbols)
    {
        var counts = new int[256];
        foreach (byte symbol in symbols)
            counts[symbol]++;
        int[] frequencies = Frequencies(counts);
        byte[] best = new RansEncoder(frequencies, All).Code(symbols);
        for (int kept = 0; kept < All && symbols.Length <= Few; kept++)
        {
            var rough = new RansEncoder(frequencies, kept);
            if (rough._frequencies[rough._most] > 0 && rough.Code(symbols) is var coded && coded.Length < best.Length)
                best = coded;
        }
        return best;
    }

    private byte[] Code(ReadOnlySpan<byte> symbols)
    {
        var firsts = new int[256];
        for (int symbol = 1; symbol < firsts.Length; symbol++)
            firsts[symbol] = firsts[symbol - 1] + _frequencies[symbol - 1];
        var words = new List<ushort>();
        uint state = Rans.Least;
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            uint frequency = (uint)_frequencies[symbols[i]];
            // What would leave 32 bits gives its low half away first.
            if (state >= (ulong)frequency << 32 - Rans.Precision)
            {
                words.Add((ushort)state);
                state >>= 16;
            }
            state = (state / frequency << Rans.Precision) + state % frequency + (uint)firsts[symbols[i]];
        }
        words.Reverse();
        return [.. Table(), .. BitConverter.GetBytes(state), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(words))];
    }

    private List<byte> Table()
    {
        var table = new List<byte>();
        int at = 0;
        Add(_last, 8);
        Add(_most, 8);
        Add(_kept, 4);
        for (int symbol = 0; symbol <= _last; symbol++)
        {
            if (symbol == _most)
                continue;
            int length = Length(_frequencies[symbol]), few = Math.Clamp(length - 1, 0, _kept);
            Add(length, 4);
            Add(_frequencies[symbol] >> Math.Max(0, length - 1 - few), few);
        }
        return table;

        void Add(int bits, int count)
        {
            for (int i = 0; i < count; i++, at++)
            {
                if (at % 8 == 0)
                    table.Add(0);
                table[^1] |= (byte)((bits >> i & 1) << at % 8);
            }
        }
    }

    /// <summary>The frequencies to the nearest that the bits that are kept can say. The most frequent symbol has what is left, which may be nothing.</summary>
    private int[] Rough(int[] frequencies)
    {
        int[] rough = Array.ConvertAll(frequencies, f =>
        {
            int dropped = Math.Max(0, Length(f) - 1 - _kept);
            return f + (1 << dropped >> 1) >> dropped << dropped;
        });
        rough[_most] = 0;
        rough[_most] = Math.Max(0, Rans.Total - rough.Sum());
        return rough;
    }

    private static int Length(int frequency) => 32 - BitOperations.LeadingZeroCount((uint)frequency);

    /// <summary>
    /// The counts as shares of <see cref="Rans.Total"/>, none of them zero that wasn't. Rounded down, then raised where a step saves the most bits and lowered where it costs the
    /// fewest: about n ÷ (f + ½) a step, compared as whole numbers, so that all processors agree.
    /// </summary>
    private static int[] Frequencies(int[] counts)
    {
        long all = counts.Sum(c => (long)c);
        int[] frequencies = Array.ConvertAll(counts, c => c == 0 ? 0 : Math.Max(1, (int)(c * (long)Rans.Total / all)));
        for (int left = Rans.Total - frequencies.Sum(); left > 0; left--)
            frequencies[Best((a, b) => (long)counts[a] * (2 * frequencies[b] + 1) > (long)counts[b] * (2 * frequencies[a] + 1))]++;
        for (int over = frequencies.Sum() - Rans.Total; over > 0; over--)
            frequencies[Best((a, b) => frequencies[b] == 1 || (frequencies[a] > 1 && (long)counts[a] * (2 * frequencies[b] - 1) < (long)counts[b] * (2 * frequencies[a] - 1)))]--;
        return frequencies;

        int Best(Func<int, int, bool> better)
        {
            int best = -1;
            for (int symbol = 0; symbol < counts.Length; symbol++)
            {
                if (counts[symbol] > 0 && (best < 0 || better(symbol, best)))
                    best = symbol;
            }
            return best;
        }
    }
}

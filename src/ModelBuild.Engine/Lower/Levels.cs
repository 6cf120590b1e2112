using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>Weights of few levels: <paramref name="Symbols"/>, a byte each, and in <paramref name="Head"/> what the runtime's Expansion makes of those.</summary>
internal sealed record Levels(byte[] Head, byte[] Symbols)
{
    /// <summary>The bytes, those that the code gives for the symbols last; null where it gives none.</summary>
    public byte[]? Pack(SymbolWriter.Code code) => code(Symbols) is { } coded ? [.. Head, .. coded] : null;

    /// <summary>Integers as what they have above the lowest one.</summary>
    public static Levels? Of(ReadOnlySpan<sbyte> integers)
    {
        if (integers.IsEmpty)
            return null;
        sbyte lowest = sbyte.MaxValue;
        foreach (sbyte integer in integers)
            lowest = Math.Min(lowest, integer);
        var symbols = new byte[integers.Length];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = (byte)(integers[i] - lowest);
        return new([(byte)lowest], symbols);
    }

    /// <summary>As a <see cref="Grid"/>, or as two: of fewer integers, or of scales that are float16.</summary>
    public static IEnumerable<Levels> OfGrid(ReadOnlySpan<float> weights, PanelLayout layout) => Grid.Of(weights, layout).Select(grid =>
    {
        Levels levels = Of(grid.Integers)!;
        return levels with { Head = [.. Numbers(grid.Scales), .. levels.Head] };
    });

    /// <summary>As <see cref="BlockGrid"/>s.</summary>
    public static IEnumerable<Levels> OfBlocks(ReadOnlySpan<float> weights, PanelLayout layout)
    {
        int channels = layout.Channels > 0 ? layout.Channels : weights.IsEmpty ? 1 : layout.Each(weights.Length);
        return BlockGrid.Of(weights, layout).Select(blocks =>
        {
            Levels levels = Of(blocks.Grid.Integers)!;
            return levels with { Head = [.. BitConverter.GetBytes(channels), .. BitConverter.GetBytes((ushort)blocks.Block), .. Numbers(blocks.Grid.Scales), .. levels.Head] };
        });
    }

    /// <summary>As floats of eight bits, of each type that can say them.</summary>
    public static IEnumerable<Levels> OfFloat8(ReadOnlySpan<float> weights, PanelLayout layout)
    {
        var found = new List<Levels>();
        foreach (Float8Type type in Float8Type.All)
        {
            if (ScaledFloats.Of(weights, layout, type) is { } floats)
                found.Add(new([type.Fraction, .. Numbers(floats.Scales)], floats.Codes));
        }
        return found;
    }

    /// <summary>As one of two values of their output; null where one has more.</summary>
    public static Levels? OfPairs(ReadOnlySpan<float> weights, PanelLayout layout)
    {
        if (weights.IsEmpty)
            return null;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(weights);
        int[] outputs = Grid.Outputs(weights.Length, layout);
        uint?[] first = new uint?[layout.All], second = new uint?[layout.All];
        for (int i = 0; i < bits.Length; i++)
        {
            int output = outputs[i];
            first[output] ??= bits[i];
            if (bits[i] == first[output])
                continue;
            second[output] ??= bits[i];
            if (bits[i] != second[output])
                return null;
        }
        // In one order, so that where one is rarer, it is the same one in all outputs: as signs lie, the negative one comes last.
        for (int output = 0; output < first.Length; output++)
            (first[output], second[output]) = first[output] <= (second[output] ?? first[output]) ? (first[output], second[output] ?? first[output]) : (second[output], first[output]);
        var symbols = new byte[weights.Length];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = (byte)(bits[i] == first[outputs[i]] ? 0 : 1);
        uint[] values = [.. first.Concat(second).Select(v => v ?? 0)];
        return new(Numbers(MemoryMarshal.Cast<uint, float>(values)), symbols);
    }

    /// <summary>As places in a list of the values that there are, which may be 256.</summary>
    public static Levels? OfPalette(ReadOnlySpan<float> weights)
    {
        // Bits, so that −0 is a value of its own.
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(weights);
        var values = new HashSet<uint>();
        foreach (uint value in bits)
        {
            if (values.Add(value) && values.Count > 256)
                return null;
        }
        if (values.Count == 0)
            return null;
        uint[] palette = [.. values.Order()];
        Dictionary<uint, byte> places = palette.Index().ToDictionary(p => p.Item, p => (byte)p.Index);
        var symbols = new byte[weights.Length];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = places[bits[i]];
        return new([(byte)(palette.Length - 1), .. Numbers(MemoryMarshal.Cast<uint, float>(palette))], symbols);
    }

    /// <summary>A byte that says how many each has, and the numbers: as float16 where they all are.</summary>
    private static byte[] Numbers(ReadOnlySpan<float> values) =>
        StoredForm.Halves(values) is { } halves ? [sizeof(ushort), .. halves] : [sizeof(float), .. MemoryMarshal.AsBytes(values)];
}

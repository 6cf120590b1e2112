using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>
/// A form in which weights are stored, other than the one that kernels read. <paramref name="Decoder"/> is the method of the runtime's Expansion that undoes
/// <paramref name="Pack"/>, to the bit: what a recipe may lose is lost before, in the graph. Pack gives null where the form can't say the data.
/// <paramref name="Coded"/> forms decode symbol by symbol, and are for layers that a recipe's encode() selects; decoders of <paramref name="ByOutput"/> forms take the layout's sizes.
/// </summary>
internal sealed record StoredForm(string Decoder, int ElementBytes, StoredForm.Packer Pack, bool Coded = false, bool ByOutput = false)
{
    public delegate byte[]? Packer(ReadOnlySpan<byte> data, PanelLayout layout);

    /// <summary>The decoder of weights that are stored as they are, for kernels that read another form of them.</summary>
    public static string Plain(int elementBytes) => elementBytes == sizeof(float) ? "F32" : "I8";

    /// <summary>The packing table. Of forms of one size the first is taken.</summary>
    public static readonly StoredForm[] Table =
    [
        new("F16", 4, (data, _) => Halves(Floats(data))),
        new("MaskF32", 4, (data, _) => Mask(MemoryMarshal.Cast<byte, uint>(data))),
        new("MaskF16", 4, (data, _) => Halves(Floats(data)) is { } halves ? Mask(MemoryMarshal.Cast<byte, ushort>(halves.AsSpan())) : null),
        new("MaskI8", 1, (data, _) => Mask(data)),
        new("I16", 4, (data, _) => Narrow(data, 2)),
        new("I24", 4, (data, _) => Narrow(data, 3)),
        new("BitsI8", 1, (data, _) => Levels.Of(Integers(data))?.Pack(SymbolWriter.Bits)),
        new("TritsI8", 1, (data, _) => Levels.Of(Integers(data))?.Pack(SymbolWriter.Trits)),
        new("RansI8", 1, (data, _) => Levels.Of(Integers(data))?.Pack(SymbolWriter.Rans), Coded: true),
        new("BitsGrid", 4, (data, layout) => Smallest(Levels.OfGrid(Floats(data), layout), SymbolWriter.Bits), ByOutput: true),
        new("TritsGrid", 4, (data, layout) => Smallest(Levels.OfGrid(Floats(data), layout), SymbolWriter.Trits), ByOutput: true),
        new("RansGrid", 4, (data, layout) => Smallest(Levels.OfGrid(Floats(data), layout), SymbolWriter.Rans), Coded: true, ByOutput: true),
        new("BitsBlocks", 4, (data, layout) => Smallest(Levels.OfBlocks(Floats(data), layout), SymbolWriter.Bits), ByOutput: true),
        new("TritsBlocks", 4, (data, layout) => Smallest(Levels.OfBlocks(Floats(data), layout), SymbolWriter.Trits), ByOutput: true),
        new("RansBlocks", 4, (data, layout) => Smallest(Levels.OfBlocks(Floats(data), layout), SymbolWriter.Rans), Coded: true, ByOutput: true),
        new("BitsFloat8", 4, (data, layout) => Smallest(Levels.OfFloat8(Floats(data), layout), SymbolWriter.Bits), ByOutput: true),
        new("RansFloat8", 4, (data, layout) => Smallest(Levels.OfFloat8(Floats(data), layout), SymbolWriter.Rans), Coded: true, ByOutput: true),
        new("BitsPair", 4, (data, layout) => Levels.OfPairs(Floats(data), layout)?.Pack(SymbolWriter.Bits), ByOutput: true),
        new("RansPair", 4, (data, layout) => Levels.OfPairs(Floats(data), layout)?.Pack(SymbolWriter.Rans), Coded: true, ByOutput: true),
        new("BitsPalette", 4, (data, _) => Levels.OfPalette(Floats(data))?.Pack(SymbolWriter.Bits)),
        new("TritsPalette", 4, (data, _) => Levels.OfPalette(Floats(data))?.Pack(SymbolWriter.Trits)),
        new("RansPalette", 4, (data, _) => Levels.OfPalette(Floats(data))?.Pack(SymbolWriter.Rans), Coded: true),
    ];

    /// <summary>What its decoder needs to know of a layout.</summary>
    public Ints Sizes(PanelLayout layout) => ByOutput ? new([layout.Outputs, layout.Depth, layout.Width, layout.Groups]) : default;

    /// <summary>Below this a form isn't worth a line of the plan and a second copy in memory.</summary>
    private const int LeastSaved = 64;

    /// <summary>The smallest form of some elements; null where they are best stored as kernels read them.</summary>
    public static (StoredForm Form, byte[] Packed)? Smallest(ReadOnlySpan<byte> data, int elementBytes, PanelLayout? layout = null, bool coded = false) =>
        Smallest(Table.Where(f => f.ElementBytes == elementBytes && (coded || !f.Coded)), data, layout ?? PanelLayout.One(data.Length / elementBytes));

    private static (StoredForm Form, byte[] Packed)? Smallest(IEnumerable<StoredForm> forms, ReadOnlySpan<byte> data, PanelLayout layout)
    {
        (StoredForm, byte[] Packed)? best = null;
        foreach (StoredForm form in forms)
        {
            if (form.Pack(data, layout) is { } packed && packed.Length + LeastSaved <= data.Length && (best == null || packed.Length < best.Value.Packed.Length))
                best = (form, packed);
        }
        return best;
    }

    /// <summary>The smallest form of sparse weights whose groups of <paramref name="rows"/> elements are mostly all zero: its decoder, how many elements a bit of the mask stands for, and the bytes.</summary>
    public static (string Decoder, int Group, byte[] Packed) Sparse(ReadOnlySpan<float> weights, int rows)
    {
        (string, int, byte[] Packed)? best = null;
        Half[]? halves = Halves(weights) is { } bytes ? MemoryMarshal.Cast<byte, Half>(bytes).ToArray() : null;
        foreach (int group in rows == 1 ? [1] : (int[])[rows, 1])
        {
            var (decoder, packed) = halves != null ? ("SparseF16", Mask(MemoryMarshal.Cast<Half, ushort>(halves), group)) : ("SparseF32", Mask(MemoryMarshal.Cast<float, uint>(weights), group));
            if (best == null || packed.Length < best.Value.Packed.Length)
                best = (decoder, group, packed);
        }
        return best!.Value;
    }

    /// <summary>The smallest form of sparse weights that knows their outputs, of which the runtime then makes what kernels read.</summary>
    public static (StoredForm Form, byte[] Packed)? SmallestByOutput(ReadOnlySpan<float> weights, PanelLayout layout, bool coded) =>
        Smallest(Table.Where(f => f.ByOutput && (coded || !f.Coded)), MemoryMarshal.AsBytes(weights), layout);

    private static byte[]? Smallest(IEnumerable<Levels> levels, SymbolWriter.Code code) => levels.Select(l => l.Pack(code)).OfType<byte[]>().MinBy(packed => packed.Length);

    private static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> data) => MemoryMarshal.Cast<byte, float>(data);

    private static ReadOnlySpan<sbyte> Integers(ReadOnlySpan<byte> data) => MemoryMarshal.Cast<byte, sbyte>(data);

    /// <summary>Integers of four bytes without their high ones, where those say the sign only.</summary>
    private static byte[]? Narrow(ReadOnlySpan<byte> data, int bytes)
    {
        ReadOnlySpan<int> integers = MemoryMarshal.Cast<byte, int>(data);
        var narrow = new byte[integers.Length * bytes];
        int unused = 32 - 8 * bytes;
        for (int i = 0; i < integers.Length; i++)
        {
            if (integers[i] << unused >> unused != integers[i])
                return null;
            data.Slice(i * sizeof(int), bytes).CopyTo(narrow.AsSpan(i * bytes));
        }
        return narrow;
    }

    /// <summary>The numbers as float16, where all of them are numbers of that type.</summary>
    public static byte[]? Halves(ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            // Bits, so that −0 stays; a NaN's are the processor's own.
            if (float.IsNaN(values[i]) || BitConverter.SingleToUInt32Bits((float)halves[i]) != BitConverter.SingleToUInt32Bits(values[i]))
                return null;
        }
        return MemoryMarshal.AsBytes(halves.AsSpan()).ToArray();
    }

    /// <summary>A bit for each group of elements, set where they aren't all zero, lowest bit first; then those groups.</summary>
    private static byte[] Mask<T>(ReadOnlySpan<T> elements, int group = 1) where T : unmanaged, IEquatable<T>
    {
        var mask = new byte[(elements.Length / group + 7) / 8];
        var values = new List<T>();
        for (int i = 0; i < elements.Length / group; i++)
        {
            ReadOnlySpan<T> one = elements.Slice(i * group, group);
            if (!one.ContainsAnyExcept(default(T)))
                continue;
            mask[i >> 3] |= (byte)(1 << (i & 7));
            values.AddRange(one);
        }
        return [.. mask, .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values))];
    }
}

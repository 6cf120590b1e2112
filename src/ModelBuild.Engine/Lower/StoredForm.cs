using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>
/// A form in which weights are stored, other than the one that kernels read. <paramref name="Decoder"/> is the method of the runtime's Expansion that undoes
/// <paramref name="Pack"/>, to the bit: what a recipe may lose is lost before, in the graph. Pack gives null where the form can't say the data.
/// </summary>
internal sealed record StoredForm(string Decoder, int ElementBytes, StoredForm.Packer Pack)
{
    public delegate byte[]? Packer(ReadOnlySpan<byte> data);

    /// <summary>The decoder of weights that are stored as they are, for kernels that read another form of them.</summary>
    public static string Plain(int elementBytes) => elementBytes == sizeof(float) ? "F32" : "I8";

    /// <summary>The packing table. Of forms of one size the first is taken.</summary>
    public static readonly StoredForm[] Table =
    [
        new("F16", 4, data => Halves(MemoryMarshal.Cast<byte, float>(data))),
        new("MaskF32", 4, data => Mask(MemoryMarshal.Cast<byte, uint>(data))),
        new("MaskF16", 4, data => Halves(MemoryMarshal.Cast<byte, float>(data)) is { } halves ? Mask(MemoryMarshal.Cast<byte, ushort>(halves.AsSpan())) : null),
        new("MaskI8", 1, data => Mask(data)),
    ];

    /// <summary>Below this a form isn't worth a line of the plan and a second copy in memory.</summary>
    private const int LeastSaved = 64;

    /// <summary>The smallest form of some elements; null where they are best stored as kernels read them.</summary>
    public static (StoredForm Form, byte[] Packed)? Smallest(ReadOnlySpan<byte> data, int elementBytes)
    {
        (StoredForm, byte[] Packed)? best = null;
        foreach (StoredForm form in Table)
        {
            if (form.ElementBytes == elementBytes && form.Pack(data) is { } packed && packed.Length + LeastSaved <= data.Length && (best == null || packed.Length < best.Value.Packed.Length))
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

    /// <summary>The numbers as float16, where all of them are numbers of that type.</summary>
    private static byte[]? Halves(ReadOnlySpan<float> values)
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

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
        new("MaskI8", 1, Mask),
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

    /// <summary>A bit for each element, set where it isn't zero, lowest bit first; then those elements.</summary>
    private static byte[] Mask<T>(ReadOnlySpan<T> elements) where T : unmanaged, IEquatable<T>
    {
        var mask = new byte[(elements.Length + 7) / 8];
        var values = new List<T>();
        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i].Equals(default))
                continue;
            mask[i >> 3] |= (byte)(1 << (i & 7));
            values.Add(elements[i]);
        }
        return [.. mask, .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values))];
    }
}

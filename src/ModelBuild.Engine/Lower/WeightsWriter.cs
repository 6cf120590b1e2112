using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>The weights resource as it is written: a header of 64 bytes, then the data of the layers, equal ones once.</summary>
internal sealed class WeightsWriter(Optimize optimize)
{
    /// <summary>Kernels may load whole vectors past the last element.</summary>
    private const int Tail = 128, Alignment = 64;

    /// <summary>The bytes before the data.</summary>
    public const int Header = 64;

    // Pieces, put together once: large weights should not be in memory many times over.
    private readonly List<byte[]> _pieces = [];
    private int _count = Header;
    private readonly Dictionary<string, Buffer> _known = [];

    /// <summary>What is stored in another form than kernels read.</summary>
    public List<PlanExpansion> Expansions { get; } = [];

    /// <summary>The length of the block that stored forms are expanded to.</summary>
    public int ExpandedBytes { get; private set; }

    /// <summary>Elements as kernels read them, stored in the smallest form that loses nothing, or so for speed. Without a layout all of them are one output's.</summary>
    public Buffer Add(ReadOnlySpan<byte> data, int elementBytes, WeightsOwner owner, PanelLayout? layout = null) => Add(data, elementBytes, owner, layout, WeightsForm.Same);

    /// <summary>The same of float32 filters of which kernels read a form.</summary>
    public Buffer Add(ReadOnlySpan<float> filters, WeightsOwner owner, PanelLayout? layout, WeightsForm form)
    {
        if (optimize == Optimize.Size)
            return Add(MemoryMarshal.AsBytes(filters), sizeof(float), owner, layout, form);
        var formed = new float[WinogradWeights.Elements(form, filters.Length)];
        WinogradWeights.Write(form, filters, formed);
        return Add(MemoryMarshal.AsBytes(formed.AsSpan()), sizeof(float), owner);
    }

    /// <summary>The same of s8 filters.</summary>
    public Buffer Add(ReadOnlySpan<sbyte> filters, WeightsOwner owner, WeightsForm form)
    {
        if (optimize == Optimize.Size)
            return Add(MemoryMarshal.AsBytes(filters), sizeof(sbyte), owner, null, form);
        var formed = new short[WinogradWeights.Elements(form, filters.Length)];
        WinogradWeights.Write(form, filters, formed);
        return Add(MemoryMarshal.AsBytes(formed.AsSpan()), sizeof(short), owner);
    }

    private Buffer Add(ReadOnlySpan<byte> data, int elementBytes, WeightsOwner owner, PanelLayout? layout, WeightsForm form)
    {
        string key = $"{Convert.ToHexString(SHA256.HashData(data))} {form}";
        if (_known.TryGetValue(key, out Buffer? buffer))
            return buffer;
        (StoredForm Form, byte[] Packed)? stored = optimize == Optimize.Speed ? null : StoredForm.Smallest(data, elementBytes, layout, owner.Coded);
        if (stored == null && form == WeightsForm.Same)
            return _known[key] = new Buffer(Space.Weights, data.Length, Append(data));
        int elements = data.Length / elementBytes, bytes = form == WeightsForm.Same ? data.Length : WinogradWeights.Elements(form, elements) * (elementBytes == sizeof(float) ? sizeof(float) : sizeof(short));
        Ints sizes = stored?.Form.Sizes(layout ?? PanelLayout.One(elements)) ?? default;
        return _known[key] = Expand(new PlanExpansion(owner.Name, stored?.Form.Decoder ?? StoredForm.Plain(elementBytes), Append(stored is { } s ? s.Packed : data), 0, elements, form == WeightsForm.Same ? "" : form.ToString(), sizes), bytes);
    }

    /// <summary>Weights as the sparse kernel reads them; in the order [panel][channel][output].</summary>
    public Buffer AddSparse(ReadOnlySpan<float> weights, PanelLayout layout, WeightsOwner owner)
    {
        var (outputs, depth, rows, _) = layout;
        var form = new SparseForm(outputs, depth, rows);
        var words = new int[form.Length(weights)];
        form.Write(weights, words);
        ReadOnlySpan<byte> data = MemoryMarshal.AsBytes(words.AsSpan());
        string key = Convert.ToHexString(SHA256.HashData(data));
        if (_known.TryGetValue(key, out Buffer? buffer))
            return buffer;
        if (optimize == Optimize.Speed)
            return _known[key] = new Buffer(Space.Weights, data.Length, Append(data));
        var (decoder, group, packed) = StoredForm.Sparse(weights, rows);
        if (StoredForm.SmallestByOutput(weights, layout, owner.Coded) is { } grid && grid.Packed.Length < packed.Length)
            return _known[key] = Expand(new PlanExpansion(owner.Name, grid.Form.Decoder, Append(grid.Packed), 0, weights.Length, nameof(WeightsForm.Sparse), grid.Form.Sizes(layout)), data.Length);
        return _known[key] = Expand(new PlanExpansion(owner.Name, decoder, Append(packed), 0, words.Length, Sizes: new([outputs, depth, rows, group])), data.Length);
    }

    private Buffer Expand(PlanExpansion expansion, int bytes)
    {
        int to = Expansions.Count == 0 ? 0 : ExpandedBytes - Tail;
        to = (to + Alignment - 1) / Alignment * Alignment;
        ExpandedBytes = checked(to + bytes + Tail);
        Expansions.Add(expansion with { To = to });
        return new Buffer(Space.Expanded, bytes, to);
    }

    private int Append(ReadOnlySpan<byte> data)
    {
        int padding = (4 - _count % 4) % 4, offset = checked(_count + padding);
        if (padding > 0)
            _pieces.Add(new byte[padding]);
        _pieces.Add(data.ToArray());
        _count = checked(offset + data.Length);
        return offset;
    }

    /// <summary>The resource; its id, the hash of <paramref name="plan"/> and data, ties the two together.</summary>
    public byte[] Finish(Func<string, string> plan, out string text)
    {
        var bytes = new byte[Length];
        int at = Header;
        foreach (byte[] piece in _pieces)
        {
            piece.CopyTo(bytes, at);
            at += piece.Length;
        }
        Seal(bytes, plan, out text);
        return bytes;
    }

    /// <summary>Writes the header of a resource that is complete otherwise.</summary>
    public static void Seal(byte[] bytes, Func<string, string> plan, out string text)
    {
        using var both = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        both.AppendData(System.Text.Encoding.UTF8.GetBytes(plan("")));
        both.AppendData(bytes);
        byte[] hash = both.GetHashAndReset();
        "MODELBLD"u8.CopyTo(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), Plan.Format);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), bytes.Length);
        hash.AsSpan(0, 16).CopyTo(bytes.AsSpan(16));
        text = plan(Convert.ToHexStringLower(hash.AsSpan(0, 16)));
    }

    /// <summary>The SHA-256 of what follows the header, in hexadecimal; final once every layer has been added.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (byte[] piece in _pieces)
                hash.AppendData(piece);
            hash.AppendData(new byte[Length - _count]);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    public int Length => checked(_count + (4 - _count % 4) % 4 + Tail);
}

/// <summary>Whose weights they are, for readers of the plan, and whether they may be stored by their entropy.</summary>
internal readonly record struct WeightsOwner(string Name, bool Coded = false);

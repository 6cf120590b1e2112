using System.Buffers.Binary;
using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

/// <summary>
/// Weights from their stored form to the one that kernels read, once per process. A method is a decoder: <c>from</c> is a place in the weights,
/// <c>to</c> one in the expanded block, both in bytes.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Expansion
{
    private readonly byte* _weights, _expanded;
    private readonly int _weightsBytes, _expandedBytes;

    internal Expansion(byte* weights, int weightsBytes, byte* expanded, int expandedBytes)
    {
        _weights = weights;
        _weightsBytes = weightsBytes;
        _expanded = expanded;
        _expandedBytes = expandedBytes;
    }

    /// <summary>Nothing to decode: what is stored differs from what kernels read in its form only.</summary>
    public void F32(int from, int to, int elements, WeightsForm form) => WinogradWeights.Write(form, Stored<float>(from, elements), Expanded<float>(to, WinogradWeights.Elements(form, elements)));

    /// <summary>As <see cref="F32"/>, of bytes.</summary>
    public void I8(int from, int to, int elements, WeightsForm form) => WinogradWeights.Write(form, Stored<sbyte>(from, elements), Expanded<short>(to, WinogradWeights.Elements(form, elements)));

    /// <summary>float16 to float32.</summary>
    public void F16(int from, int to, int elements, WeightsForm form = WeightsForm.Same)
    {
        ReadOnlySpan<Half> stored = Stored<Half>(from, elements);
        Span<float> decoded = Decoded(to, elements, form);
        for (int i = 0; i < stored.Length; i++)
            decoded[i] = (float)stored[i];
        Finish(decoded, to, form);
    }

    /// <summary>A mask of the elements that aren't zero, one bit each, lowest bit first; then those elements.</summary>
    public void MaskF32(int from, int to, int elements, WeightsForm form = WeightsForm.Same)
    {
        Span<float> decoded = Decoded(to, elements, form);
        Mask(from, decoded);
        Finish(decoded, to, form);
    }

    /// <summary>As <see cref="MaskF32"/>, of bytes.</summary>
    public void MaskI8(int from, int to, int elements, WeightsForm form = WeightsForm.Same)
    {
        Span<sbyte> decoded = DecodedI8(to, elements, form);
        Mask(from, decoded);
        Finish(decoded, to, form);
    }

    /// <summary>As <see cref="MaskF32"/>, stored as float16.</summary>
    public void MaskF16(int from, int to, int elements, WeightsForm form = WeightsForm.Same)
    {
        ReadOnlySpan<byte> mask = Stored<byte>(from, Bytes(elements));
        Span<float> decoded = Decoded(to, elements, form);
        ReadOnlySpan<Half> values = Stored<Half>(from + mask.Length, Ones(mask));
        int next = 0;
        for (int i = 0; i < elements; i++)
            decoded[i] = (mask[i >> 3] >> (i & 7) & 1) != 0 ? (float)values[next++] : 0;
        Finish(decoded, to, form);
    }

    /// <summary>Integers of four bytes that fit two.</summary>
    public void I16(int from, int to, int elements)
    {
        ReadOnlySpan<short> stored = Stored<short>(from, elements);
        Span<int> decoded = Expanded<int>(to, elements);
        for (int i = 0; i < stored.Length; i++)
            decoded[i] = stored[i];
    }

    /// <summary>Integers of four bytes that fit three.</summary>
    public void I24(int from, int to, int elements)
    {
        ReadOnlySpan<byte> stored = Stored<byte>(from, checked(elements * 3));
        Span<int> decoded = Expanded<int>(to, elements);
        for (int i = 0; i < decoded.Length; i++)
            decoded[i] = stored[3 * i] | stored[3 * i + 1] << 8 | (sbyte)stored[3 * i + 2] << 16;
    }

    /// <summary>Bytes of few levels: the lowest one, then how far above it each is, in <see cref="SymbolCode.Bits"/>.</summary>
    public void BitsI8(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Integers(SymbolCode.Bits, from, to, elements, form);

    /// <summary>As <see cref="BitsI8"/>, in <see cref="SymbolCode.Trits"/>.</summary>
    public void TritsI8(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Integers(SymbolCode.Trits, from, to, elements, form);

    /// <summary>As <see cref="BitsI8"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansI8(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Integers(SymbolCode.Rans, from, to, elements, form);

    /// <summary>
    /// Small integers times a scale of their output: the scales of all outputs as <see cref="Numbers"/>, then the integers as <see cref="BitsI8"/> has them. The sizes are a
    /// <see cref="PanelLayout"/>'s; of what is for the sparse kernel, blocks are its panels.
    /// </summary>
    public void BitsGrid(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Grid(SymbolCode.Bits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsGrid"/>, in <see cref="SymbolCode.Trits"/>.</summary>
    public void TritsGrid(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Grid(SymbolCode.Trits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsGrid"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansGrid(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Grid(SymbolCode.Rans, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>
    /// Small integers times a scale of their block: <see cref="PanelLayout.Channels"/> in four bytes, in two how many weights of an output, in the file's order, are a block (the last one has what is
    /// left), the scales of all blocks of one output after the other as <see cref="Numbers"/>, then the integers as <see cref="BitsI8"/> has them.
    /// </summary>
    public void BitsBlocks(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Blocks(SymbolCode.Bits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsBlocks"/>, in <see cref="SymbolCode.Trits"/>.</summary>
    public void TritsBlocks(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Blocks(SymbolCode.Trits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsBlocks"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansBlocks(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Blocks(SymbolCode.Rans, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>
    /// <see cref="Float8"/> times a scale of their output: which type of those, the scales as <see cref="BitsGrid"/> has them, then the floats' bytes in <see cref="SymbolCode.Bits"/>.
    /// </summary>
    public void BitsFloat8(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Floats(SymbolCode.Bits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsFloat8"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansFloat8(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Floats(SymbolCode.Rans, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>Two values an output: the first ones of all outputs and then the second ones as <see cref="Numbers"/>, then which of them each is, in <see cref="SymbolCode.Bits"/>.</summary>
    public void BitsPair(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Pair(SymbolCode.Bits, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>As <see cref="BitsPair"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansPair(int from, int to, int elements, int outputs, int depth, int width, int groups, WeightsForm form = WeightsForm.Same) =>
        Pair(SymbolCode.Rans, from, to, elements, new(outputs, depth, width, groups), form);

    /// <summary>Few different values: how many less one, those as <see cref="Numbers"/>, then which of them each is, in <see cref="SymbolCode.Bits"/>.</summary>
    public void BitsPalette(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Palette(SymbolCode.Bits, from, to, elements, form);

    /// <summary>As <see cref="BitsPalette"/>, in <see cref="SymbolCode.Trits"/>.</summary>
    public void TritsPalette(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Palette(SymbolCode.Trits, from, to, elements, form);

    /// <summary>As <see cref="BitsPalette"/>, in <see cref="SymbolCode.Rans"/>.</summary>
    public void RansPalette(int from, int to, int elements, WeightsForm form = WeightsForm.Same) => Palette(SymbolCode.Rans, from, to, elements, form);

    /// <summary>
    /// For the sparse kernel: a mask of the groups of <paramref name="group"/> elements that aren't all zero, then those groups. Elements are in the order
    /// [block][channel][output], with <paramref name="rows"/> outputs a block.
    /// </summary>
    public void SparseF32(int from, int to, int elements, int outputs, int depth, int rows, int group) =>
        Sparse<float>(from, to, elements, outputs, depth, rows, group);

    /// <summary>As <see cref="SparseF32"/>, stored as float16.</summary>
    public void SparseF16(int from, int to, int elements, int outputs, int depth, int rows, int group) =>
        Sparse<Half>(from, to, elements, outputs, depth, rows, group);

    private void Sparse<T>(int from, int to, int elements, int outputs, int depth, int rows, int group) where T : unmanaged, INumberBase<T>
    {
        var weights = new float[outputs * depth];
        ReadOnlySpan<byte> mask = Stored<byte>(from, Bytes(weights.Length / group));
        ReadOnlySpan<T> values = Stored<T>(from + mask.Length, Ones(mask) * group);
        int next = 0;
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (mask[i / group >> 3] >> (i / group & 7) & 1) != 0 ? float.CreateTruncating(values[next++]) : 0;
        new SparseForm(outputs, depth, rows).Write(weights, Expanded<int>(to, elements));
    }

    private void Integers(SymbolCode code, int from, int to, int elements, WeightsForm form)
    {
        Span<sbyte> decoded = DecodedI8(to, elements, form);
        Integers(code, Stored(from), decoded);
        Finish(decoded, to, form);
    }

    private void Grid(SymbolCode code, int from, int to, int elements, PanelLayout layout, WeightsForm form)
    {
        ReadOnlySpan<byte> stored = Stored(from);
        Span<float> scales = new float[layout.All], decoded = Decoded(to, elements, form);
        Span<sbyte> integers = new sbyte[elements];
        Integers(code, Numbers(stored, scales), integers);
        layout.Spread(scales, decoded);
        for (int i = 0; i < integers.Length; i++)
            decoded[i] *= integers[i];
        Finish(decoded, to, layout, form);
    }

    private void Blocks(SymbolCode code, int from, int to, int elements, PanelLayout layout, WeightsForm form)
    {
        ReadOnlySpan<byte> stored = Stored(from);
        layout = layout with { Channels = BinaryPrimitives.ReadInt32LittleEndian(stored) };
        int block = BinaryPrimitives.ReadUInt16LittleEndian(stored[sizeof(int)..]);
        int[] places = layout.Places(elements);
        if (block == 0)
            throw new InvalidOperationException("Blocks of no weights.");
        int each = layout.Each(elements), blocks = (each + block - 1) / block;
        Span<float> scales = new float[layout.All * blocks], decoded = Decoded(to, elements, form);
        Span<sbyte> integers = new sbyte[elements];
        Integers(code, Numbers(stored[(sizeof(int) + sizeof(ushort))..], scales), integers);
        for (int i = 0; i < integers.Length; i++)
            decoded[i] = integers[i] * scales[places[i] / each * blocks + places[i] % each / block];
        Finish(decoded, to, layout, form);
    }

    private void Floats(SymbolCode code, int from, int to, int elements, PanelLayout layout, WeightsForm form)
    {
        ReadOnlySpan<byte> stored = Stored(from);
        Span<float> values = Float8.Values(stored[0]), scales = new float[layout.All], decoded = Decoded(to, elements, form);
        Span<byte> symbols = new byte[elements];
        Symbols.Read(code, Numbers(stored[1..], scales), symbols);
        layout.Spread(scales, decoded);
        for (int i = 0; i < symbols.Length; i++)
            decoded[i] *= values[symbols[i]];
        Finish(decoded, to, layout, form);
    }

    private void Pair(SymbolCode code, int from, int to, int elements, PanelLayout layout, WeightsForm form)
    {
        ReadOnlySpan<byte> stored = Stored(from);
        Span<float> values = new float[2 * layout.All], second = new float[elements], decoded = Decoded(to, elements, form);
        Span<byte> symbols = new byte[elements];
        Symbols.Read(code, Numbers(stored, values), symbols);
        layout.Spread(values[..layout.All], decoded);
        layout.Spread(values[layout.All..], second);
        for (int i = 0; i < symbols.Length; i++)
            decoded[i] = symbols[i] == 0 ? decoded[i] : second[i];
        Finish(decoded, to, layout, form);
    }

    private void Palette(SymbolCode code, int from, int to, int elements, WeightsForm form)
    {
        ReadOnlySpan<byte> stored = Stored(from);
        // All that a byte can name, so that none is missing.
        Span<float> palette = new float[256], decoded = Decoded(to, elements, form);
        Span<byte> symbols = new byte[elements];
        Symbols.Read(code, Numbers(stored[1..], palette[..(stored[0] + 1)]), symbols);
        for (int i = 0; i < symbols.Length; i++)
            decoded[i] = palette[symbols[i]];
        Finish(decoded, to, form);
    }

    private static void Integers(SymbolCode code, ReadOnlySpan<byte> stored, Span<sbyte> integers)
    {
        Symbols.Read(code, stored[1..], MemoryMarshal.AsBytes(integers));
        int lowest = (sbyte)stored[0];
        foreach (ref sbyte integer in integers)
            integer = (sbyte)(integer + lowest);
    }

    /// <summary>Reads a byte that says how many a number has, 2 or 4, and numbers as float16 or float32; what follows is given back.</summary>
    private static ReadOnlySpan<byte> Numbers(ReadOnlySpan<byte> stored, Span<float> numbers)
    {
        bool halves = stored[0] == sizeof(ushort);
        int end = checked(1 + numbers.Length * (halves ? sizeof(ushort) : sizeof(float)));
        ReadOnlySpan<byte> bytes = stored[1..end];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = halves ? (float)MemoryMarshal.Cast<byte, Half>(bytes)[i] : MemoryMarshal.Cast<byte, float>(bytes)[i];
        return stored[end..];
    }

    // Straight to its place, or first to memory of its own.
    private Span<float> Decoded(int to, int elements, WeightsForm form) => form == WeightsForm.Same ? Expanded<float>(to, elements) : new float[elements];

    private Span<sbyte> DecodedI8(int to, int elements, WeightsForm form) => form == WeightsForm.Same ? Expanded<sbyte>(to, elements) : new sbyte[elements];

    private void Finish(ReadOnlySpan<sbyte> decoded, int to, WeightsForm form)
    {
        if (form != WeightsForm.Same)
            WinogradWeights.Write(form, decoded, Expanded<short>(to, WinogradWeights.Elements(form, decoded.Length)));
    }

    private void Finish(ReadOnlySpan<float> decoded, int to, WeightsForm form)
    {
        if (form != WeightsForm.Same)
            WinogradWeights.Write(form, decoded, Expanded<float>(to, WinogradWeights.Elements(form, decoded.Length)));
    }

    private void Finish(ReadOnlySpan<float> decoded, int to, PanelLayout layout, WeightsForm form)
    {
        var sparse = new SparseForm(layout.Outputs, layout.Depth, layout.Width);
        if (form == WeightsForm.Sparse)
            sparse.Write(decoded, Expanded<int>(to, sparse.Length(decoded)));
        else
            Finish(decoded, to, form);
    }

    private void Mask<T>(int from, Span<T> decoded) where T : unmanaged
    {
        ReadOnlySpan<byte> mask = Stored<byte>(from, Bytes(decoded.Length));
        ReadOnlySpan<T> values = Stored<T>(from + mask.Length, Ones(mask));
        int next = 0;
        for (int i = 0; i < decoded.Length; i++)
            decoded[i] = (mask[i >> 3] >> (i & 7) & 1) != 0 ? values[next++] : default;
    }

    private static int Bytes(int bits) => (bits + 7) / 8;

    private static int Ones(ReadOnlySpan<byte> mask)
    {
        int ones = 0;
        foreach (byte bits in mask)
            ones += BitOperations.PopCount(bits);
        return ones;
    }

    // From there on: how long it is, decoding shows.
    private ReadOnlySpan<byte> Stored(int from) => new ReadOnlySpan<byte>(_weights, _weightsBytes)[from..];

    private ReadOnlySpan<T> Stored<T>(int from, int elements) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(_weights, _weightsBytes).Slice(from, checked(elements * sizeof(T))));

    private Span<T> Expanded<T>(int to, int elements) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(new Span<byte>(_expanded, _expandedBytes).Slice(to, checked(elements * sizeof(T))));
}

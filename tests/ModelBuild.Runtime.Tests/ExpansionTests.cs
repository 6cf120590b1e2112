using System.Runtime.InteropServices;
using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public unsafe class ExpansionTests
{
    private static readonly Gen<float[]> Values = Gen.OneOf(Gen.Const(0f), Gen.Float[-100, 100].Select(v => (float)(Half)v)).Array[0, 70];

    private static byte[] Masked<T>(float[] values, Func<float, T> store) where T : unmanaged
    {
        var mask = new byte[(values.Length + 7) / 8];
        for (int i = 0; i < values.Length; i++)
            mask[i / 8] |= (byte)(values[i] != 0 ? 1 << i % 8 : 0);
        return [.. mask, .. MemoryMarshal.AsBytes<T>(values.Where(v => v != 0).Select(store).ToArray())];
    }

    /// <summary>Decodes what lies at byte 3 of the weights to byte 4 of a block that was dirty.</summary>
    private static T[] Expand<T>(byte[] stored, int elements, Action<Expansion, int, int, int> decode) where T : unmanaged
    {
        byte[] weights = [0xff, 0xff, 0xff, .. stored, 0xff];
        byte[] expanded = [.. Enumerable.Repeat((byte)0xee, 4 + elements * sizeof(T) + 4)];
        fixed (byte* w = weights, e = expanded)
            decode(new Expansion(w, weights.Length, e, expanded.Length), 3, 4, elements);
        CollectionAssert.AreEqual(new byte[] { 0xee, 0xee, 0xee, 0xee }, expanded[..4]);
        CollectionAssert.AreEqual(new byte[] { 0xee, 0xee, 0xee, 0xee }, expanded[^4..]);
        return MemoryMarshal.Cast<byte, T>(expanded.AsSpan(4, elements * sizeof(T))).ToArray();
    }

    [TestMethod]
    public void MaskF32_RestoresWhatWasStored() => Values.Sample(values =>
        CollectionAssert.AreEqual(values, Expand<float>(Masked(values, v => v), values.Length, (e, from, to, n) => e.MaskF32(from, to, n))));

    [TestMethod]
    public void MaskF16_RestoresWhatWasStored() => Values.Sample(values =>
        CollectionAssert.AreEqual(values, Expand<float>(Masked(values, v => (Half)v), values.Length, (e, from, to, n) => e.MaskF16(from, to, n))));

    [TestMethod]
    public void MaskI8_RestoresWhatWasStored() => Gen.Int[-128, 127].Select(i => (float)(i % 3 == 0 ? 0 : i)).Array[0, 70].Sample(values =>
        CollectionAssert.AreEqual(Array.ConvertAll(values, v => (sbyte)v), Expand<sbyte>(Masked(values, v => (sbyte)v), values.Length, (e, from, to, n) => e.MaskI8(from, to, n))));

    [TestMethod]
    public void F16_RestoresWhatWasStored() => Values.Sample(values =>
        CollectionAssert.AreEqual(values, Expand<float>(MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)).ToArray(), values.Length, (e, from, to, n) => e.F16(from, to, n))));

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(4, 4)]
    [DataRow(4, 1)]
    public void Sparse_MakesTheFormOfWhatWasStored(int rows, int group) => Gen.OneOf(Gen.Const(0f), Gen.Float[-100, 100].Select(v => (float)(Half)v + 0f)).Array[8 * 5].Sample(weights =>
    {
        if (group > 1)
            weights = [.. weights.Chunk(group).SelectMany(g => g[0] == 0 ? new float[group] : g)];
        var form = new SparseForm(outputs: 8, depth: 5, rows);
        int[] expected = new int[form.Length(weights)];
        form.Write(weights, expected);
        CollectionAssert.AreEqual(expected, Expand<int>(Grouped(weights, group, v => v), expected.Length, (e, from, to, n) => e.SparseF32(from, to, n, 8, 5, rows, group)));
        CollectionAssert.AreEqual(expected, Expand<int>(Grouped(weights, group, v => (Half)v), expected.Length, (e, from, to, n) => e.SparseF16(from, to, n, 8, 5, rows, group)));
    });

    private static byte[] Grouped<T>(float[] values, int group, Func<float, T> store) where T : unmanaged
    {
        float[][] groups = [.. values.Chunk(group)];
        byte[] mask = Masked([.. groups.Select(g => g.Any(v => v != 0) ? 1f : 0)], v => (byte)0)[..((groups.Length + 7) / 8)];
        return [.. mask, .. MemoryMarshal.AsBytes<T>(groups.Where(g => g.Any(v => v != 0)).SelectMany(g => g).Select(store).ToArray())];
    }

    [TestMethod]
    public void I16_I24_KeepTheSign()
    {
        CollectionAssert.AreEqual(new[] { 1, -2, 0x7fff, -0x8000 }, Expand<int>([1, 0, 0xfe, 0xff, 0xff, 0x7f, 0, 0x80], 4, (e, from, to, n) => e.I16(from, to, n)));
        CollectionAssert.AreEqual(new[] { 1, -2, 0x7fffff, -0x800000 }, Expand<int>([1, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0x80], 4, (e, from, to, n) => e.I24(from, to, n)));
    }

    [TestMethod]
    public void BitsI8_ReadsFromTheLowestBit_AboveTheLowestValue()
    {
        CollectionAssert.AreEqual(new sbyte[] { -3, -2, 4, -3, 1 }, Expand<sbyte>([0xfd, 3, 0b11_001_000, 0b0_100_000_1], 5, (e, from, to, n) => e.BitsI8(from, to, n)));
        CollectionAssert.AreEqual(new sbyte[] { 7, 7, 7 }, Expand<sbyte>([7, 0], 3, (e, from, to, n) => e.BitsI8(from, to, n)));
    }

    [TestMethod]
    public void TritsI8_ReadsFiveDigitsAByte() =>
        CollectionAssert.AreEqual(new sbyte[] { 1, 0, -1, -1, 1, 0 }, Expand<sbyte>([0xff, 2 + 3 * 1 + 81 * 2, 1], 6, (e, from, to, n) => e.TritsI8(from, to, n)));

    [TestMethod]
    public void RansI8_ReadsWhatItsFrequenciesSay()
    {
        // Symbols 0 and 1, 1 in all that is left by 2¹³: half. The state's lowest bits are slots, of which the upper half are 1's.
        uint state = Rans.Least;
        foreach (bool one in new[] { true, true, false, true })
            state = (state >> 13 << 14) + (state & 0x1fff) + (one ? 1u << 13 : 0);
        byte[] stored = [0xfe, 1, 1, 0 | 14 << 4, .. BitConverter.GetBytes(state), 0xff, 0xff];
        CollectionAssert.AreEqual(new sbyte[] { -1, -2, -1, -1 }, Expand<sbyte>(stored, 4, (e, from, to, n) => e.RansI8(from, to, n)));
        stored[5] ^= 1;
        Assert.ThrowsExactly<InvalidOperationException>(() => Expand<sbyte>(stored, 4, (e, from, to, n) => e.RansI8(from, to, n)));
    }

    [TestMethod]
    public void BitsGrid_MultipliesByTheScaleOfTheOutput()
    {
        // Two groups of three outputs, in panels of two, with a depth of two.
        byte[] stored = [4, .. MemoryMarshal.AsBytes<float>([1, 10, 100, 0.5f, 5, 50]), 0, 8, .. Enumerable.Range(1, 12).Select(i => (byte)i)];
        CollectionAssert.AreEqual(new float[] { 1, 20, 3, 40, 500, 600, 3.5f, 40, 4.5f, 50, 550, 600 }, Expand<float>(stored, 12, (e, from, to, n) => e.BitsGrid(from, to, n, outputs: 3, depth: 2, width: 2, groups: 2)));
    }

    [TestMethod]
    public void BitsBlocks_MultipliesByTheScaleOfTheBlock()
    {
        // Two outputs in a panel, of two channels and three taps: taps come first, but blocks of four count them last.
        byte[] stored = [2, 0, 0, 0, 4, 0, 4, .. MemoryMarshal.AsBytes<float>([1, 10, 100, 1000]), 0, 8, .. Enumerable.Range(1, 12).Select(i => (byte)i)];
        float[] expected = [1, 200, 3, 400, 5, 600, 70, 8000, 9, 1000, 110, 12000];
        CollectionAssert.AreEqual(expected, Expand<float>(stored, 12, (e, from, to, n) => e.BitsBlocks(from, to, n, outputs: 2, depth: 6, width: 2, groups: 1)));
        // The same where taps lie outside of panels.
        CollectionAssert.AreEqual(expected, Expand<float>(stored, 12, (e, from, to, n) => e.BitsBlocks(from, to, n, outputs: 2, depth: 2, width: 2, groups: 1)));
        stored[0] = 4;
        Assert.ThrowsExactly<InvalidOperationException>(() => Expand<float>(stored, 12, (e, from, to, n) => e.BitsBlocks(from, to, n, 2, 6, 2, 1)));
        (stored[0], stored[4]) = (2, 0);
        Assert.ThrowsExactly<InvalidOperationException>(() => Expand<float>(stored, 12, (e, from, to, n) => e.BitsBlocks(from, to, n, 2, 6, 2, 1)));
    }

    [TestMethod]
    public void BitsFloat8_MultipliesByTheScaleOfTheOutput()
    {
        // Two outputs in a panel: 1, −1, 448 and the smallest number of each type.
        foreach (var (type, codes, expected) in new (byte, byte[], float[])[] { (Float8.E4M3, [0x38, 0xb8, 0x7e, 1], [0.5f, -3, 224, 3 / 512f]), (Float8.E5M2, [0x3c, 0xbc, 0x5f, 1], [0.5f, -3, 224, 3 / 65536f]) })
        {
            byte[] stored = [type, 2, .. MemoryMarshal.AsBytes<Half>([(Half)0.5, (Half)3]), 8, .. codes];
            CollectionAssert.AreEqual(expected, Expand<float>(stored, 4, (e, from, to, n) => e.BitsFloat8(from, to, n, outputs: 2, depth: 2, width: 2, groups: 1)));
            stored[0] = 4;
            Assert.ThrowsExactly<InvalidOperationException>(() => Expand<float>(stored, 4, (e, from, to, n) => e.BitsFloat8(from, to, n, 2, 2, 2, 1)));
        }
    }

    [TestMethod]
    public void BitsPair_TakesOneOfTwoNumbersOfTheOutput()
    {
        // Two groups of an output, with a depth of three.
        byte[] stored = [2, .. MemoryMarshal.AsBytes<Half>([(Half)1.5, (Half)2, (Half)(-1), (Half)0]), 1, 0b110_010];
        CollectionAssert.AreEqual(new[] { 1.5f, -1, 1.5f, 2, 0, 0 }, Expand<float>(stored, 6, (e, from, to, n) => e.BitsPair(from, to, n, outputs: 1, depth: 3, width: 1, groups: 2)));
    }

    [TestMethod]
    public void BitsPalette_LooksUp() => CollectionAssert.AreEqual(new[] { 2.5f, -1, 2.5f },
        Expand<float>([1, 2, .. MemoryMarshal.AsBytes<Half>([(Half)(-1), (Half)2.5]), 1, 0b101], 3, (e, from, to, n) => e.BitsPalette(from, to, n)));

    [TestMethod]
    public void Decoders_StayInside_WhateverIsStored() => Gen.Select(Gen.Byte.Array[0, 90], Gen.Int[0, 200], Gen.Int[0, 17]).Sample((stored, elements, decoder) =>
    {
        try
        {
            Expand<float>(stored, elements, (e, from, to, n) => s_levels[decoder % s_levels.Length](e, from, to, n));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
        }
    }, iter: 5000);

    private static readonly Action<Expansion, int, int, int>[] s_levels =
    [
        (e, from, to, n) => e.BitsI8(from, to, n), (e, from, to, n) => e.TritsI8(from, to, n), (e, from, to, n) => e.RansI8(from, to, n),
        (e, from, to, n) => e.BitsGrid(from, to, n, 2, 2, 2, 1), (e, from, to, n) => e.TritsGrid(from, to, n, 1, 1, 1, 1), (e, from, to, n) => e.RansGrid(from, to, n, 1, 1, 1, 1),
        (e, from, to, n) => e.BitsBlocks(from, to, n, 2, 2, 2, 1), (e, from, to, n) => e.TritsBlocks(from, to, n, 1, 1, 1, 1), (e, from, to, n) => e.RansBlocks(from, to, n, 1, 1, 1, 1),
        (e, from, to, n) => e.BitsFloat8(from, to, n, 2, 2, 2, 1), (e, from, to, n) => e.RansFloat8(from, to, n, 1, 1, 1, 1),
        (e, from, to, n) => e.BitsPair(from, to, n, 2, 2, 2, 1), (e, from, to, n) => e.RansPair(from, to, n, 1, 1, 1, 1),
        (e, from, to, n) => e.BitsPalette(from, to, n), (e, from, to, n) => e.TritsPalette(from, to, n), (e, from, to, n) => e.RansPalette(from, to, n),
        (e, from, to, n) => e.I16(from, to, n), (e, from, to, n) => e.I24(from, to, n),
    ];

    [TestMethod]
    public void Decoders_Throw_WhenTheyWouldReadOrWriteOutside()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>([], 3, (e, from, to, n) => e.F16(from, to, n)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>([0xff, 0, 0, 0, 0], 8, (e, from, to, n) => e.MaskF32(from, to, n)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>(new byte[99], 3, (e, from, to, n) => e.F16(from, to, n + 9)));
    }
}

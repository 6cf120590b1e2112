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
    public void Decoders_Throw_WhenTheyWouldReadOrWriteOutside()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>([], 3, (e, from, to, n) => e.F16(from, to, n)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>([0xff, 0, 0, 0, 0], 8, (e, from, to, n) => e.MaskF32(from, to, n)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Expand<float>(new byte[99], 3, (e, from, to, n) => e.F16(from, to, n + 9)));
    }
}

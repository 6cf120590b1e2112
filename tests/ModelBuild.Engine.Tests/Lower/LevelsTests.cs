using System.Runtime.InteropServices;
using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Engine.Tests;

/// <summary>Forms of weights of few levels: each gives back, to the bit, what it took.</summary>
[TestClass]
public class LevelsTests
{
    private static readonly Gen<(PanelLayout Layout, int Taps)> AnyLayout = Gen.Select(Gen.Int[1, 70], Gen.Int[1, 19], Gen.OneOf(1, 4, 32, 70), Gen.Int[1, 3], Gen.Int[1, 3],
        (outputs, depth, width, groups, taps) => (new PanelLayout(outputs, depth, width, groups), taps));

    private static readonly Gen<sbyte[]> AnyIntegers = Gen.Int[-128, 127].SelectMany(lowest => Gen.Int[lowest, Math.Min(127, lowest + 20)].SelectMany(highest => Gen.Int[lowest, highest].Select(i => (sbyte)i).Array[0, 700]));

    [TestMethod]
    public void Forms_GiveBackIntegers() => AnyIntegers.Sample(integers => GiveBack(MemoryMarshal.AsBytes<sbyte>(integers).ToArray(), 1, PanelLayout.One(integers.Length)));

    [TestMethod]
    public void Forms_GiveBackWideIntegers() => Gen.Int[1, 32].SelectMany(bits => Gen.Int.Select(i => i >> 32 - bits).Array[0, 90])
        .Sample(integers => GiveBack(MemoryMarshal.AsBytes<int>(integers).ToArray(), 4, PanelLayout.One(integers.Length)));

    [TestMethod]
    public void Forms_GiveBackGrids() => Gen.Select(AnyLayout, Gen.Int[1, 127], Gen.Bool, Gen.Int[0, 1000]).Sample((layout, most, halves, seed) =>
    {
        float[] weights = Grid(layout.Layout, layout.Taps, most, halves, new Random(seed));
        HashSet<string> forms = GiveBack(MemoryMarshal.AsBytes<float>(weights).ToArray(), 4, layout.Layout);
        Assert.Contains("BitsGrid", forms);
        Assert.IsTrue(most > 1 || forms.Contains("TritsGrid"));
    }, iter: 300);

    [TestMethod]
    public void Forms_GiveBackGridsOfBlocks() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 9], Gen.Int[4, 20], Gen.Int[8, 40], Gen.Bool, Gen.Int[0, 1000]).Sample((outputs, taps, channels, block, inside, seed) =>
    {
        // Taps within panels, or around them.
        var layout = new PanelLayout(outputs, inside ? channels * taps : channels, 32) { Channels = channels };
        if (channels * taps <= 2 * block)
            return;
        float[] weights = Blocks(layout, outputs * channels * taps, block, new Random(seed));
        HashSet<string> forms = GiveBack(MemoryMarshal.AsBytes<float>(weights).ToArray(), 4, layout);
        Assert.Contains("BitsBlocks", forms);
        Assert.Contains("RansBlocks", forms);
    }, iter: 200);

    [TestMethod]
    [DataRow(32)]
    [DataRow(100)]
    [DataRow(8)]
    public void GridsOfBlocks_TakeTheBitsOfTheirIntegers_AndAFloat16ABlock(int block)
    {
        var layout = new PanelLayout(64, 144, 32) { Channels = 16 };
        var (form, packed) = StoredForm.Smallest(MemoryMarshal.AsBytes<float>(Blocks(layout, 64 * 144, block, new Random(1))), 4, layout)!.Value;
        Assert.AreEqual(("BitsBlocks", 6 + 1 + 2 * 64 * ((144 + block - 1) / block) + 2 + 64 * 144 / 2), (form.Decoder, packed.Length));
    }

    [TestMethod]
    public void GridsOfBlocks_AreNone_WhenABitIsOff()
    {
        var layout = new PanelLayout(3, 100, 1);
        float[] weights = Blocks(layout, 300, 20, new Random(1));
        Assert.AreEqual(20, BlockGrid.Of(weights, layout)[0].Block);
        foreach (float other in new[] { 0.0123456f, -0f, float.NaN, float.PositiveInfinity })
            Assert.IsEmpty(BlockGrid.Of([.. weights[..299], other], layout));
        Assert.IsEmpty(BlockGrid.Of([.. Enumerable.Range(0, 300).Select(i => MathF.Sin(i))], layout));
    }

    /// <summary>Integers up to 7 times a float16 scale of their block.</summary>
    private static float[] Blocks(PanelLayout layout, int weights, int block, Random random)
    {
        int each = weights / layout.All, blocks = (each + block - 1) / block;
        float[] scales = [.. Enumerable.Range(0, layout.All * blocks).Select(_ => (float)(Half)(0.01f + random.NextSingle()))];
        return [.. layout.Places(weights).Select(p => (p % each % block == 0 ? 7 : p % each % block == 1 ? -6 : random.Next(-7, 8)) * scales[p / each * blocks + p % each / block] + 0f)];
    }

    [TestMethod]
    public void Forms_GiveBackFloatsOfEightBits() => Gen.Select(AnyLayout, Gen.OneOf(Float8Type.All), Gen.Int[0, 1000]).Sample((layout, type, seed) =>
    {
        HashSet<string> forms = GiveBack(MemoryMarshal.AsBytes<float>(Float8s(layout.Layout, layout.Taps, type, new Random(seed))).ToArray(), 4, layout.Layout);
        Assert.Contains("BitsFloat8", forms);
    }, iter: 300);

    [TestMethod]
    public void Forms_GiveBackPairs() => Gen.Select(AnyLayout, Gen.OneOf(Gen.Float, Gen.OneOf(0f, -0f, float.NaN, float.NegativeInfinity), Gen.Float[-9, 9].Select(f => (float)(Half)f)).Array[420], Gen.Int[0, 1000]).Sample((layout, values, seed) =>
    {
        float[] weights = Pairs(layout.Layout, layout.Taps, values, new Random(seed));
        Assert.Contains("BitsPair", GiveBack(MemoryMarshal.AsBytes<float>(weights).ToArray(), 4, layout.Layout));
        if (layout.Layout.Depth > 2)
        {
            layout.Layout.Spread<float>([.. Enumerable.Repeat(3e9f, layout.Layout.All)], weights.AsSpan(..(weights.Length / layout.Taps)));
            (weights[0], weights[1 * Math.Min(layout.Layout.Width, layout.Layout.Outputs)]) = (3e8f, 3e7f);
            Assert.IsNull(Levels.OfPairs(weights, layout.Layout));
        }
    }, iter: 300);

    [TestMethod]
    public void Forms_GiveBackPalettes() => Gen.OneOf(Gen.Float, Gen.OneOf(0f, -0f, float.NaN, float.PositiveInfinity), Gen.Float[-9, 9].Select(f => (float)(Half)f)).Array[1, 300].SelectMany(palette => Gen.OneOf(palette).Array[0, 900])
        .Sample(weights =>
        {
            HashSet<string> forms = GiveBack(MemoryMarshal.AsBytes<float>(weights).ToArray(), 4, PanelLayout.One(weights.Length));
            Assert.AreEqual(weights.Length > 0 && weights.Select(BitConverter.SingleToUInt32Bits).Distinct().Count() <= 256, forms.Contains("BitsPalette"));
        });

    [TestMethod]
    [DataRow("Size")]
    [DataRow("Speed")]
    public void Writer_GivesKernelsTheSame_WhateverFormIsStored(string optimize) =>
        Gen.Select(AnyLayout, Gen.Int[1, 20], Gen.Bool, Gen.Bool, Gen.OneOf(WeightsForm.Same, WeightsForm.Winograd2, WeightsForm.Winograd4)).Sample((layout, most, halves, coded, form) =>
        {
            if (form != WeightsForm.Same)
                layout = (layout.Layout with { Groups = 1 }, 9);
            float[] weights = Grid(layout.Layout, layout.Taps, most, halves, new Random(1)), expected = weights;
            if (form != WeightsForm.Same)
                WinogradWeights.Write(form, weights, expected = new float[WinogradWeights.Elements(form, weights.Length)]);
            var writer = new WeightsWriter(Enum.Parse<Optimize>(optimize));
            Buffer buffer = form == WeightsForm.Same ? writer.Add(MemoryMarshal.AsBytes<float>(weights), 4, new("w", coded), layout.Layout) : writer.Add(weights, new("w", coded), layout.Layout, form);
            CollectionAssert.AreEqual(MemoryMarshal.AsBytes<float>(expected).ToArray(), Expanded(writer, buffer));
        }, iter: 100);

    [TestMethod]
    [DataRow(WeightsForm.Winograd2I16)]
    [DataRow(WeightsForm.Winograd4I16)]
    public void Writer_GivesKernelsTheSame_OfIntegerFilters(WeightsForm form) => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 60], Gen.Bool).Sample((count, most, coded) =>
    {
        var random = new Random(count);
        sbyte[] filters = [.. Enumerable.Range(0, count * 9).Select(_ => (sbyte)random.Next(-most, most + 1))];
        var expected = new short[WinogradWeights.Elements(form, filters.Length)];
        WinogradWeights.Write(form, filters, expected);
        var writer = new WeightsWriter(Optimize.Size);
        CollectionAssert.AreEqual(MemoryMarshal.AsBytes<short>(expected).ToArray(), Expanded(writer, writer.Add(filters, new("w", coded), form)));
    });

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Writer_GivesTheSparseKernelTheSame(int rows) => Gen.Select(Gen.Int[1, 9], Gen.Int[8, 90], Gen.Bool).Sample((blocks, depth, coded) =>
    {
        var layout = new PanelLayout(blocks * rows, depth, rows);
        var random = new Random(depth);
        float[] weights = [.. Grid(layout, 1, 7, halves: true, random).Select(w => random.Next(3) > 0 ? 0 : w)];
        var form = new SparseForm(layout.Outputs, depth, rows);
        var expected = new int[form.Length(weights)];
        form.Write(weights, expected);
        var writer = new WeightsWriter(Optimize.Size);
        CollectionAssert.AreEqual(MemoryMarshal.AsBytes<int>(expected).ToArray(), Expanded(writer, writer.AddSparse(weights, layout, new("w", coded))));
        Assert.IsTrue(weights.Length < 400 || writer.Expansions[0].Form == "Sparse", writer.Expansions[0].Decoder);
    });

    [TestMethod]
    [DataRow(1, "BitsI8", 2 + 10_000 / 8)]
    [DataRow(2, "TritsI8", 1 + 10_000 / 5)]
    [DataRow(3, "BitsI8", 2 + 10_000 / 4)]
    [DataRow(14, "BitsI8", 2 + 10_000 / 2)]
    [DataRow(127, "BitsI8", 2 + 10_000 * 7 / 8)]
    public void Integers_TakeTheBitsOfTheirRange(int range, string decoder, int bytes)
    {
        var random = new Random(1);
        sbyte[] integers = [.. Enumerable.Range(0, 10_000).Select(_ => (sbyte)(random.Next(range + 1) - 7))];
        var (form, packed) = StoredForm.Smallest(MemoryMarshal.AsBytes<sbyte>(integers), 1)!.Value;
        Assert.AreEqual((decoder, bytes), (form.Decoder, packed.Length));
    }

    [TestMethod]
    [DataRow(7, true, "BitsGrid", 1 + 2 * 64 + 2 + 64 * 144 / 2)]
    [DataRow(7, false, "BitsGrid", 1 + 4 * 64 + 2 + 64 * 144 / 2)]
    [DataRow(1, true, "TritsGrid", 1 + 2 * 64 + 1 + (64 * 144 + 4) / 5)]
    public void Grids_TakeTheBitsOfTheirIntegers_AndAScaleAnOutput(int most, bool halves, string decoder, int bytes)
    {
        var layout = new PanelLayout(64, 144, 32);
        var (form, packed) = StoredForm.Smallest(MemoryMarshal.AsBytes<float>(Grid(layout, 1, most, halves, new Random(1))), 4, layout)!.Value;
        Assert.AreEqual((decoder, bytes), (form.Decoder, packed.Length));
    }

    [TestMethod]
    public void Pairs_TakeABit_AndTwoNumbersAnOutput()
    {
        var layout = new PanelLayout(64, 144, 32);
        float[] weights = Pairs(layout, 1, [.. Enumerable.Range(0, 128).Select(i => (float)(Half)MathF.Sin(i))], new Random(1));
        var (form, packed) = StoredForm.Smallest(MemoryMarshal.AsBytes<float>(weights), 4, layout)!.Value;
        Assert.AreEqual(("BitsPair", 1 + 2 * 2 * 64 + 1 + 64 * 144 / 8), (form.Decoder, packed.Length));
    }

    [TestMethod]
    public void FloatsOfEightBits_TakeAByte_AndAScaleAnOutput_WhateverTheTypeIs()
    {
        var layout = new PanelLayout(64, 144, 32);
        foreach (Float8Type type in Float8Type.All)
        {
            byte[] data = MemoryMarshal.AsBytes<float>(Float8s(layout, 1, type, new Random(1))).ToArray();
            var (form, packed) = StoredForm.Smallest(data, 4, layout)!.Value;
            Assert.AreEqual(("BitsFloat8", 2 + 2 * 64 + 1 + 64 * 144), (form.Decoder, packed.Length));
            Assert.AreEqual("RansFloat8", StoredForm.Smallest(data, 4, layout, coded: true)!.Value.Form.Decoder);
        }
    }

    [TestMethod]
    public void FloatsOfEightBits_AreNone_WhenABitIsOff()
    {
        var layout = new PanelLayout(3, 100, 1);
        foreach (Float8Type type in Float8Type.All)
        {
            float[] weights = Float8s(layout, 1, type, new Random(1));
            int last = Array.FindLastIndex(weights, w => w != 0);
            Assert.IsNotNull(ScaledFloats.Of(weights, layout, type));
            foreach (float other in new[] { MathF.BitIncrement(weights[last]), -0f, float.NaN, float.PositiveInfinity })
                Assert.IsNull(ScaledFloats.Of([.. weights[..last], other, .. weights[(last + 1)..]], layout, type));
        }
    }

    [TestMethod]
    public void Palettes_TakeTheBitsOfTheirPlaces()
    {
        var random = new Random(1);
        float[] palette = [.. Enumerable.Range(0, 16).Select(_ => random.NextSingle())], weights = [.. Enumerable.Range(0, 4096).Select(_ => palette[random.Next(16)])];
        var (form, packed) = StoredForm.Smallest(MemoryMarshal.AsBytes<float>(weights), 4)!.Value;
        Assert.AreEqual(("BitsPalette", 2 + 16 * 4 + 1 + 4096 / 2), (form.Decoder, packed.Length));
    }

    [TestMethod]
    public void WhatIsCoded_TakesItsEntropy_WhenMostOfItIsZero()
    {
        var random = new Random(1);
        sbyte[] integers = [.. Enumerable.Range(0, 100_000).Select(_ => (sbyte)(random.Next(100) < 97 ? 0 : random.Next(-7, 8)))];
        byte[] data = MemoryMarshal.AsBytes<sbyte>(integers).ToArray();
        var (form, packed) = StoredForm.Smallest(data, 1, coded: true)!.Value;
        Assert.AreEqual("RansI8", form.Decoder);
        Assert.IsLessThanOrEqualTo(1.02 * RansTests.Entropy(data) + 2 * 15 + 6, packed.Length);
        Assert.AreNotEqual("RansI8", StoredForm.Smallest(data, 1)!.Value.Form.Decoder);
    }

    [TestMethod]
    public void Grids_AreNone_WhenABitIsOff()
    {
        var layout = new PanelLayout(3, 100, 1);
        float[] weights = Grid(layout, 1, 7, halves: false, new Random(1));
        int last = Array.FindLastIndex(weights, w => w != 0);
        Assert.HasCount(1, Engine.Grid.Of(weights, layout));
        foreach (float other in new[] { weights[last] * 1.0001f, -0f, float.NaN, float.PositiveInfinity })
            Assert.IsEmpty(Engine.Grid.Of([.. weights[..last], other, .. weights[(last + 1)..]], layout));
    }

    /// <summary>Packs by every form that can, and asserts that its decoder gives the same bytes; gives the decoders.</summary>
    private static HashSet<string> GiveBack(byte[] data, int elementBytes, PanelLayout layout)
    {
        var forms = new HashSet<string>();
        foreach (StoredForm form in StoredForm.Table.Where(f => f.ElementBytes == elementBytes))
        {
            if (form.Pack(data, layout) is not { } packed)
                continue;
            forms.Add(form.Decoder);
            byte[] weights = [0xff, 0xff, 0xff, .. packed, 0xff, 0xff];
            CollectionAssert.AreEqual(data, Decoders.Elements(weights, new PlanExpansion("w", form.Decoder, 3, 0, data.Length / elementBytes, "", form.Sizes(layout)), elementBytes), form.Decoder);
        }
        return forms;
    }

    private static byte[] Expanded(WeightsWriter writer, Buffer buffer)
    {
        byte[] resource = writer.Finish(id => id, out _), block = Decoders.Expand(resource, writer.Expansions, writer.ExpandedBytes);
        return (buffer.Space == Space.Weights ? resource : block)[buffer.Offset..(buffer.Offset + buffer.Bytes)];
    }

    /// <summary>One of two numbers of their output.</summary>
    private static float[] Pairs(PanelLayout layout, int taps, float[] values, Random random)
    {
        float[] first = new float[layout.All * layout.Depth * taps], second = new float[first.Length];
        layout.Spread<float>(values[..layout.All], first);
        layout.Spread<float>(values[^layout.All..], second);
        return [.. first.Zip(second, (a, b) => random.Next(2) == 0 ? a : b)];
    }

    /// <summary>Normally distributed numbers as floats of eight bits, times a float16 scale of their output; one output is zero.</summary>
    private static float[] Float8s(PanelLayout layout, int taps, Float8Type type, Random random)
    {
        float[] scales = [.. Enumerable.Range(0, layout.All).Select(_ => (float)(Half)(0.001f + random.NextSingle()))], weights = new float[layout.All * layout.Depth * taps];
        scales[random.Next(scales.Length)] = 0;
        layout.Spread<float>(scales, weights);
        return Array.ConvertAll(weights, s => type.Round(20 * Enumerable.Range(0, 12).Sum(_ => random.NextSingle() - 0.5f)) * s + 0f);
    }

    /// <summary>Integers up to <paramref name="most"/>, times a scale of their output; one output is zero.</summary>
    private static float[] Grid(PanelLayout layout, int taps, int most, bool halves, Random random)
    {
        float[] scales = [.. Enumerable.Range(0, layout.All).Select(_ => 0.01f + random.NextSingle()).Select(s => halves ? (float)(Half)s : s)], weights = new float[layout.All * layout.Depth * taps];
        scales[random.Next(scales.Length)] = 0;
        layout.Spread<float>(scales, weights);
        return Array.ConvertAll(weights, s => random.Next(-most, most + 1) * s + 0f);
    }
}

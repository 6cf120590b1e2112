using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

/// <summary>The sparse kernel against sums in double precision.</summary>
[TestClass]
[TestCategory(InstructionSets.Kernels)]
public unsafe class SparseTests
{
    private sealed record Case(int Images, int Pixels, int Blocks, int Rows, int Depth, double Zeros, bool ChannelsLast, bool Bias, bool Residual, float Lo, float Hi, int Seed)
    {
        public int Outputs => Blocks * Rows;

        /// <summary>With room for the widest register.</summary>
        public int Plane => (Pixels + 15) / 16 * 16;

        public int XPixel => ChannelsLast ? Depth : 1;

        public int XChannel => ChannelsLast ? 1 : Plane;
    }

    private static readonly Gen<Case> Cases =
        from images in Gen.Int[1, 2]
        from pixels in Gen.OneOf(Gen.Int[1, 70], Gen.Const(64), Gen.Const(196), Gen.Const(1100))
        from blocks in Gen.Int[1, 9]
        from rows in Gen.Int[0, 2].Select(log => 1 << log)
        from depth in Gen.OneOf(Gen.Int[1, 40], Gen.Int[250, 270])
        from zeros in Gen.OneOf(Gen.Const(0.5), Gen.Const(0.9), Gen.Const(0.0), Gen.Const(1.0))
        from channelsLast in Gen.Bool
        from bias in Gen.Bool
        from residual in Gen.Bool
        from clamp in Gen.OneOf(Gen.Const((float.NegativeInfinity, float.PositiveInfinity)), Gen.Const((0f, float.PositiveInfinity)), Gen.Const((-0.5f, 0.5f)))
        from seed in Gen.Int[0, 1000]
        select new Case(images, pixels, blocks, rows, depth, zeros, channelsLast, bias, residual, clamp.Item1, clamp.Item2, seed);

    [TestMethod]
    public void SparseConv_ComputesTheSums() => Cases.Sample(Check, iter: 300);

    [TestMethod]
    public void Form_HasAnEntryForEachBlock_ThatIsNotAllZero()
    {
        // Two outputs of three channels: one has one weight, and gets one more that is zero.
        var form = new SparseForm(outputs: 2, depth: 3, rows: 1);
        float[] weights = [0, 7, 0, 1, 0, 2];
        int[] words = new int[form.Length(weights)];
        form.Write(weights, words);
        int[] expected = [2, 4, 1, 1, 0, 2, Bits(7), 0, Bits(1), Bits(2)];
        CollectionAssert.AreEqual(expected, words);
        static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
    }

    private static void Check(Case c)
    {
        var random = new Random(c.Seed);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
        float[] x = Values(c.Images * c.Depth * c.Plane), weights = Values(c.Outputs * c.Depth), bias = Values(c.Outputs), residual = Values(c.Images * c.Outputs * c.Plane);
        for (int block = 0; block < c.Blocks * c.Depth; block++)
        {
            if (random.NextDouble() < c.Zeros)
                weights.AsSpan(block * c.Rows, c.Rows).Clear();
        }
        var form = new SparseForm(c.Outputs, c.Depth, c.Rows);
        int[] words = new int[form.Length(weights)];
        form.Write(weights, words);

        const int Around = 32;
        float[] y = [.. Enumerable.Repeat(0.25f, Around + residual.Length + Around)];
        fixed (float* px = x, pb = bias, pr = residual, py = y)
        fixed (int* pw = words)
        {
            Kernels.SparseConvF32F32(new Frame(null, null, null, null), new((byte*)px), new((byte*)pw), new(c.Bias ? (byte*)pb : null), new(c.Residual ? (byte*)pr : null), new((byte*)(py + Around)),
                c.Images, c.Pixels, c.Outputs, c.Depth, c.Rows, c.Depth * c.Plane, c.XPixel, c.XChannel, c.Outputs * c.Plane, c.Plane, c.Outputs * c.Plane, c.Plane, c.Lo, c.Hi);
        }
        Assert.IsTrue(y[..Around].Concat(y[^Around..]).All(v => v == 0.25f), $"{c}: written outside");
        for (int i = 0; i < residual.Length; i++)
        {
            int pixel = i % c.Plane, output = i / c.Plane % c.Outputs, image = i / (c.Plane * c.Outputs);
            if (pixel >= c.Pixels)
                continue;
            double sum = (c.Bias ? bias[output] : 0) + (c.Residual ? residual[i] : 0), magnitude = 2;
            for (int k = 0; k < c.Depth; k++)
            {
                double product = (double)weights[(output / c.Rows * c.Depth + k) * c.Rows + output % c.Rows] * x[image * c.Depth * c.Plane + k * c.XChannel + pixel * c.XPixel];
                sum += product;
                magnitude += Math.Abs(product);
            }
            Assert.AreEqual(Math.Clamp(sum, c.Lo, c.Hi), y[Around + i], 2e-6 * magnitude, $"{c}: element {i}");
        }
    }
}

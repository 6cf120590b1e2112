using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
public class PixelsTests
{
    [TestMethod]
    public void Read_GivesEachByteItsChannelsNumber() => Gen.Select(Gen.Int[1, 4], Gen.Int[1, 7], Gen.Int[1, 5], Gen.Double[-3, 3].Array[12]).Sample((channels, inner, rows, numbers) =>
    {
        double[] scale = numbers[..channels], mean = numbers[4..(4 + channels)], std = [.. numbers[8..(8 + channels)].Select(s => s == 0 ? 1 : s)];
        byte[] pixels = [.. Enumerable.Range(0, channels * inner * rows).Select(i => (byte)(i * 37))];
        var values = new float[pixels.Length + 1];
        values[^1] = 42;
        Pixels.Read(pixels, values.AsSpan(0, pixels.Length), Pixels.Table(scale, mean, std), inner);
        for (int i = 0; i < pixels.Length; i++)
        {
            int c = i / inner % channels;
            Assert.AreEqual((float)((pixels[i] * scale[c] - mean[c]) / std[c]), values[i]);
        }
        Assert.AreEqual(42, values[^1]);
    });
}

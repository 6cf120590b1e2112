using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
public class Float8Tests
{
    [TestMethod]
    [DataRow(Float8.E4M3, 0x01, 0.001953125f)]
    [DataRow(Float8.E4M3, 0x07, 0.013671875f)]
    [DataRow(Float8.E4M3, 0x08, 0.015625f)]
    [DataRow(Float8.E4M3, 0x38, 1f)]
    [DataRow(Float8.E4M3, 0x7e, 448f)]
    [DataRow(Float8.E4M3, 0x7f, float.NaN)]
    [DataRow(Float8.E4M3, 0x80, -0f)]
    [DataRow(Float8.E4M3, 0xfe, -448f)]
    [DataRow(Float8.E5M2, 0x01, 1.52587890625e-5f)]
    [DataRow(Float8.E5M2, 0x3d, 1.25f)]
    [DataRow(Float8.E5M2, 0x7b, 57344f)]
    [DataRow(Float8.E5M2, 0xfc, float.NegativeInfinity)]
    [DataRow(Float8.E5M2, 0x7d, float.NaN)]
    public void Values_AreThoseOfTheDefinition(int fraction, int code, float value) => Assert.AreEqual(value, Float8.Values(fraction)[code]);

    [TestMethod]
    public void Values_OfE5M2_AreFloat16sUpperBytes()
    {
        float[] values = Float8.Values(Float8.E5M2);
        for (int code = 0; code < 256; code++)
            Assert.AreEqual((float)BitConverter.UInt16BitsToHalf((ushort)(code << 8)), values[code]);
    }

    [TestMethod]
    public void Values_Ascend() => Assert.IsTrue(Float8.Values(Float8.E4M3)[..127].Zip(Float8.Values(Float8.E4M3)[1..127]).All(p => p.First < p.Second));
}

using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class Float8TypeTests
{
    private static readonly Gen<float> AnyFloat = Gen.OneOf(Gen.Float[-500, 500], Gen.Float[-0.03f, 0.03f], Gen.Float[-70000, 70000], Gen.Float.Where(f => !float.IsNaN(f)));

    [TestMethod]
    public void Round_GivesTheNearest_OfTwoTheEvenOne() => Gen.Select(Gen.OneOf(Float8Type.All), AnyFloat).Sample((type, value) =>
    {
        byte code = type.Code(value);
        double clamped = Math.Clamp(value, -type.Largest, type.Largest), way = Math.Abs(type.Values[code] - clamped);
        Assert.AreEqual(float.IsNegative(value), code >= 0x80);
        for (int other = code & 0x80; other < (code & 0x80) + type.Magnitudes.Length; other++)
            Assert.IsTrue(way < Math.Abs(type.Values[other] - clamped) || other == code || (way == Math.Abs(type.Values[other] - clamped) && code % 2 == 0));
    });

    [TestMethod]
    public void Round_Keeps_WhatTheTypeCanSay()
    {
        foreach (Float8Type type in Float8Type.All)
        {
            for (int code = 0; code < 256; code++)
            {
                if (float.IsFinite(type.Values[code]))
                    Assert.AreEqual(code, type.Code(type.Values[code]));
            }
        }
    }

    [TestMethod]
    [DataRow(1.0625f, 1f, 1f)]
    [DataRow(1.1875f, 1.25f, 1.25f)]
    [DataRow(1.125f, 1.125f, 1f)]
    [DataRow(1.375f, 1.375f, 1.5f)]
    [DataRow(-500f, -448f, -512f)]
    [DataRow(1e9f, 448f, 57344f)]
    [DataRow(float.NegativeInfinity, -448f, -57344f)]
    [DataRow(0.0009765625f, 0f, 0.0009765625f)]
    [DataRow(0.0029296875f, 0.00390625f, 0.0029296875f)]
    public void Round_IsToEven_AndSaturates(float value, float e4m3, float e5m2)
    {
        Assert.AreEqual(e4m3, Float8Type.E4M3.Round(value));
        Assert.AreEqual(e5m2, Float8Type.E5M2.Round(value));
    }
}

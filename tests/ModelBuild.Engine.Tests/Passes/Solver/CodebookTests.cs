namespace ModelBuild.Engine.Tests;

[TestClass]
public class CodebookTests
{
    [TestMethod]
    public void Of_FindsTheValues_WhereThereAreAsManyAsItMayHave()
    {
        float[] values = [.. Enumerable.Range(0, 400).Select(i => (float)new[] { -1.5, -0.25, 0.5, 2 }[i * 7 % 11 % 4])];
        CollectionAssert.AreEqual(new[] { -1.5f, -0.25f, 0.5f, 2f }, Codebook.Of(values, Ones(400), 4));
    }

    [TestMethod]
    public void Of_KeepsZero_WhereSomethingIsZero()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 3 == 0 ? 0 : 1 + random.NextSingle())];
        float[] codebook = Codebook.Of(values, Ones(1000), 8);
        Assert.HasCount(8, codebook);
        Assert.AreEqual(0f, codebook[0]);
        Assert.IsTrue(codebook.Skip(1).All(v => v >= 1 && v == (float)(Half)v), string.Join(" ", codebook));
    }

    [TestMethod]
    public void Of_FollowsTheWeights()
    {
        float[] values = [0, 1, 10, 11];
        CollectionAssert.AreEqual(new[] { 0.5f, 10.5f }, Codebook.Of([0.25f, 0.75f, 10.25f, 10.75f], Ones(4), 2));
        Assert.AreEqual(10.9f, Codebook.Of([.. values.Skip(1)], [1, 1, 9], 2)[1], 0.01f);
    }

    [TestMethod]
    [DataRow(0.4f, 0f)]
    [DataRow(0.5f, 0f)]
    [DataRow(0.6f, 1f)]
    [DataRow(9f, 3f)]
    [DataRow(-9f, -1f)]
    [DataRow(-0.5f, 0f)]
    public void Nearest_IsTheSmallerOne_OfTwoAsNear(float value, float level) => Assert.AreEqual(level, LevelSet.Codebook([-1, 0, 1, 3]).Nearest(value));

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];
}

namespace ModelBuild.Engine.Tests;

[TestClass]
public class PrincipalAxesTests
{
    [TestMethod]
    public void Of_FindsWhatIsKnown()
    {
        // 3 along (1, 1), 1 along (1, −1).
        PrincipalAxes axes = PrincipalAxes.Of([2, 1, 1, 2], 2, default);
        Assert.AreEqual(3, axes.Values[0], 1e-12);
        Assert.AreEqual(1, axes.Values[1], 1e-12);
        Assert.AreEqual(axes.Axes[0][0], axes.Axes[0][1], 1e-9);
        Assert.AreEqual(axes.Axes[1][0], -axes.Axes[1][1], 1e-9);
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(7, 7)]
    [DataRow(40, 40)]
    [DataRow(129, 129)]
    [DataRow(40, 9)]
    public void Of_GivesTheMatrixBack(int n, int rank)
    {
        float[] matrix = Product(n, rank);
        PrincipalAxes axes = PrincipalAxes.Of(matrix, n, default);
        Assert.HasCount(rank, axes.Values);
        for (int a = 0; a < rank; a++)
        for (int b = 0; b <= a; b++)
            Assert.AreEqual(a == b ? 1 : 0, axes.Axes[a].Zip(axes.Axes[b]).Sum(p => p.First * p.Second), 1e-8);
        double largest = matrix.Max(Math.Abs);
        for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            Assert.AreEqual(matrix[i * n + j], axes.Values.Select((v, a) => v * axes.Axes[a][i] * axes.Axes[a][j]).Sum(), 1e-5 * largest);
        CollectionAssert.AreEqual(axes.Values.OrderDescending().ToArray(), axes.Values);
    }

    [TestMethod]
    public void Of_GivesNothing_OfNothing() => Assert.IsEmpty(PrincipalAxes.Of(new float[9], 3, default).Values);

    [TestMethod]
    public void Of_GivesTheSameNumbers_EachTime()
    {
        float[] matrix = Product(150, 150);
        PrincipalAxes one = PrincipalAxes.Of(matrix, 150, default), other = PrincipalAxes.Of(matrix, 150, default);
        CollectionAssert.AreEqual(one.Axes.SelectMany(a => a).ToArray(), other.Axes.SelectMany(a => a).ToArray());
    }

    private static float[] Product(int n, int rank)
    {
        var random = new Random(n);
        double[] rows = [.. Enumerable.Range(0, n * rank).Select(_ => 2 * random.NextDouble() - 1)];
        return [.. Enumerable.Range(0, n * n).Select(i => (float)Enumerable.Range(0, rank).Sum(k => rows[i / n * rank + k] * rows[i % n * rank + k]))];
    }
}

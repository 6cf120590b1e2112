namespace ModelBuild.Engine.Tests;

[TestClass]
public class MarginsTests
{
    private static readonly Tensor[] Before = [Scores(3, 0), Scores(1.2f, 0), Scores(0, 2), Scores(0, 0.5f)];

    [TestMethod]
    public void Nothing_IsLost_WhenNothingChanges()
    {
        var margins = new Margins(Before, [0, 1, 1, null]);
        Assert.AreEqual(0, margins.Drop(Before, Before));
        Assert.AreEqual(0, margins.Counted(Before));
    }

    [TestMethod]
    public void Drop_MeetsEachSample_WithEachChange()
    {
        Tensor[] after = [Before[0], Before[1], Before[2], Scores(1.25f, 0)];
        Assert.AreEqual(1 / 4.0, new Margins(Before, [0, 0, 1, 1]).Counted(after));
        // A change of (+1.25, −0.5): of four samples it turns the last, none of the others.
        Assert.AreEqual(1 / 16.0, new Margins(Before, [0, 0, 1, 1]).Drop(after, Before));
        // (0, +1.5) turns the second, to its gain where the label says so.
        Tensor[] other = [Scores(3, 1.5f), Before[1], Before[2], Before[3]];
        Assert.AreEqual(1 / 16.0, new Margins(Before, [0, 0, 1, 1]).Drop(other, Before));
        Assert.AreEqual(-1 / 16.0, new Margins(Before, [0, 1, 1, 1]).Drop(other, Before));
    }

    [TestMethod]
    public void Probabilities_ChangeByFactors()
    {
        Assert.AreEqual(Math.Log(0.8), Margins.Scores(Scores(0.8f, 0.2f))[0], 1e-6);
        Assert.AreEqual(0.8, Margins.Scores(Scores(0.8f, 0.3f))[0], 1e-6);
        Assert.IsTrue(Margins.Scores(Scores(1, 0)).All(double.IsFinite));
    }

    private static Tensor Scores(params float[] values) => Tensor.Of([1, values.Length], values);
}

using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class BestTests
{
    private static readonly Gen<float[]> Scores = Gen.OneOf(Gen.Float[-1, 1], Gen.Int[-2, 2].Select(i => (float)i), Gen.Const(float.NaN), Gen.Const(float.NegativeInfinity)).Array[1, 40];

    private static int[] Sorted(float[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i], Comparer<float>.Create((a, b) => a.CompareTo(b)))];

    [TestMethod]
    public void Of_IsTheFirstOfTheHighest_WhateverTheScores() => Scores.Sample(scores => Assert.AreEqual(Sorted(scores)[0], Best.Of(scores)));

    [TestMethod]
    public void Select_GivesTheHighestInOrder_WhateverTheScores() => Gen.Select(Scores, Gen.Int[0, 45]).Sample((scores, count) =>
    {
        var best = new int[count];
        int found = Best.Select(scores, best);
        Assert.AreEqual(Math.Min(count, scores.Length), found);
        CollectionAssert.AreEqual(Sorted(scores).Take(found).ToArray(), best.Take(found).ToArray());
    });
}

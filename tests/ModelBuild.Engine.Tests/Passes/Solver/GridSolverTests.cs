using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Weights on a grid.</summary>
[TestClass]
public class GridSolverTests
{
    private static float Half(float scale) => (float)(Half)scale;

    [TestMethod]
    public void Solve_OnlyEverComesCloser_WhateverTheInputs() =>
        (from depth in Gen.Int[3, 60]
         from rows in Gen.Int[1, 6]
         from patches in Gen.Int[2, 200]
         from most in Gen.Int[1, 7]
         from seed in Gen.Int
         select (depth, rows, patches, most, seed)).Sample(t =>
         {
             var (depth, rows, patches, most, seed) = t;
             var random = new Random(seed);
             // Inputs that go together, as neighbours in images do: then it matters that weights make up for each other.
             float[] mix = Numbers(depth * depth), start = [.. Numbers(rows * depth).Select(w => random.Next(4) == 0 ? 0 : w)];
             LayerStatistics statistics = LayerStatistics.Make(depth, rows, patches, centered: true);
             for (int p = 0; p < patches; p++)
             {
                 float[] source = Numbers(depth), x = [.. Enumerable.Range(0, depth).Select(i => Lanes.Dot(mix.AsSpan(i * depth, depth), source))];
                 statistics.Add(x, [.. Enumerable.Range(0, rows).Select(r => Lanes.Dot(start.AsSpan(r * depth, depth), x) + 1)]);
             }
             Quadratic cost = statistics.Finish(start, 0.01f);
             GridSolution found = new GridSolver(cost, start, [LevelSet.Grid(-most, most)], 0, Half).Solve(default), begun = new GridSolver(new NoQuadratic(depth, new float[rows]) { Diagonal = cost.Diagonal }, start, [LevelSet.Grid(-most, most)], 0, Half).Solve(default);
             for (int i = 0; i < start.Length; i++)
             {
                 Assert.AreEqual(MathF.Round(found.Levels[i]), found.Levels[i]);
                 Assert.IsLessThanOrEqualTo(most, Math.Abs(found.Levels[i]));
                 Assert.IsTrue(start[i] != 0 || found.Levels[i] == 0, "what was pruned stays so");
             }
             Assert.IsTrue(found.Scales.All(s => s == Half(s)), "scales are float16");
             // Up to the rounding of scales.
             for (int r = 0; r < rows; r++)
             {
                 double before = Cost(cost, start, begun, r);
                 Assert.IsLessThanOrEqualTo(before + 1e-3 * Math.Abs(before) + 1e-6 * cost.Power[r], Cost(cost, start, found, r), $"row {r}");
             }

             float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
         }, iter: 100);

    [TestMethod]
    public void Solve_UsesFewerBits_TheHigherTheRate()
    {
        const int Depth = 200, Rows = 8, Patches = 400;
        var random = new Random(1);
        float[] start = [.. Enumerable.Range(0, Rows * Depth).Select(_ => random.NextSingle() * 2 - 1)];
        LayerStatistics statistics = LayerStatistics.Make(Depth, Rows, Patches, centered: true);
        for (int p = 0; p < Patches; p++)
        {
            float[] x = [.. Enumerable.Range(0, Depth).Select(_ => random.NextSingle())];
            statistics.Add(x, [.. Enumerable.Range(0, Rows).Select(r => Lanes.Dot(start.AsSpan(r * Depth, Depth), x))]);
        }
        Quadratic cost = statistics.Finish(start, 0.05f);
        double[] bits = [.. new[] { 0.001, 0.01, 0.1, 1 }.Select(rate => Entropy(new GridSolver(cost, start, [LevelSet.Grid(-7, 7)], rate, Half).Solve(default).Levels))];
        for (int i = 1; i < bits.Length; i++)
            Assert.IsLessThan(bits[i - 1], bits[i], string.Join(", ", bits));
    }

    [TestMethod]
    public void Solve_TakesTheSideThatFits_WhereLevelsAreUneven()
    {
        float[] start = [1, 0.5f, 0.5f, -0.5f, 0, 0, 0, 0, -1, -0.5f, 0.5f, -0.5f, 0, 0, 0, 0];
        GridSolution found = new GridSolver(new NoQuadratic(8, [0f, 0]), start, [LevelSet.Grid(-2, 1), LevelSet.Grid(-1, 2)], 0, Half).Solve(default);
        CollectionAssert.AreEqual(start.Select(w => 2 * w).ToArray(), found.Levels);
        CollectionAssert.AreEqual(new[] { 0.5f, 0.5f }, found.Scales);
    }

    [TestMethod]
    [DataRow(0.5f, 0f)]
    [DataRow(-0.5f, 0f)]
    [DataRow(1.5f, 1f)]
    [DataRow(-1.5f, -1f)]
    [DataRow(1.51f, 2f)]
    [DataRow(-9f, -3f)]
    public void Nearest_IsTheSmallerOne_OfTwoAsNear(float value, float level) => Assert.AreEqual(level, LevelSet.Grid(-3, 3).Nearest(value));

    /// <summary>Of a row, up to what doesn't depend on the weights.</summary>
    private static double Cost(Quadratic cost, float[] start, GridSolution solution, int row)
    {
        ReadOnlySpan<float> q = solution.Levels.AsSpan(row * cost.Depth, cost.Depth);
        float[] from = new float[cost.StateLength], to = new float[cost.StateLength];
        // A quadratic's difference is its mean slope times the way.
        cost.Start(row, new float[cost.Depth], 1, from);
        cost.Start(row, q, solution.Scales[row], to);
        double sum = 0;
        for (int k = 0; k < cost.Depth; k++)
        {
            float w = q[k] * solution.Scales[row], before = start[row * cost.Depth + k];
            sum += (double)w * (cost.Slope(from, k, -before) + cost.Slope(to, k, w - before));
        }
        return sum + cost.Power[row] * 1.1;
    }

    private static double Entropy(float[] symbols) => symbols.CountBy(s => s).Select(c => (double)c.Value / symbols.Length).Sum(p => -p * Math.Log2(p));
}

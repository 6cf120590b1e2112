namespace ModelBuild.Engine.Tests;

/// <summary>What rows of weights cost, by moments and by samples.</summary>
[TestClass]
public class QuadraticTests
{
    private const int Depth = 37, Rows = 3, Patches = 29;

    private readonly Random _random = new(3);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Slope_IsTheDerivative_ByMomentsAndBySamples(bool centered)
    {
        float[] start = Numbers(Rows * Depth), q = Numbers(Depth);
        var (moments, samples, x, y) = Both(start, centered);
        foreach (Quadratic cost in new Quadratic[] { moments, samples })
        {
            for (int row = 0; row < Rows; row++)
            {
                var state = new float[cost.StateLength];
                cost.Start(row, q, 0.5f, state);
                float[] w = Array.ConvertAll(q, v => 0.5f * v);
                for (int k = 0; k < Depth; k++)
                    Near(Derivative(w, row, k), cost.Slope(state, k, w[k] - start[row * Depth + k]), $"{cost.GetType().Name}, weight {k}");
                // A move is the same as a new start.
                cost.Move(state, 5, 0.25f);
                w[5] += 0.25f;
                for (int k = 0; k < Depth; k++)
                    Near(Derivative(w, row, k), cost.Slope(state, k, w[k] - start[row * Depth + k]), $"{cost.GetType().Name} moved, weight {k}");
            }
        }

        double Derivative(float[] w, int row, int k)
        {
            double[] meanX = Mean(x, Depth), meanY = Mean(y, Rows);
            double sum = 0, trace = 0;
            for (int p = 0; p < Patches; p++)
            {
                double error = -(y[p][row] - (centered ? meanY[row] : 0));
                for (int j = 0; j < Depth; j++)
                {
                    double value = x[p][j] - (centered ? meanX[j] : 0);
                    error += w[j] * value;
                    trace += value * value;
                }
                sum += error * (x[p][k] - (centered ? meanX[k] : 0));
            }
            return sum / Patches + 0.01 * trace / Patches / Depth * (w[k] - start[row * Depth + k]);
        }
    }

    [TestMethod]
    public void BestScale_CostsLeast_OfAllNearIt()
    {
        float[] start = Numbers(Rows * Depth), q = [.. Numbers(Depth).Select(v => MathF.Round(3 * v))];
        var (moments, samples, _, _) = Both(start, centered: true);
        foreach (Quadratic cost in new Quadratic[] { moments, samples })
        {
            var state = new float[cost.StateLength];
            cost.Start(1, q, 0.3f, state);
            float best = cost.BestScale(1, q, 0.3f, state);
            // There the derivative along q is nothing.
            cost.Start(1, q, best, state);
            double along = 0, size = 0;
            for (int k = 0; k < Depth; k++)
            {
                along += q[k] * cost.Slope(state, k, best * q[k] - start[Depth + k]);
                size += Math.Abs(q[k] * cost.Slope(state, k, best * q[k] - start[Depth + k]));
            }
            Assert.IsLessThan(1e-4 * size, Math.Abs(along), cost.GetType().Name);
        }
    }

    [TestMethod]
    [DataRow(29)]
    [DataRow(5000)]
    public void Weights_StayWhereTheyWere_WhenInputsAreAlwaysTheSame(int patches)
    {
        float[] start = Numbers(Depth), same = Array.ConvertAll(Numbers(Depth), v => 100 * v);
        LayerStatistics statistics = new MomentStatistics(Depth, 1, centered: true);
        for (int p = 0; p < patches; p++)
            statistics.Add(same, [0.7f]);
        GridSolution solved = new GridSolver(statistics.Finish(start, 0.01f), start, [LevelSet.Any], 0, s => s).Solve(CancellationToken.None);
        for (int k = 0; k < Depth; k++)
            Assert.AreEqual(start[k], solved.Levels[k], 1e-2f);
    }

    [TestMethod]
    public void BestPair_CostsLeast_OfAllNearIt()
    {
        float[] start = Numbers(Rows * Depth), high = [.. Numbers(Depth).Select(v => v > 0.3f ? 1f : 0)];
        var (moments, samples, _, _) = Both(start, centered: true);
        foreach (Quadratic cost in new Quadratic[] { moments, samples, new NoQuadratic(Depth, new float[Rows]) })
        {
            var (low, up) = cost.BestPair(1, start.AsSpan(Depth, Depth), high);
            var state = new float[cost.StateLength];
            float[] w = Array.ConvertAll(high, h => h > 0 ? up : low);
            cost.Start(1, w, 1, state);
            // There the derivatives by either are nothing.
            foreach (float side in new[] { 0f, 1 })
            {
                float[] slopes = [.. Enumerable.Range(0, Depth).Where(k => high[k] == side).Select(k => cost.Slope(state, k, w[k] - start[Depth + k]))];
                Assert.IsLessThan(1e-4 * slopes.Sum(Math.Abs), Math.Abs(slopes.Sum()), cost.GetType().Name);
            }
            Assert.IsTrue(float.IsNaN(cost.BestPair(1, start.AsSpan(Depth, Depth), new float[Depth]).High), "no weight is the higher one");
        }
    }

    [TestMethod]
    public void Bias_PutsTheMeanRight()
    {
        float[] start = Numbers(Rows * Depth), q = Numbers(Depth);
        var (moments, samples, x, y) = Both(start, centered: true);
        double mean = Enumerable.Range(0, Patches).Average(p => y[p][2] - Enumerable.Range(0, Depth).Sum(k => 0.5 * q[k] * x[p][k]));
        Near(mean, moments.Bias(2, q, 0.5f), "moments");
        Near(mean, samples.Bias(2, q, 0.5f), "samples");
    }

    private (Quadratic Moments, Quadratic Samples, float[][] X, float[][] Y) Both(float[] start, bool centered)
    {
        float[][] x = [.. Enumerable.Range(0, Patches).Select(_ => Numbers(Depth))], y = [.. Enumerable.Range(0, Patches).Select(_ => Numbers(Rows))];
        LayerStatistics moments = new MomentStatistics(Depth, Rows, centered), samples = LayerStatistics.Make(Depth, Rows, Patches, centered);
        Assert.IsInstanceOfType<SampleStatistics>(samples);
        for (int p = 0; p < Patches; p++)
        {
            moments.Add(x[p], y[p]);
            samples.Add(x[p], y[p]);
        }
        return (moments.Finish(start, 0.01f), samples.Finish(start, 0.01f), x, y);
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() * 2 - 0.7f)];

    private static double[] Mean(float[][] vectors, int length) => [.. Enumerable.Range(0, length).Select(i => vectors.Average(v => (double)v[i]))];

    private static void Near(double expected, double got, string what) => Assert.IsLessThan(2e-5 * Math.Max(1, Math.Abs(expected)), Math.Abs(expected - got), $"{what}: {expected} and {got}");
}

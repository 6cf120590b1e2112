using CsCheck;

namespace ModelBuild.Generated.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public unsafe class ElementwiseTests
{
    private static readonly Width[] Widths = Enum.GetValues<Width>();

    public TestContext TestContext { get; set; } = null!;

    private static IEnumerable<object[]> UnaryNames => FloatKernels.Unary.Select(k => new object[] { k.Name });

    private static IEnumerable<object[]> BinaryNames => FloatKernels.Binary.Select(k => new object[] { k.Name });

    [TestMethod]
    [DynamicData(nameof(UnaryNames))]
    public void Unary_StaysWithinItsError_WhenXIsAnyFloat(string name)
    {
        UnaryKernel kernel = FloatKernels.Unary.Single(k => k.Name == name);
        float[] x = AnyFloats(), y = new float[x.Length];
        double[] reference = Array.ConvertAll(x, v => kernel.Reference(v));
        foreach (Width width in Widths)
        {
            fixed (float* from = x, to = y)
                kernel.Rows(width, from, to, 1, x.Length, 0, 0, 1, 1);
            double worst = 0;
            float at = 0, got = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double error = x[i] < kernel.From || x[i] > kernel.To ? Outside(y[i], reference[i]) : Ulps(y[i], reference[i]);
                if (error > worst)
                    (worst, at, got) = (error, x[i], y[i]);
            }
            TestContext.WriteLine($"{width}: {worst:G4} ulp at {at:G9}");
            Assert.IsLessThanOrEqualTo(kernel.Ulps, worst, $"{width} at {at:G9}: {got:G9} where {kernel.Reference(at):G17} is expected");
        }
    }

    [TestMethod]
    [DynamicData(nameof(UnaryNames))]
    public void Unary_YieldsTheSame_WhereverAnElementLies(string name)
    {
        UnaryKernel kernel = FloatKernels.Unary.Single(k => k.Name == name);
        (from layout in Layout.Gen
         from values in Gen.Float.Array[layout.Extent]
         from yRow in Gen.Int[layout.Count * layout.Step, layout.Count * layout.Step + 3]
         from ys in Gen.Int[1, 2]
         from width in Gen.Enum<Width>()
         select (layout, values, yRow: yRow * ys, ys, width)).Sample(t =>
        {
            var (layout, x, yRow, ys, width) = t;
            float[] y = Enumerable.Repeat(12345f, layout.Rows * yRow + layout.Count * ys).ToArray(), expected = [.. y];
            fixed (float* from = x, to = y)
                kernel.Rows(width, from, to, layout.Rows, layout.Count, layout.Row, yRow, layout.Step, ys);
            for (int row = 0; row < layout.Rows; row++)
            for (int i = 0; i < layout.Count; i++)
            {
                float one = x[row * layout.Row + i * layout.Step];
                fixed (float* to = &expected[row * yRow + i * ys])
                    kernel.Rows(width, &one, to, 1, 1, 0, 0, 1, 1);
            }
            CollectionAssert.AreEqual(expected, y);
        });
    }

    [TestMethod]
    [DynamicData(nameof(BinaryNames))]
    public void Binary_RoundsTheExactResult_WhereverOperandsLie(string name)
    {
        BinaryKernel kernel = FloatKernels.Binary.Single(k => k.Name == name);
        (from count in Gen.Int[0, 67]
         from rows in Gen.Int[0, 3]
         from a in Layout.Like(rows, count)
         from b in Layout.Like(rows, count)
         from x in Gen.Float.Array[a.Extent]
         from z in Gen.Float.Array[b.Extent]
         from ys in Gen.Int[1, 2]
         from width in Gen.Enum<Width>()
         select (a, b, x, z, ys, width)).Sample(t =>
        {
            var (a, b, x, z, ys, width) = t;
            var y = new float[Math.Max(1, a.Rows * a.Count * ys)];
            fixed (float* first = x, second = z, to = y)
                kernel.Rows(width, first, second, to, a.Rows, a.Count, a.Row, b.Row, a.Count * ys, a.Step, b.Step, ys);
            for (int row = 0; row < a.Rows; row++)
            for (int i = 0; i < a.Count; i++)
            {
                float p = x[row * a.Row + i * a.Step], q = z[row * b.Row + i * b.Step];
                Assert.AreEqual((float)kernel.Reference(p, q), y[(row * a.Count + i) * ys], $"{name}({p:G9}, {q:G9})");
            }
        });
    }

    /// <summary>Rows of an operand: its elements lie <paramref name="Step"/> apart (0: one for the whole row).</summary>
    private sealed record Layout(int Rows, int Count, int Row, int Step)
    {
        public int Extent => Math.Max(1, Rows * Row + Count * Step + 1);

        public static Gen<Layout> Gen =>
            from rows in CsCheck.Gen.Int[0, 3]
            from count in CsCheck.Gen.Int[0, 67]
            from layout in Like(rows, count)
            select layout;

        public static Gen<Layout> Like(int rows, int count) =>
            from step in CsCheck.Gen.Int[0, 3]
            from row in CsCheck.Gen.OneOf(CsCheck.Gen.Const(0), CsCheck.Gen.Int[count * step, count * step + 5])
            select new Layout(rows, count, row, step);
    }

    /// <summary>Special values, and a regular sample of all bit patterns.</summary>
    private static float[] AnyFloats()
    {
        var floats = new List<float> { 0, -0f, 1, -1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, float.MaxValue, float.MinValue, 88.72283f, 88.72284f, -87.33654f, 0.5f, 1.5f, 2.5f, -0.5f };
        for (long bits = 0; bits <= uint.MaxValue; bits += 104729)
            floats.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        // Where functions bend.
        for (int i = -20000; i < 20000; i++)
            floats.Add(i * 0.00081f);
        return [.. floats];
    }

    /// <summary>Distance in units of the reference's last place; below the normal range those are all the same size.</summary>
    private static double Ulps(float y, double r)
    {
        if (double.IsNaN(r))
            return float.IsNaN(y) ? 0 : double.PositiveInfinity;
        if (y == (float)r)
            return 0;
        double magnitude = Math.Abs(r);
        if (magnitude < 1.2e-38 && Math.Abs(y) < 1.2e-38)
            return 0;
        if (!float.IsFinite((float)r))
            return Math.Abs(y) > 3.4e38f && float.Sign(y) == Math.Sign(r) ? 0 : double.PositiveInfinity;
        double error = Math.Abs(y - r) / Math.Pow(2, Math.Max(-126, Math.Floor(Math.Log2(magnitude))) - 23);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    /// <summary>Where a function is too small for its own last place to count, an absolute distance does.</summary>
    private static double Outside(float y, double r) => y == r || Math.Abs(y - r) < 3e-7 || (double.IsNaN(r) && float.IsNaN(y)) ? 0 : double.PositiveInfinity;
}

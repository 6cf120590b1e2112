using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Operators as matrices times patches: the same numbers as what they mean.</summary>
[TestClass]
public class PatchProductTests
{
    [TestMethod]
    public void Conv_IsAMatrixTimesPatches() =>
        (from kernel in Gen.Int[1, 3].Array[2]
         from strides in Gen.Int[1, 2].Array[2]
         from dilations in Gen.Int[1, 2].Array[2]
         from pads in Gen.Int[0, 2].Array[4]
         from groups in Gen.Int[1, 3]
         from x in Any.Floats([2, 2 * groups, 7, 6])
         from w in Any.Floats([3 * groups, 2, kernel[0], kernel[1]])
         select (new Conv(new(kernel), new(strides), new(dilations), new(pads), groups), x, w)).Sample(t => Agrees(t.Item1, t.x, t.w), iter: 200);

    [TestMethod]
    public void Conv_IsAMatrixTimesPatches_AlongOneAxis() => Agrees(new Conv(new([3]), new([2]), new([1]), new([1, 0]), 2), Numbers([2, 4, 9]), Numbers([6, 2, 3]));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Gemm_IsAMatrixTimesRows(bool transposed) => Agrees(new Gemm(TransB: transposed), Numbers([4, 5]), Numbers(transposed ? [3, 5] : [5, 3]));

    [TestMethod]
    public void MatMul_IsAMatrixTimesRows() => Agrees(new MatMul(), Numbers([2, 3, 4, 5]), Numbers([5, 7]));

    [TestMethod]
    public void AsPatches_IsNull_WhereAFactorStandsBeforeTheProduct() => Assert.IsNull(new Gemm(Alpha: 2).AsPatches(Numbers([4, 5]).Type, Numbers([5, 3]).Type, Numbers([4, 3]).Type));

    private static void Agrees(Op op, Tensor x, Tensor w)
    {
        Tensor y = op.Evaluate([x, w])[0];
        PatchProduct product = op.AsPatches(x.Type, w.Type, y.Type)!;
        var patch = new float[product.Groups * product.Depth];
        Assert.AreEqual(y.Shape.Size, product.Patches * product.Groups * product.Rows);
        for (int p = 0; p < product.Patches; p++)
        {
            product.Unfold(x.F32, p, patch);
            for (int g = 0; g < product.Groups; g++)
            {
                for (int r = 0; r < product.Rows; r++)
                {
                    double sum = 0;
                    for (int k = 0; k < product.Depth; k++)
                        sum += (double)patch[g * product.Depth + k] * w.F32[product.Weight(g, r, k)];
                    Assert.AreEqual(y.F32[product.Output(p, g, r)], sum, 1e-4, $"{op}: patch {p}, group {g}, row {r}");
                }
            }
        }
    }

    private static Tensor Numbers(Shape shape)
    {
        var random = new Random(7);
        return Tensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle() * 2 - 1)]);
    }
}

using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Operators that pick elements, and put them elsewhere.</summary>
[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class SelectionOpTests
{
    private static readonly ElementType[] Numbers = [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    [TestMethod]
    public void TopK_AgreesWithItsMeaning_OfEqualElementsToo() =>
        (from element in Gen.OneOf(Numbers)
         from shape in Any.Shape(1, 4, 9)
         from axis in Any.Axis(shape.Rank)
         from few in Gen.Bool
         from values in Gen.Long[-3, 3].Array[shape.Size]
         from k in Gen.Int[0, shape[shape.Axis(axis)]]
         from largest in Gen.Bool
         from lie in Any.Lie
         select (x: Tensor.From(new(element, shape), few ? values : [.. values.Select((v, i) => v * 100 + i * 7 % 50)]), op: new TopK(k, axis, largest), lie)).Sample(t =>
            OneNode.Agrees(t.op, [t.x], lie: t.lie), iter: 300);

    [TestMethod]
    public void TopK_OfALongRow_IsSorted()
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => (float)(i * 7919L % 5003))];
        Tensor[] best = OneNode.Run(new TopK(300, 0), [Tensor.Of([5000], values)], outputs: 2);
        CollectionAssert.AreEqual(values.OrderDescending().Take(300).ToArray(), best[0].F32.ToArray());
        CollectionAssert.AreEqual(best[0].F32.ToArray(), best[1].Int64s().Select(i => values[i]).ToArray());
    }

    [TestMethod]
    public void GatherND_TakesSlices_ByTuplesOfAnyLength() =>
        (from x in Any.Counted(Any.Shape(1, 4))
         from batch in Gen.Int[0, x.Shape.Rank - 1]
         from k in Gen.Int[1, x.Shape.Rank - batch]
         from middle in Any.Shape(0, 2, 4)
         let shape = Shape.Of([.. x.Shape.Take(batch), .. middle, k])
         from any in Gen.Long[0, 1000].Array[shape.Size]
         from backwards in Gen.Bool
         from constant in Gen.Bool
         from lie in Any.Lie
         let indices = any.Select((v, i) => v % x.Shape[batch + i % k] - (backwards ? x.Shape[batch + i % k] : 0)).ToArray()
         select (x, op: new GatherND(batch), indices: Tensor.Of(shape, indices), constant, lie)).Sample(t =>
            OneNode.Agrees(t.op, [t.x, t.indices], t.constant ? [1] : [], lie: t.lie), iter: 300);

    [TestMethod]
    public void ScatterND_PutsSlices_ByTuplesOfAnyLength() =>
        (from reduction in Gen.Enum<ScatterReduction>()
         from element in reduction == ScatterReduction.None ? Gen.OneOf(Any.Movable) : Gen.OneOf(Numbers)
         from shape in Any.Shape(1, 4)
         from k in Gen.Int[1, shape.Rank]
         from middle in Any.Shape(0, 2, 4)
         let at = Shape.Of([.. middle, k])
         from any in Gen.Long[0, 1000].Array[at.Size]
         from constant in Gen.Bool
         from lie in Any.Lie
         let indices = any.Select((v, i) => v % (2 * shape[i % k]) - shape[i % k]).ToArray()
         select (x: Any.Counted(element, shape), op: new ScatterND(reduction), indices: Tensor.Of(at, indices), updates: Any.Counted(element, Shape.Of([.. middle, .. shape.Skip(k)])), constant, lie)).Sample(t =>
            OneNode.Agrees(t.op, [t.x, t.indices, t.updates], t.constant ? [1] : [], lie: t.lie), iter: 300);

    [TestMethod]
    public void ScatterElements_PutsOneElementAnIndex() =>
        (from reduction in Gen.Enum<ScatterReduction>()
         from element in reduction == ScatterReduction.None ? Gen.OneOf(Any.Movable) : Gen.OneOf(Numbers)
         from shape in Any.Shape(1, 4)
         from axis in Any.Axis(shape.Rank)
         from less in Gen.Int[0, 4].Array[shape.Rank]
         let at = Shape.Of(shape.Select((length, i) => Math.Max(1, length - less[i])))
         from wide in Gen.Bool
         from any in Gen.Long[0, 1000].Array[at.Size]
         from lie in Any.Lie
         let length = shape[shape.Axis(axis)]
         let indices = any.Select(v => v % (2 * length) - length).ToArray()
         select (x: Any.Counted(element, shape), op: new ScatterElements(axis, reduction), indices: Tensor.From(new(wide ? ElementType.Int64 : ElementType.Int32, at), indices), updates: Any.Counted(element, at), lie)).Sample(t =>
            OneNode.Agrees(t.op, [t.x, t.indices, t.updates], lie: t.lie), iter: 300);

    [TestMethod]
    public void AnIndexOutside_IsAnError_ConstantOrNot()
    {
        Tensor x = Any.Counted(ElementType.Int32, [2, 3]), tuple = Tensor.Of<long>([1, 2], [1, 3]), updates = Any.Counted(ElementType.Int32, [1]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OneNode.Run(new GatherND(), [x, tuple]));
        Assert.ThrowsExactly<OperatorException>(() => OneNode.Run(new GatherND(), [x, tuple], [1]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OneNode.Run(new ScatterND(), [x, tuple, updates]));
        Assert.ThrowsExactly<OperatorException>(() => OneNode.Run(new ScatterND(), [x, tuple, updates], [1]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OneNode.Run(new ScatterElements(1, ScatterReduction.Add), [x, Tensor.Of<long>([1, 1], [-4]), updates.Reshape([1, 1])]));
    }

    [TestMethod]
    public void CumSum_AgreesWithItsMeaning_AlongAnyAxis() =>
        (from element in Gen.OneOf(Numbers)
         from shape in Any.Shape(1, 4, 9)
         from axis in Any.Axis(shape.Rank)
         from x in Any.Integers(element, shape)
         from exclusive in Gen.Bool
         from reverse in Gen.Bool
         from lie in Any.Lie
         select (x, op: new CumSum(axis, exclusive, reverse), lie)).Sample(t => OneNode.Agrees(t.op, [t.x], lie: t.lie), iter: 200);
}

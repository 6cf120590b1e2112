using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class ReductionTests
{
    private delegate Op Make(EquatableArray<int>? axes, bool keepDims, bool noop);

    private static readonly Make[] Floats =
    [
        (a, k, n) => new ReduceSum(a, k, n), (a, k, n) => new ReduceMean(a, k, n), (a, k, n) => new ReduceMax(a, k, n), (a, k, n) => new ReduceMin(a, k, n), (a, k, n) => new ReduceProd(a, k, n),
        (a, k, n) => new ReduceL1(a, k, n), (a, k, n) => new ReduceL2(a, k, n), (a, k, n) => new ReduceSumSquare(a, k, n), (a, k, n) => new ReduceLogSumExp(a, k, n),
    ];

    private static readonly Make[] Integers = [(a, k, n) => new ReduceSum(a, k, n), (a, k, n) => new ReduceProd(a, k, n), (a, k, n) => new ReduceMax(a, k, n), (a, k, n) => new ReduceMin(a, k, n)];

    [TestMethod]
    public void Reduce_AgreesWithItsMeaning_HoweverDataLies() =>
        (from make in Gen.OneOf(Floats)
         from shape in Any.Shape(0, 5, 4)
         from x in Exact(shape)
         from op in Of(make, x.Shape.Rank)
         from lie in Any.Lie
         select (op, x: Conditioned(op, x), lie)).Sample(t => OneNode.Agrees(t.op, [t.x], lie: t.lie), iter: 200);

    [TestMethod]
    public void Reduce_AgreesWithItsMeaning_WhenChannelsAreLast() =>
        (from make in Gen.OneOf(Floats)
         from shape in Any.Shape(3, 4, 6)
         from channels in Gen.Int[1, 70]
         from x in Exact(shape.With(1, channels))
         from op in Of(make, shape.Rank)
         select (op, x: Conditioned(op, x))).Sample(t => OneNode.Agrees(t.op, [t.x], channelsLast: true), iter: 200);

    [TestMethod]
    public void Reduce_AgreesWithItsMeaning_OnIntegers() =>
        (from make in Gen.OneOf(Integers)
         from element in Gen.OneOf(ElementType.Int32, ElementType.Int64)
         from shape in Any.Shape(0, 4)
         from x in Any.Integers(element, shape)
         from op in Of(make, shape.Rank)
         from lie in Any.Lie
         select (op, x, lie)).Sample(t => OneNode.Agrees(t.op, [t.x], lie: t.lie), iter: 100);

    [TestMethod]
    public void Reduce_AgreesWithItsMeaning_OnBytes() =>
        (from make in Gen.OneOf(Integers[2..])
         from element in Gen.OneOf(ElementType.Int8, ElementType.UInt8, ElementType.Bool)
         from shape in Any.Shape(0, 4)
         from bytes in Gen.Byte.Array[shape.Size]
         from op in Of(make, shape.Rank)
         select (op, x: new Tensor(new(element, shape), element == ElementType.Bool ? Array.ConvertAll(bytes, b => (byte)(b & 1)) : bytes))).Sample(t => OneNode.Agrees(t.op, [t.x]), iter: 100);

    [TestMethod]
    public void Sum_StaysExactEnough_WhenThereAreManyElements()
    {
        var random = new Random(1);
        foreach (Shape shape in (Shape[])[[3, 100_001], [100_001, 3], [1, 40, 131, 127]])
        {
            Tensor x = Tensor.Of(shape, Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle()).ToArray());
            for (int axis = 0; axis < shape.Rank; axis++)
                OneNode.Agrees(new ReduceSum(new EquatableArray<int>([axis])), [x], error: 5e-7);
            OneNode.Agrees(new ReduceMean(), [x], error: 5e-7);
        }
        OneNode.Agrees(new GlobalAveragePool(), [Tensor.Of([1, 40, 131, 127], Enumerable.Range(0, 40 * 131 * 127).Select(_ => random.NextSingle()).ToArray())], channelsLast: true, error: 5e-7);
    }

    [TestMethod]
    public void GlobalPool_AgreesWithItsMeaning() =>
        (from op in Gen.OneOf<Op>(new GlobalAveragePool(), new GlobalMaxPool())
         from shape in Any.Shape(3, 5, 6)
         from x in Exact(shape)
         from channelsLast in Gen.Bool
         select (op, x, channelsLast)).Sample(t => OneNode.Agrees(t.op, [t.x], channelsLast: t.channelsLast), iter: 50);

    [TestMethod]
    public void LogSumExp_IsInfinite_WhenTheLargestElementIs()
    {
        Tensor x = Tensor.Of([3, 2], [float.NegativeInfinity, float.NegativeInfinity, float.PositiveInfinity, 1, float.NegativeInfinity, 0]);
        CollectionAssert.AreEqual((float[])[float.NegativeInfinity, float.PositiveInfinity, 0], OneNode.Run(new ReduceLogSumExp(new EquatableArray<int>([1]), false), [x])[0].F32.ToArray());
    }

    [TestMethod]
    public void Reduce_YieldsTheStart_WhenThereIsNothingToReduce()
    {
        Tensor x = Tensor.Of<float>([2, 0], []);
        EquatableArray<int> axis = new([1]);
        CollectionAssert.AreEqual((float[])[0, 0], OneNode.Run(new ReduceSum(axis, false), [x])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[1, 1], OneNode.Run(new ReduceProd(axis, false), [x])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[float.NegativeInfinity, float.NegativeInfinity], OneNode.Run(new ReduceMax(axis, false), [x])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[float.PositiveInfinity, float.PositiveInfinity], OneNode.Run(new ReduceMin(axis, false), [x])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[float.NegativeInfinity, float.NegativeInfinity], OneNode.Run(new ReduceLogSumExp(axis, false), [x])[0].F32.ToArray());
    }

    [TestMethod]
    public void Arg_AgreesWithItsMeaning_WhenElementsAreEqual() =>
        (from largest in Gen.Bool
         from element in Gen.OneOf(ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Int8, ElementType.UInt8)
         from shape in Any.Shape(1, 4)
         from values in Gen.Long[0, 5].Array[shape.Size]
         from axis in Any.Axis(shape.Rank)
         from keep in Gen.Bool
         from last in Gen.Bool
         from lie in Any.Lie
         select (op: largest ? (Op)new ArgMax(axis, keep, last) : new ArgMin(axis, keep, last), x: Tensor.From(new(element, shape), values), lie)).Sample(t =>
         {
             OneNode.Agrees(t.op, [t.x], lie: t.lie);
             OneNode.Agrees(t.op, [t.x], channelsLast: true);
         }, iter: 100);

    [TestMethod]
    public void Softmax_AgreesWithItsMeaning_AlongAnyAxis() =>
        (from logarithm in Gen.Bool
         from shape in Any.Shape(1, 4, 6)
         from axis in Any.Axis(shape.Rank)
         from length in Gen.Int[1, 70]
         from x in Any.Floats(shape.With(shape.Axis(axis), length))
         from lie in Any.Lie
         from channelsLast in Gen.Bool
         select (op: logarithm ? (Op)new LogSoftmax(axis) : new Softmax(axis), x, lie, channelsLast)).Sample(t => OneNode.Agrees(t.op, [t.x], channelsLast: t.channelsLast, lie: t.lie), iter: 200);

    [TestMethod]
    public void Softmax_Adds_ToOne_WhenLogitsAreLarge()
    {
        Tensor x = Tensor.Of([2, 4], [1e30f, 1e30f, -1e30f, 0, -1000, -1001, -1002, float.NegativeInfinity]);
        OneNode.Agrees(new Softmax(), [x], error: 2e-7);
        OneNode.Agrees(new Softmax(0), [x], error: 2e-7);
    }

    // Floats whose sums are exact: what is left out or counted twice shows, and rounding doesn't.
    private static Gen<Tensor> Exact(Shape shape) => Gen.OneOf(-2f, -1, 1, 2, 0.5f).Array[shape.Size].Select(v => Tensor.Of(shape, v));

    // max + ln Σ loses its digits where the two cancel, in any float arithmetic: there elements are positive. Products of many elements leave what floats
    // can hold, some orders of multiplication sooner than others: there most are 1 or −1.
    private static Tensor Conditioned(Op op, Tensor x) => op switch
    {
        ReduceLogSumExp => new Abs().Evaluate([x])[0],
        ReduceProd => Tensor.Of(x.Shape, x.F32.ToArray().Select((v, i) => i < 20 ? v : MathF.Sign(v)).ToArray()),
        _ => x,
    };

    private static Gen<Op> Of(Make make, int rank) =>
        from some in Gen.Bool
        from axes in Any.Order(rank)
        from count in Gen.Int[0, rank]
        from keep in Gen.Bool
        from noop in Gen.Bool
        select make(some ? new EquatableArray<int>(axes.Take(count).Select(a => a % 2 == 0 ? a : a - rank)) : null, keep, noop);
}

using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class MovementTests
{
    [TestMethod]
    public void Transpose_PutsEachElementWhereItsIndicesSay() =>
        (from x in Any.Counted(Any.Shape(0, 6, 3))
         from order in Any.Order(x.Shape.Rank)
         from lie in Any.Lie
         select (x, order, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Transpose(t.order), [t.x], lie: t.lie)[0];
             AssertEach(t.x, y, to => to.Select((_, axis) => to[t.order.ToList().IndexOf(axis)]));
         }, iter: 200);

    [TestMethod]
    public void Slice_TakesWhatPythonTakes() =>
        (from x in Any.Counted(Any.Shape(1, 4))
         from axes in Any.Order(x.Shape.Rank)
         from starts in Bound.Array[axes.Count]
         from ends in Bound.Array[axes.Count]
         from steps in Gen.OneOf(-7, -2, -1, 1, 2, 3).Array[axes.Count]
         from lie in Any.Lie
         select (x, axes, starts, ends, steps, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Slice(new(t.starts), new(t.ends), t.axes, new(t.steps)), [t.x], lie: t.lie)[0];
             int[][] taken = new int[t.axes.Count][];
             for (int i = 0; i < t.axes.Count; i++)
                 taken[t.axes[i]] = [.. Python(t.x.Shape[t.axes[i]], t.starts[i], t.ends[i], t.steps[i])];
             Assert.AreEqual(Shape.Of(taken.Select(a => a.Length)), y.Shape);
             AssertEach(t.x, y, to => to.Select((index, axis) => taken[axis][index]));
         }, iter: 300);

    [TestMethod]
    public void Reshape_KeepsTheOrder_HoweverDataLies() =>
        (from x in Any.Counted(Any.Shape(0, 5, 6))
         from to in Factors(x.Shape.Size)
         from open in Gen.Int[-1, to.Length - 1]
         from lie in Any.Lie
         select (x, to, open, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Reshape(new(t.to.Select((length, i) => i == t.open ? -1 : length))), [t.x], lie: t.lie)[0];
             Assert.AreEqual(Shape.Of(t.to), y.Shape);
             CollectionAssert.AreEqual(t.x.Bytes.ToArray(), y.Bytes.ToArray());
         }, iter: 300);

    [TestMethod]
    public void Reshape_KeepsTheOrder_WhenChannelsAreLast() =>
        (from shape in Any.Shape(4, 4, 6)
         from to in Factors(shape.Size)
         select (shape, to)).Sample(t => OneNode.Agrees(new Reshape(new(t.to)), [Any.Counted(ElementType.Float32, t.shape)], channelsLast: true), iter: 100);

    [TestMethod]
    [DataRow(new[] { 0, -1 }, false, "[2, 12]")]
    [DataRow(new[] { 0, 0, 2, -1 }, false, "[2, 3, 2, 2]")]
    [DataRow(new[] { 24 }, true, "[24]")]
    public void Reshape_TakesTheInputsLength_WhenALengthIsZero(int[] to, bool allowZero, string expected) =>
        Assert.AreEqual(expected, new Reshape(new(to), allowZero).Infer([new(ElementType.Float32, [2, 3, 4])])[0].Shape.ToString());

    [TestMethod]
    [DataRow(new[] { 5, -1 }, false)]
    [DataRow(new[] { -1, -1 }, false)]
    [DataRow(new[] { 2, 3, 4, 0 }, false)]
    [DataRow(new[] { 0, -1 }, true)]
    [DataRow(new[] { 23 }, false)]
    public void Reshape_SaysBothShapes_WhenTheyDoNotFit(int[] to, bool allowZero)
    {
        var error = Assert.ThrowsExactly<OperatorException>(() => new Reshape(new(to), allowZero).Infer([new(ElementType.Float32, [2, 3, 4])]));
        StringAssert.Contains(error.Message, "[2, 3, 4]");
        StringAssert.Contains(error.Message, new EquatableArray<int>(to).ToString());
    }

    [TestMethod]
    [DataRow(0, "[1, 24]")]
    [DataRow(1, "[2, 12]")]
    [DataRow(3, "[24, 1]")]
    [DataRow(-1, "[6, 4]")]
    public void Flatten_MakesAMatrix(int axis, string expected) =>
        Assert.AreEqual(expected, OneNode.Run(new Flatten(axis), [Any.Counted(ElementType.Float32, [2, 3, 4])])[0].Shape.ToString());

    [TestMethod]
    public void Squeeze_UndoesUnsqueeze() =>
        (from x in Any.Counted(Any.Shape(0, 3))
         from count in Gen.Int[1, 3]
         from places in Any.Order(x.Shape.Rank + count)
         from negative in Gen.Bool
         from lie in Any.Lie
         select (x, axes: new EquatableArray<int>(places.Take(count).Select(a => negative ? a - places.Count : a)), lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Unsqueeze(t.axes), [t.x], lie: t.lie)[0];
             Assert.AreEqual(t.x.Shape.Rank + t.axes.Count, y.Shape.Rank);
             CollectionAssert.AreEqual(t.x.Bytes.ToArray(), y.Bytes.ToArray());
             Assert.AreEqual(t.x.Type, new Squeeze(t.axes).Infer([y.Type])[0]);
         }, iter: 100);

    [TestMethod]
    public void Squeeze_NamesTheAxis_WhenItIsLonger()
    {
        var error = Assert.ThrowsExactly<OperatorException>(() => new Squeeze(new EquatableArray<int>([1])).Infer([new(ElementType.Float32, [1, 3])]));
        Assert.AreEqual("axis 1 of [1, 3] is not 1 long", error.Message);
        Assert.AreEqual("[3]", new Squeeze().Infer([new(ElementType.Float32, [1, 3, 1])])[0].Shape.ToString());
    }

    [TestMethod]
    public void Concat_UndoesSplit_AlongAnyAxis() =>
        (from x in Any.Counted(Any.Shape(1, 5, 6))
         from axis in Any.Axis(x.Shape.Rank)
         from outputs in Gen.Int[1, 4]
         from lie in Any.Lie
         select (x, axis, outputs, lie)).Sample(t =>
         {
             Tensor[] parts = OneNode.Run(new Split(t.outputs, t.axis), [t.x], outputs: t.outputs, lie: t.lie);
             int length = t.x.Shape[t.x.Shape.Axis(t.axis)];
             Assert.AreEqual((length + t.outputs - 1) / t.outputs, parts[0].Shape[t.x.Shape.Axis(t.axis)]);
             CollectionAssert.AreEqual(t.x.Bytes.ToArray(), OneNode.Run(new Concat(t.axis), parts, lie: t.lie)[0].Bytes.ToArray());
         }, iter: 200);

    [TestMethod]
    public void Concat_AgreesWithItsMeaning_WhenChannelsAreLast() =>
        (from a in Any.Shape(4, 4)
         from axis in Any.Axis(4)
         from more in Gen.Int[1, 5]
         from constant in Gen.Int[0, 2]
         select (a, axis, b: a.With(a.Axis(axis), more), constant)).Sample(t =>
            OneNode.Agrees(new Concat(t.axis), [Any.Counted(ElementType.Float32, t.a), Any.Counted(ElementType.Float32, t.b), Any.Counted(ElementType.Float32, t.a)], [t.constant], channelsLast: true), iter: 100);

    [TestMethod]
    public void Split_SaysTheSizes_WhenTheyDoNotAddUp() =>
        StringAssert.Contains(Assert.ThrowsExactly<OperatorException>(() => new Split(2, 0, new EquatableArray<int>([2, 2])).Infer([new(ElementType.Float32, [5])])).Message, "[2, 2]");

    [TestMethod]
    public void Gather_TakesRows_ByIndicesOfAnyShape() =>
        (from x in Any.Counted(Any.Shape(1, 4))
         from axis in Any.Axis(x.Shape.Rank)
         from shape in Any.Shape(0, 2)
         from element in Gen.OneOf(ElementType.Int32, ElementType.Int64)
         from indices in Gen.Long[-x.Shape[x.Shape.Axis(axis)], x.Shape[x.Shape.Axis(axis)] - 1].Array[shape.Size]
         from constant in Gen.Bool
         from lie in Any.Lie
         select (x, axis, indices: Tensor.From(new(element, shape), indices), constant, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Gather(t.axis), [t.x, t.indices], t.constant ? [1] : [], lie: t.lie)[0];
             int axis = t.x.Shape.Axis(t.axis), rank = t.indices.Shape.Rank, length = t.x.Shape[axis];
             AssertEach(t.x, y, to =>
             {
                 long index = t.indices.Int64s()[At(t.indices.Shape, to.Skip(axis).Take(rank))];
                 return [.. to.Take(axis), (int)(index < 0 ? index + length : index), .. to.Skip(axis + rank)];
             });
         }, iter: 300);

    [TestMethod]
    public void Gather_AgreesWithItsMeaning_WhenChannelsAreLast() =>
        (from shape in Any.Shape(4, 4)
         from axis in Any.Axis(4)
         from indices in Gen.Int[0, shape[shape.Axis(axis)] - 1].Array[1, 6]
         from constant in Gen.Bool
         select (shape, axis, indices, constant)).Sample(t =>
            OneNode.Agrees(new Gather(t.axis), [Any.Counted(ElementType.Float32, t.shape), Tensor.Of([t.indices.Length], t.indices)], t.constant ? [1] : [], channelsLast: true), iter: 100);

    [TestMethod]
    public void GatherElements_TakesOneElementAnIndex() =>
        (from x in Any.Counted(Any.Shape(1, 4))
         from axis in Any.Axis(x.Shape.Rank)
         from length in Gen.Int[1, 6]
         from element in Gen.OneOf(ElementType.Int32, ElementType.Int64)
         let shape = x.Shape.With(x.Shape.Axis(axis), length)
         from indices in Gen.Long[-x.Shape[x.Shape.Axis(axis)], x.Shape[x.Shape.Axis(axis)] - 1].Array[shape.Size]
         from lie in Any.Lie
         select (x, axis, indices: Tensor.From(new(element, shape), indices), lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new GatherElements(t.axis), [t.x, t.indices], lie: t.lie)[0];
             int axis = t.x.Shape.Axis(t.axis);
             AssertEach(t.x, y, to => to.Select((at, i) => i != axis ? at : (int)t.indices.Int64s()[At(y.Shape, to)] is var index && index < 0 ? index + t.x.Shape[axis] : index));
             OneNode.Agrees(new GatherElements(t.axis), [t.x, t.indices], [1], lie: t.lie);
         }, iter: 200);

    [TestMethod]
    [DataRow(3L)]
    [DataRow(-4L)]
    [DataRow(long.MaxValue)]
    [DataRow(long.MinValue)]
    public void Gather_Throws_WhenAnIndexIsOutside(long index)
    {
        Tensor x = Any.Counted(ElementType.Float32, [3, 2]), indices = Tensor.Of<long>([2], [0, index]);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OneNode.Run(new Gather(), [x, indices]));
        Assert.AreEqual(index, error.ActualValue);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OneNode.Run(new GatherElements(), [x, indices.Reshape([1, 2])]));
        Assert.ThrowsExactly<OperatorException>(() => OneNode.Run(new Gather(), [x, indices], [1]));
        Assert.ThrowsExactly<OperatorException>(() => OneNode.Run(new GatherElements(), [x, indices.Reshape([1, 2])], [1]));
    }

    [TestMethod]
    public void Expand_RepeatsElements_AlongNewAndShortAxes() =>
        (from whole in Any.Shape(0, 4)
         from ones in Gen.Bool.Array[whole.Rank]
         from without in Gen.Int[0, whole.Rank]
         from x in Any.Counted(Gen.Const(Shape.Of(whole.Select((length, i) => ones[i] ? 1 : length).Skip(without))))
         from lie in Any.Lie
         select (x, whole, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Expand(t.whole.Axes), [t.x], lie: t.lie)[0];
             int missing = t.whole.Rank - t.x.Shape.Rank;
             AssertEach(t.x, y, to => to.Skip(missing).Select((at, i) => t.x.Shape[i] == 1 ? 0 : at));
         }, iter: 200);

    [TestMethod]
    public void Tile_RepeatsTheWhole_AlongEveryAxis() =>
        (from x in Any.Counted(Any.Shape(0, 4, 4))
         from repeats in Gen.Int[0, 3].Array[x.Shape.Rank]
         from lie in Any.Lie
         select (x, repeats, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new Tile(new(t.repeats)), [t.x], lie: t.lie)[0];
             Assert.AreEqual(Shape.Of(t.x.Shape.Zip(t.repeats, (length, repeat) => length * repeat)), y.Shape);
             AssertEach(t.x, y, to => to.Select((at, i) => at % t.x.Shape[i]));
         }, iter: 200);

    [TestMethod]
    public void Pad_PutsTheInputInTheMiddle_WhateverTheMode() =>
        (from mode in Gen.Enum<PadMode>()
         from x in Any.Counted(Any.Shape(0, 4))
         from pads in Gen.Int[-1, 7].Array[2 * x.Shape.Rank]
         where Enumerable.Range(0, x.Shape.Rank).All(i => Math.Min(0, pads[i]) + Math.Min(0, pads[i + x.Shape.Rank]) + x.Shape[i] > 0)
         from lie in Any.Lie
         select (mode, x, pads, lie)).Sample(t =>
         {
             double value = t.x.Element == ElementType.Bool ? 1 : 5;
             Tensor y = OneNode.Run(new Pad(new(t.pads), t.mode, value), [t.x], lie: t.lie)[0];
             int rank = t.x.Shape.Rank, bytes = t.x.Element.Bytes();
             byte[] fill = Tensor.From(new(t.x.Element, Shape.Scalar), [value]).Bytes.ToArray();
             foreach (int[] to in Everywhere(y.Shape))
             {
                 int[] from = [.. to.Select((at, i) => Source(t.mode, at, t.x.Shape[i], t.pads[i], t.pads[i + rank]))];
                 byte[] expected = from.Contains(-1) ? fill : t.x.Bytes.Slice(At(t.x.Shape, from) * bytes, bytes).ToArray();
                 CollectionAssert.AreEqual(expected, y.Bytes.Slice(At(y.Shape, to) * bytes, bytes).ToArray(), $"[{string.Join(", ", to)}]");
             }
         }, iter: 300);

    [TestMethod]
    public void Pad_AgreesWithItsMeaning_WhenChannelsAreLast() =>
        (from mode in Gen.Enum<PadMode>()
         from shape in Any.Shape(3, 4)
         from pads in Gen.Int[0, 4].Array[2 * shape.Rank]
         select (mode, shape, pads)).Sample(t => OneNode.Agrees(new Pad(new(t.pads), t.mode, -1), [Any.Counted(ElementType.Float32, t.shape)], channelsLast: true), iter: 100);

    [TestMethod]
    public void SpaceToDepth_IsUndoneByDepthToSpace() =>
        (from shape in Any.Shape(4, 4, 3)
         from block in Gen.Int[1, 3]
         from element in Gen.OneOf(Any.Movable)
         from lie in Any.Lie
         select (x: Any.Counted(element, [shape[0], shape[1], shape[2] * block, shape[3] * block]), block, lie)).Sample(t =>
         {
             Tensor y = OneNode.Run(new SpaceToDepth(t.block), [t.x], lie: t.lie)[0];
             CollectionAssert.AreEqual(t.x.Bytes.ToArray(), OneNode.Run(new DepthToSpace(t.block), [y], lie: t.lie)[0].Bytes.ToArray());
             OneNode.Agrees(new SpaceToDepth(t.block), [t.x], channelsLast: true);
             OneNode.Agrees(new DepthToSpace(t.block), [y], channelsLast: true);
             OneNode.Agrees(new DepthToSpace(t.block, ColumnRow: true), [y], channelsLast: true);
         }, iter: 100);

    [TestMethod]
    public void DepthToSpace_TakesBlocksOfChannels_OrTheChannelsOfAPixelTogether()
    {
        Tensor x = Any.Counted(ElementType.Float32, [1, 8, 1, 1]);
        CollectionAssert.AreEqual((float[])[1, 3, 5, 7, 2, 4, 6, 8], OneNode.Run(new DepthToSpace(2), [x])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[1, 2, 3, 4, 5, 6, 7, 8], OneNode.Run(new DepthToSpace(2, ColumnRow: true), [x])[0].F32.ToArray());
    }

    [TestMethod]
    [DataRow(0, null, new long[] { 2, 3, 4 })]
    [DataRow(-1, null, new long[] { 4 })]
    [DataRow(1, 9, new long[] { 3, 4 })]
    [DataRow(-9, -1, new long[] { 2, 3 })]
    [DataRow(2, 1, new long[] { })]
    public void Shape_IsKnownWhileCompiling(int start, int? end, long[] expected) =>
        CollectionAssert.AreEqual(expected, new ShapeOf(start, end).Fold([new(ElementType.Float32, [2, 3, 4])], [null])![0].Int64s());

    [TestMethod]
    public void After_MergesTransposes_WhenOneFollowsTheOther()
    {
        Op both = new Transpose(new EquatableArray<int>([1, 0, 2])).After(new Transpose(new EquatableArray<int>([2, 0, 1])))!;
        Assert.AreEqual(new Transpose(new EquatableArray<int>([0, 2, 1])), both);
        TensorType type = new(ElementType.Float32, [2, 1, 3]);
        Assert.IsTrue(new Transpose(new EquatableArray<int>([0, 1, 2])).IsNothing(type, type));
        Assert.IsFalse(new Slice(new([-1]), new([int.MinValue]), new EquatableArray<int>([0]), new EquatableArray<int>([-1])).IsNothing(type, type));
    }

    // What python's x[start:end:step] takes, spelt out.
    private static IEnumerable<int> Python(int length, int start, int end, int step)
    {
        long from = start < 0 ? (long)start + length : start, to = end < 0 ? (long)end + length : end;
        from = step > 0 ? Math.Max(0, Math.Min(from, length)) : Math.Max(-1, Math.Min(from, length - 1));
        to = step > 0 ? Math.Max(0, Math.Min(to, length)) : Math.Max(-1, Math.Min(to, length - 1));
        for (long i = from; step > 0 ? i < to : i > to; i += step)
            yield return (int)i;
    }

    private static readonly Gen<int> Bound = Gen.OneOf(Gen.Int[-7, 7], Gen.OneOf(int.MinValue, int.MaxValue));

    // The index that a padded one repeats; −1 for the constant.
    private static int Source(PadMode mode, int at, int length, int begin, int end)
    {
        int least = Math.Max(0, -begin), most = length - 1 - Math.Max(0, -end), i = at - begin;
        if (i >= least && i <= most)
            return i;
        switch (mode)
        {
            case PadMode.Edge:
                return Math.Clamp(i, least, most);
            case PadMode.Wrap:
                while (i < least)
                    i += most - least + 1;
                while (i > most)
                    i -= most - least + 1;
                return i;
            case PadMode.Reflect:
                if (least == most)
                    return least;
                while (i < least || i > most)
                    i = i < least ? 2 * least - i : 2 * most - i;
                return i;
            default:
                return -1;
        }
    }

    /// <summary>Lengths whose product is the number, some of them 1.</summary>
    private static Gen<int[]> Factors(int number) =>
        from ones in Gen.Int[0, 2]
        from picks in Gen.Int[0, 7].Array[1, 3]
        from all in Gen.Shuffle(Enumerable.Repeat(1, ones).Concat(Parts(number, picks)).ToArray())
        select all;

    private static IEnumerable<int> Parts(int number, int[] picks)
    {
        foreach (int pick in picks)
        {
            int[] divisors = [.. Enumerable.Range(1, number).Where(d => number % d == 0)];
            int divisor = divisors[pick % divisors.Length];
            number /= divisor;
            yield return divisor;
        }
        yield return number;
    }

    private static void AssertEach(Tensor x, Tensor y, Func<IReadOnlyList<int>, IEnumerable<int>> source)
    {
        Assert.AreEqual(x.Element, y.Element);
        int bytes = x.Element.Bytes();
        foreach (int[] to in Everywhere(y.Shape))
        {
            int from = At(x.Shape, source(to));
            CollectionAssert.AreEqual(x.Bytes.Slice(from * bytes, bytes).ToArray(), y.Bytes.Slice(At(y.Shape, to) * bytes, bytes).ToArray(), $"[{string.Join(", ", to)}] of {y.Shape}");
        }
    }

    private static IEnumerable<int[]> Everywhere(Shape shape) =>
        Enumerable.Range(0, shape.Size).Select(i => shape.Strides.Select((stride, axis) => i / stride % shape[axis]).ToArray());

    private static int At(Shape shape, IEnumerable<int> indices) => indices.Zip(shape.Strides, (index, stride) => index * stride).Sum();
}

using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class NormalizationOpTests
{
    [TestMethod]
    public void BatchNormalization_AgreesWithItsMeaning_HoweverDataLies() =>
        (from shape in Any.Shape(2, 5)
         from channels in Gen.Int[1, 40]
         from x in Any.Floats(shape.With(1, channels), 8, 16) // above the mean: differences don't cancel, and keep their digits
         from statistics in Any.Floats([channels], 1, 8).Array[4]
         from channelsLast in Gen.Bool
         from lie in Any.Lie
         select (x, statistics, channelsLast, lie)).Sample(t =>
         {
             Tensor variance = new Abs().Evaluate([t.statistics[3]])[0];
             OneNode.Agrees(new BatchNormalization(0.1f), [t.x, .. t.statistics[..3], variance], [1, 2, 3, 4], t.channelsLast, lie: t.lie);
         }, iter: 150);

    [TestMethod]
    public void InstanceNormalization_AgreesWithItsMeaning_HoweverDataLies() =>
        (from shape in Any.Shape(3, 5, 6)
         from channels in Gen.Int[1, 40]
         from x in Any.Floats(shape.With(1, channels), -4, 4)
         from scale in Any.Floats([channels], -2, 2)
         from shift in Any.Floats([channels], 1, 8) // something remains where all elements are nearly equal
         from constant in Gen.OneOf<int[]>([], [1, 2])
         from channelsLast in Gen.Bool
         from lie in Any.Lie
         select (x, scale, shift, constant, channelsLast, lie)).Sample(t =>
            OneNode.Agrees(new InstanceNormalization(1), [t.x, t.scale, t.shift], t.constant, t.channelsLast, lie: t.lie), iter: 150);

    [TestMethod]
    public void GroupNormalization_AgreesWithItsMeaning_HoweverDataLies() =>
        (from shape in Any.Shape(2, 5, 6)
         from groups in Gen.Int[1, 6]
         from each in Gen.Int[1, 12]
         from x in Any.Floats(shape.With(1, groups * each), -4, 4)
         from scale in Any.Floats([groups * each], -2, 2)
         from shift in Any.Floats([groups * each], 1, 8)
         from constant in Gen.OneOf<int[]>([], [1, 2])
         from channelsLast in Gen.Bool
         from lie in Any.Lie
         select (x, groups, scale, shift, constant, channelsLast, lie)).Sample(t =>
            OneNode.Agrees(new GroupNormalization(t.groups, 1), [t.x, t.scale, t.shift], t.constant, t.channelsLast, lie: t.lie), iter: 150);

    [TestMethod]
    public void LayerNormalization_AgreesWithItsMeaning_OverAnyAxes() =>
        (from shape in Any.Shape(1, 4, 6)
         from last in Gen.Int[1, 70]
         from x in Any.Floats(shape.With(shape.Rank - 1, last), 1, 4) // positive: the mean is an output too, and keeps its digits
         from axis in Any.Axis(shape.Rank)
         let row = Shape.Of(x.Shape.Skip(shape.Axis(axis)))
         from scale in Any.Floats(row, -2, 2)
         from one in Gen.Bool
         from shift in Any.Floats(one ? [last] : row, 1, 8)
         from absent in Gen.Bool
         from lie in Any.Lie
         select (x, axis, scale, shift, absent, lie)).Sample(t =>
            OneNode.Agrees(new LayerNormalization(t.axis, 1), t.absent ? [t.x, t.scale] : [t.x, t.scale, t.shift], error: t.absent ? 1e-4 : 4e-6, lie: t.lie), iter: 150);

    [TestMethod]
    public void InstanceNormalization_IsTheShift_WhereAllPixelsAreAlike()
    {
        foreach (int channels in (int[])[1, 19])
        foreach (int width in (int[])[1, 40])
        {
            Tensor x = Tensor.Of([1, channels, width], Enumerable.Repeat(0.75f, channels * width).ToArray()), scale = Tensor.Of([channels], Enumerable.Repeat(5.7f, channels).ToArray()), shift = Tensor.Of<float>([channels], new float[channels]);
            foreach (bool channelsLast in (bool[])[false, true])
                CollectionAssert.AreEqual(new float[channels * width], OneNode.Run(new InstanceNormalization(1), [x, scale, shift], [1, 2], channelsLast)[0].F32.ToArray());
        }
    }

    [TestMethod]
    public void BatchNormalization_IsClamped_WhenReluFollows()
    {
        var builder = new GraphBuilder("relu");
        Tensor x = Tensor.Of([1, 2, 1, 2], [-1f, 2, -3, 4]);
        builder.AddInput("x", x.Type);
        foreach (string name in (string[])["scale", "shift", "mean", "variance"])
            builder.AddConstant(name, Tensor.Of<float>([2], name is "scale" or "variance" ? [1f, 2] : [0f, 1]));
        string y = builder.Add("bn", new BatchNormalization(0), "x", "scale", "shift", "mean", "variance");
        builder.Add(new Node("relu", new Relu(), new([y]), new(["y"])));
        Emitted emitted = Emitted.From(builder.Build(["y"]), PlanNames.None);
        CollectionAssert.AreEqual((string[])["Load", "BatchNormalizationF32", "Store"], emitted.Plan.Calls.Select(c => c.Kernel).ToArray());
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        float[] result = runner.Run([x])[0].F32.ToArray();
        CollectionAssert.AreEqual((float[])[0, 2, 0], result[..3]);
        Assert.AreEqual(1 + 3 * Math.Sqrt(2), result[3], 1e-6);
    }
}

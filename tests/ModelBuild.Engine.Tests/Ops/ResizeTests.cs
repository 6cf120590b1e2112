using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class ResizeTests
{
    private static readonly Gen<Resize> Ops =
        from sizes in Gen.Int[1, 12].Array[4]
        from mode in Gen.Enum<ResizeMode>()
        from coordinates in Gen.Enum<CoordinateMode>()
        from nearest in Gen.Enum<NearestMode>()
        from flags in Gen.Bool.Array[2]
        from roi in Gen.Float[-0.3f, 1.3f].Array[8]
        select new Resize(new(sizes), default, mode, coordinates, nearest, -0.5f, flags[0], flags[1], new(roi), 7);

    [TestMethod]
    public void Resize_AgreesWithItsMeaning_InAllModes() =>
        (from op in Ops
         from shape in Any.Shape(4, 4, 6)
         from all in Gen.Bool
         from negative in Gen.Bool
         from x in Any.Floats(shape, negative ? -8 : 1, negative ? -1 : 8) // of one sign: a result near 0 has no digits to compare, and cubic weights have both
         from channelsLast in Gen.Bool
         from lie in Any.Lie
         select (op: Scaled(op, shape, all), x, channelsLast, lie)).Sample(t => OneNode.Agrees(t.op, [t.x], channelsLast: t.channelsLast, lie: t.lie), iter: 400);

    // Places a little beside those where what is nearest changes; the first is in the middle, so that what others are compared to isn't what is left of a pixel far outside.
    [TestMethod]
    public void GridSample_AgreesWithItsMeaning_InAllModes() =>
        (from mode in Gen.Enum<ResizeMode>()
         from padding in Gen.Enum<GridPadding>()
         from corners in Gen.Bool
         from shape in Any.Shape(4, 4, 8)
         from size in Gen.Int[1, 6].Array[2]
         from x in Any.Floats(shape, 1, 8)
         from places in Gen.Int[-20, 20].Array[shape[0] * size[0] * size[1] * 2]
         from channelsLast in Gen.Bool
         from lie in Any.Lie
         select (op: new GridSample(mode, padding, corners), x, grid: Tensor.Of([shape[0], size[0], size[1], 2], [.. places.Select((p, i) => (i < 2 ? 0 : p / 8f) + 0.013f)]), channelsLast, lie)).Sample(t =>
            OneNode.Agrees(t.op, [t.x, t.grid], [1], t.channelsLast, 2e-5, t.lie), iter: 400);

    [TestMethod]
    public void Nearest_TakesAnyType() =>
        (from element in Gen.OneOf(Any.Movable)
         from op in Ops
         from shape in Any.Shape(4, 4, 6)
         from lie in Any.Lie
         select (op: Scaled(op, shape, all: false) with { Mode = ResizeMode.Nearest, Extrapolation = 1 }, x: Any.Counted(element, shape), lie)).Sample(t => OneNode.Agrees(t.op, [t.x], lie: t.lie), iter: 100);

    [TestMethod]
    public void Nearest_IsOneCopy_WhenPixelsRepeatEquallyOften()
    {
        var op = new Resize(new([1, 3, 8, 6]), new([1, 1, 2, 3f]), Coordinates: CoordinateMode.Asymmetric, Nearest: NearestMode.Floor);
        CollectionAssert.AreEqual((string[])["Load", "Copy4", "Store"], Kernels(op, [1, 3, 4, 2]));
    }

    [TestMethod]
    public void Nearest_IsNothing_WhenPixelsAtOneDistanceAreTaken()
    {
        var op = new Resize(new([1, 3, 2, 1]), new([1, 1, 0.5f, 0.5f]), Coordinates: CoordinateMode.Asymmetric, Nearest: NearestMode.Floor);
        CollectionAssert.AreEqual((string[])["Load", "Store"], Kernels(op, [1, 3, 4, 2]));
    }

    [TestMethod]
    public void Linear_WorksOnlyOnTheAxesThatChange()
    {
        var op = new Resize(new([1, 3, 8, 2]), new([1, 1, 2, 1f]), ResizeMode.Linear);
        CollectionAssert.AreEqual((string[])["Load", "ResizeF32", "Store"], Kernels(op, [1, 3, 4, 2]));
    }

    private static string[] Kernels(Op op, Shape shape)
    {
        var builder = new GraphBuilder("resize");
        builder.AddInput("x", new(ElementType.Float32, shape));
        string y = builder.Add("resize", op, "x");
        return [.. Emitted.From(builder.Build([y]), PlanNames.None).Plan.Calls.Select(c => c.Kernel)];
    }

    private static Resize Scaled(Resize op, Shape shape, bool all)
    {
        int[] sizes = [.. op.Sizes.Select((size, i) => all || i > 1 ? size : shape[i])];
        return op with { Sizes = new(sizes), Scales = new(sizes.Select((size, i) => (float)size / shape[i])) };
    }
}

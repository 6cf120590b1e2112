using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Generators of tensors, shapes and axes.</summary>
internal static class Any
{
    public static readonly ElementType[] Movable = [ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Bool, ElementType.UInt8, ElementType.Int8];

    public static Gen<Lie> Lie => Gen.Enum<Lie>();

    public static Gen<Shape> Shape(int least, int most, int longest = 5, int shortest = 1) => Gen.Int[shortest, longest].Array[least, most].Select(axes => ModelBuild.Engine.Shape.Of(axes));

    /// <summary>Every element another one, as far as the type allows: nothing that is moved to a wrong place goes unseen.</summary>
    public static Tensor Counted(ElementType element, Shape shape) =>
        Tensor.From(new(element, shape), [.. Enumerable.Range(0, shape.Size).Select(i => (long)(element == ElementType.Bool ? i * 7 % 3 % 2 : i + 1))]);

    /// <summary>A tensor of any movable type.</summary>
    public static Gen<Tensor> Counted(Gen<Shape> shapes) => from element in Gen.OneOf(Movable) from shape in shapes select Counted(element, shape);

    public static Gen<Tensor> Floats(Shape shape, float least = -8, float most = 8) => Gen.Float[least, most].Array[shape.Size].Select(v => Tensor.Of(shape, v));

    public static Gen<Tensor> Floats(Gen<Shape> shapes) => from shape in shapes from tensor in Floats(shape) select tensor;

    public static Gen<Tensor> Integers(ElementType element, Shape shape) => Gen.Long[-100, 100].Array[shape.Size].Select(v => Tensor.From(new(element, shape), v));

    /// <summary>An axis, counted from either end.</summary>
    public static Gen<int> Axis(int rank) => Gen.Int[-rank, rank - 1];

    public static Gen<EquatableArray<int>> Order(int rank) => Gen.Shuffle(Enumerable.Range(0, rank).ToArray()).Select(order => new EquatableArray<int>(order));
}

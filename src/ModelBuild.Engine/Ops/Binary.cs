namespace ModelBuild.Engine;

/// <summary>y = f(a, b) on numbers of one type. The kernel is named after the operator and the element type; integers wrap.</summary>
internal abstract record Binary : Broadcast
{
    protected abstract double Apply(double a, double b);

    protected abstract long Apply(long a, long b);

    // Calculated in int64, which uint64 does not fit.
    protected override ElementType Result(TensorType[] inputs) => inputs[0].Element == inputs[1].Element && inputs[0].Element.IsNumber() && inputs[0].Element != ElementType.UInt64
        ? inputs[0].Element
        : throw new OperatorException($"{inputs[0].Element.Word()} and {inputs[1].Element.Word()} are not numbers of one type");

    protected override string Kernel(TensorType[] inputs) => Name + Element(inputs).Suffix();

    /// <summary>The type in which is computed.</summary>
    protected ElementType Element(TensorType[] inputs) =>
        IsWidened(inputs[0].Element) ? ElementType.Int64 : Need(inputs[0], ElementType.Float32, ElementType.Int32, ElementType.Int64).Element;

    protected override bool IsWidened(ElementType element) =>
        element is ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 or ElementType.UInt32;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        TensorType type = Whole([inputs[0]!.Type, inputs[1]!.Type]);
        int[] a = Indices(inputs[0]!.Shape, type.Shape), b = Indices(inputs[1]!.Shape, type.Shape);
        if (type.Element.IsFloat())
        {
            double[] x = inputs[0]!.Doubles(), y = inputs[1]!.Doubles();
            return [Tensor.From(type, [.. a.Zip(b, (i, j) => Apply(x[i], y[j]))])];
        }
        long[] m = inputs[0]!.Int64s(), n = inputs[1]!.Int64s();
        return [Tensor.From(type, [.. a.Zip(b, (i, j) => Apply(m[i], n[j]))])];
    }

    /// <summary>The constant operand as one value a channel of the other one (axis 1 of an image, the last axis of a matrix), where it is that.</summary>
    protected static float[]? Channels(TensorType input, Tensor?[] constants)
    {
        int constant = constants[0] != null ? 0 : 1;
        if (input.Shape.Rank < 2 || constants[constant] is not { Element: ElementType.Float32 } tensor || tensor.Shape.Rank > input.Shape.Rank)
            return null;
        int channels = input.Shape[1];
        if (tensor.Shape.Size == 1)
            return [.. Enumerable.Repeat(tensor.F32[0], channels)];
        int axis = 1 - input.Shape.Rank + tensor.Shape.Rank;
        return axis >= 0 && tensor.Shape.Size == channels && tensor.Shape[axis] == channels ? [.. tensor.F32] : null;
    }
}

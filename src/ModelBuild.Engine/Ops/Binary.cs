namespace ModelBuild.Engine;

/// <summary>y = f(a, b), element by element, both broadcast to one shape. The kernel is named after the operator and the element type.</summary>
internal abstract record Binary : Op
{
    protected abstract double Apply(double a, double b);

    protected abstract long Apply(long a, long b);

    protected virtual ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType a = Need(inputs[0], Elements), b = Need(inputs[1], a.Element);
        return [new(a.Element, Shape.Broadcast(a.Shape, b.Shape))];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        TensorType type = Infer([inputs[0]!.Type, inputs[1]!.Type])[0];
        int[] a = Indices(inputs[0]!.Shape, type.Shape), b = Indices(inputs[1]!.Shape, type.Shape);
        if (type.Element == ElementType.Float32)
        {
            double[] x = inputs[0]!.Doubles(), y = inputs[1]!.Doubles();
            return [Tensor.Of<float>(type.Shape, [.. a.Zip(b, (i, j) => (float)Apply(x[i], y[j]))])];
        }
        long[] m = inputs[0]!.Int64s(), n = inputs[1]!.Int64s();
        long[] result = [.. a.Zip(b, (i, j) => Apply(m[i], n[j]))];
        return [type.Element == ElementType.Int64 ? Tensor.Of<long>(type.Shape, result) : Tensor.Of<int>(type.Shape, Array.ConvertAll(result, v => (int)v))];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View a = lowering.Read(node.Inputs[0]), b = lowering.Read(node.Inputs[1]);
        Shape shape = lowering.Type(node.Outputs[0]).Shape;
        View y = lowering.Write(node.Outputs[0], a.Shape == shape ? a : b);
        Loops loops = Loops.Collapse(shape, a.BroadcastTo(shape), b.BroadcastTo(shape), y.Strides);
        lowering.Emit(Name + a.Element.Word().ToUpperInvariant(), ("a", a), ("b", b), ("y", y),
            ("shape", loops.Shape), ("aStrides", loops.Strides[0]), ("bStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]));
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

    /// <summary>For each element of <paramref name="to"/>, which element of <paramref name="from"/> broadcasts to it.</summary>
    public static int[] Indices(Shape from, Shape to)
    {
        Ints dense = from.Strides;
        int[] strides = [.. Enumerable.Range(0, to.Rank).Select(i => i < to.Rank - from.Rank || from[i - to.Rank + from.Rank] == 1 ? 0 : dense[i - to.Rank + from.Rank])];
        Ints places = to.Strides;
        return [.. Enumerable.Range(0, to.Size).Select(e => Enumerable.Range(0, to.Rank).Sum(i => e / places[i] % to[i] * strides[i]))];
    }
}

namespace ModelBuild.Engine;

/// <summary>
/// One number of all elements along <paramref name="Axes"/>, which become 1 long or (<paramref name="KeepDims"/> false) are gone. Without axes: of all,
/// or with <paramref name="NoopWithEmptyAxes"/> of each element by itself. The kernel is named after the operator and the element type.
/// </summary>
internal abstract record Reduction(Ints? Axes, bool KeepDims, bool NoopWithEmptyAxes) : Op
{
    protected abstract double Reduce(double[] values);

    /// <summary>The same of integers, where the operator takes them.</summary>
    protected virtual long Reduce(long[] values) => throw new OperatorException("integers are not supported");

    protected virtual ElementType[] Elements => [ElementType.Float32];

    protected virtual string Kernel => Name;

    protected virtual bool[] Reduced(Shape x)
    {
        if (Axes is not { Count: > 0 } axes)
            return [.. Enumerable.Repeat(!NoopWithEmptyAxes, x.Rank)];
        var reduced = new bool[x.Rank];
        foreach (int axis in axes)
            reduced[x.Axis(axis)] = true;
        return reduced;
    }

    public override TensorType[] Infer(TensorType?[] inputs) => [Result(Need(inputs[0], Elements))];

    private TensorType Result(TensorType x)
    {
        bool[] reduced = Reduced(x.Shape);
        return x with { Shape = KeepDims ? One(x.Shape, reduced) : Shape.Of(x.Shape.Where((_, i) => !reduced[i])) };
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        bool[] reduced = Reduced(inputs[0]!.Type.Shape);
        return inputs[0]!.Axis is not { } axis || reduced[axis] ? null : ChannelMap.Straight(inputs, KeepDims ? axis : axis - reduced.Take(axis).Count(r => r));
    }

    // What is constant need not have a kernel.
    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => constants[0] == null ? null : Evaluate(constants);

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        TensorType y = Result(x.Type);
        bool[] reduced = Reduced(x.Shape);
        int[] at = Broadcast.Indices(One(x.Shape, reduced), x.Shape);
        return [x.Element.IsFloat()
            ? Tensor.From(y, Array.ConvertAll(Groups(x.Doubles(), at, y.Shape.Size), Reduce))
            : Tensor.From(y, Array.ConvertAll(Groups(x.Int64s(), at, y.Shape.Size), Reduce))];
    }

    private static T[][] Groups<T>(T[] values, int[] group, int groups)
    {
        var lists = new List<T>[groups];
        for (int i = 0; i < groups; i++)
            lists[i] = new List<T>(values.Length / groups);
        for (int i = 0; i < values.Length; i++)
            lists[group[i]].Add(values[i]);
        return Array.ConvertAll(lists, l => l.ToArray());
    }

    /// <summary>The pool that does the same with a window over all spatial axes of an image, where there is one.</summary>
    protected virtual Pool? AsPool(Ints window) => null;

    private Pool? AsPool(Shape x) => x.Rank is 3 or 4 && Reduced(x).SequenceEqual(Enumerable.Range(0, x.Rank).Select(i => i > 1)) ? AsPool(new Ints(x.Skip(2))) : null;

    // The rank isn't known here: another reduction over two axes stays in float32 between its quantizations.
    public override bool HasIntegerKernel => AsPool(new Ints([1, 1])) != null && (Axes == null || Axes is [2] or [2, 3] or [3, 2] or [-2, -1] or [-1, -2]);

    public override void Lower(Lowering lowering, Node node)
    {
        if (AsPool(lowering.Type(node.Inputs[0]).Shape) is { } pool && pool.TryLowerIntegers(lowering, node))
            return;
        View x = lowering.Read(node.Inputs[0]);
        bool[] reduced = Reduced(x.Shape);
        View y = KeepDims ? lowering.Write(node.Outputs[0], x) : lowering.Write(node.Outputs[0], Layout.RowMajor);
        Queue<int> steps = new(y.Strides);
        Ints yStrides = KeepDims ? y.Strides : new(reduced.Select(r => r ? 0 : steps.Dequeue()));
        Loops kept = Loops.Collapse(One(x.Shape, reduced), x.Strides, yStrides), over = Loops.Collapse(One(x.Shape, [.. reduced.Select(r => !r)]), x.Strides);
        lowering.Emit(Kernel + Word(x.Element), ("x", x), ("y", y), ("shape", kept.Shape), ("xStrides", kept.Strides[0]), ("yStrides", kept.Strides[1]),
            ("over", over.Shape), ("steps", over.Strides[0]));
    }

    // What is true of bytes that are 0 or 1 is true of bytes.
    private static string Word(ElementType element) => (element == ElementType.Bool ? ElementType.UInt8 : element).Word().ToUpperInvariant();

    private static Shape One(Shape shape, bool[] where) => Shape.Of(shape.Select((length, i) => where[i] ? 1 : length));
}

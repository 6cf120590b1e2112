namespace ModelBuild.Engine;

/// <summary>What becomes of an element where a scatter puts another one; numbers as kernels know them.</summary>
internal enum ScatterReduction { None, Add, Mul, Min, Max }

/// <summary>
/// x with some elements replaced by updates, or added to, multiplied by, or bounded by them, where indices (int32 or int64, negative from the end) say; updates come one after the other. Replacing: every
/// element type of 1, 2, 4 or 8 bytes; else float32, int32, int64. An index outside is an ArgumentOutOfRangeException of the kernel, and an error where the indices are constant.
/// </summary>
internal abstract record Scatter(ScatterReduction Reduction) : Op
{
    /// <exception cref="OperatorException">The shapes don't fit.</exception>
    protected abstract void Check(Shape x, Shape indices, Shape updates);

    /// <summary>For each element of updates, which element of x it meets.</summary>
    protected abstract int[] Places(Shape x, Tensor indices, Shape updates);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = inputs[0] ?? throw new OperatorException("an input is missing"), indices = Need(inputs[1], ElementType.Int32, ElementType.Int64), updates = Need(inputs[2], x.Element);
        if (Reduction != ScatterReduction.None)
            Need(x, ElementType.Float32, ElementType.Int32, ElementType.Int64);
        Check(x.Shape, indices.Shape, updates.Shape);
        return [x];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, updates = inputs[2]!;
        Infer([.. inputs.Select(i => i!.Type)]);
        int[] places = Places(x.Shape, inputs[1]!, updates.Shape);
        if (Reduction == ScatterReduction.None)
        {
            int size = x.Element.Bytes();
            byte[] bytes = x.Bytes.ToArray();
            for (int i = 0; i < places.Length; i++)
                updates.Bytes.Span.Slice(i * size, size).CopyTo(bytes.AsSpan(places[i] * size));
            return [new Tensor(x.Type, bytes)];
        }
        if (x.Element.IsFloat())
        {
            double[] y = x.Doubles(), u = updates.Doubles();
            for (int i = 0; i < places.Length; i++)
                y[places[i]] = Reduce(y[places[i]], u[i]);
            return [Tensor.From(x.Type, y)];
        }
        long[] m = x.Int64s(), n = updates.Int64s();
        for (int i = 0; i < places.Length; i++)
            m[places[i]] = Reduce(m[places[i]], n[i]);
        return [Tensor.From(x.Type, m)];
    }

    private T Reduce<T>(T a, T b) where T : System.Numerics.INumber<T> => Reduction switch
    {
        ScatterReduction.Add => a + b,
        ScatterReduction.Mul => a * b,
        ScatterReduction.Min => T.Min(a, b),
        _ => T.Max(a, b),
    };

    /// <summary>The result, which is x before the updates, and int64 indices and updates, all row-major.</summary>
    protected (View Y, View Indices, View Updates) Begin(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]), updates = lowering.As(lowering.Read(node.Inputs[2]), Layout.RowMajor), indices = lowering.As(lowering.Read(node.Inputs[1]), Layout.RowMajor);
        if (lowering.Constant(node.Inputs[1]) is { } constant)
            Places(x.Shape, constant, updates.Shape);
        if (indices.Element == ElementType.Int32)
        {
            View wide = lowering.Allocate(indices.Type with { Element = ElementType.Int64 }, Layout.RowMajor);
            lowering.Each("CastI32I64", indices, wide);
            indices = wide;
        }
        View y = lowering.Write(node.Outputs[0], Layout.RowMajor);
        lowering.Copy(x, y);
        return (y, indices, updates);
    }
}

/// <summary>Slices of x by tuples of indices: indices […, k], updates […, x's axes after the first k].</summary>
internal sealed record ScatterND(ScatterReduction Reduction = ScatterReduction.None) : Scatter(Reduction)
{
    protected override void Check(Shape x, Shape indices, Shape updates)
    {
        if (indices.Rank == 0 || indices[^1] > x.Rank || !updates.SequenceEqual([.. indices.SkipLast(1), .. x.Skip(indices[^1])]))
            throw new OperatorException($"updates {updates} at {indices} of {x}");
    }

    protected override int[] Places(Shape x, Tensor indices, Shape updates)
    {
        int block = Shape.Of(x.Skip(indices.Shape[^1])).Size;
        return [.. GatherND.Offsets(indices, x).SelectMany(at => Enumerable.Range(at, block))];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        var (y, indices, updates) = Begin(lowering, node);
        int k = indices.Shape[^1], count = Shape.Of(indices.Shape.SkipLast(1)).Size, block = Shape.Of(y.Shape.Skip(k)).Size;
        bool bytes = Reduction == ScatterReduction.None;
        int unit = bytes ? y.Element.Bytes() : 1;
        if (updates.Shape.Size == 0)
            return;
        lowering.Emit(bytes ? "ScatterNdBytes" : "ScatterNd" + y.Element.Suffix(), [("indices", indices), ("updates", updates), ("y", y), ("count", count), ("lengths", new Ints(y.Shape.Take(k))),
            ("steps", new Ints(y.Shape.Strides.Take(k).Select(s => s * unit))), ("block", block * unit), .. bytes ? Array.Empty<(string, object?)>() : [("reduction", (int)Reduction)]]);
    }
}

/// <summary>Single elements of x, as <see cref="GatherElements"/> takes them: indices and updates have one shape, and an index stands in the place of <paramref name="Axis"/>.</summary>
internal sealed record ScatterElements(int Axis = 0, ScatterReduction Reduction = ScatterReduction.None) : Scatter(Reduction)
{
    protected override void Check(Shape x, Shape indices, Shape updates)
    {
        int axis = x.Axis(Axis);
        if (indices != updates || indices.Rank != x.Rank || indices.Where((length, i) => i != axis && length > x[i]).Any())
            throw new OperatorException($"updates {updates} at {indices} of {x} along axis {axis}");
    }

    protected override int[] Places(Shape x, Tensor indices, Shape updates)
    {
        int axis = x.Axis(Axis);
        Ints from = updates.Strides, to = x.Strides;
        return [.. Gather.Indices(indices, x[axis]).Select((at, i) => Enumerable.Range(0, x.Rank).Sum(a => (a == axis ? at : i / from[a] % updates[a]) * to[a]))];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        var (y, indices, updates) = Begin(lowering, node);
        if (updates.Shape.Size == 0)
            return;
        int axis = y.Shape.Axis(Axis);
        Loops loops = Loops.Collapse(updates.Shape, new(y.Strides.Select((s, i) => i == axis ? 0 : s)), updates.Strides);
        bool bytes = Reduction == ScatterReduction.None;
        lowering.Emit("ScatterElements" + (bytes ? y.Element.Bytes().ToString(System.Globalization.CultureInfo.InvariantCulture) : y.Element.Suffix()),
            [("indices", indices), ("updates", updates), ("y", y), ("shape", loops.Shape), ("yStrides", loops.Strides[0]), ("updateStrides", loops.Strides[1]),
            ("length", y.Shape[axis]), ("step", y.Strides[axis]), .. bytes ? Array.Empty<(string, object?)>() : [("reduction", (int)Reduction)]]);
    }
}

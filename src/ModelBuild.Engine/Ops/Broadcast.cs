namespace ModelBuild.Engine;

/// <summary>Element by element over operands that broadcast to one shape. A kernel's parameters are the operands by name, the result y, and strides of each.</summary>
internal abstract record Broadcast : Op
{
    protected virtual string[] Operands => ["a", "b"];

    /// <summary>The result's element type, whether or not there is a kernel.</summary>
    /// <exception cref="OperatorException">The operator means nothing for these.</exception>
    protected abstract ElementType Result(TensorType[] inputs);

    /// <summary>The kernel for operands of these types.</summary>
    /// <exception cref="OperatorException">There is none.</exception>
    protected abstract string Kernel(TensorType[] inputs);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType result = Whole(inputs);
        Kernel(inputs!);
        return [result];
    }

    // What is constant need not have a kernel: exporters compute shapes in float64, too.
    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => Array.TrueForAll(constants, c => c != null) ? Evaluate(constants) : null;

    /// <summary>The result's type; all operands are there.</summary>
    protected TensorType Whole(TensorType?[] inputs)
    {
        if (inputs.Length != Operands.Length || inputs.Contains(null))
            throw new OperatorException($"it takes {Operands.Length} inputs");
        return new(Result(inputs!), inputs.Select(i => i!.Shape).Aggregate(Shape.Broadcast));
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        Shape shape = inputs.Select(o => o!.Type.Shape).Aggregate(Shape.Broadcast);
        int[] axes = [.. inputs.Where(o => o!.Axis is { } a && o.Type.Shape[a] == shape[After(o, a)]).Select(o => After(o!, o!.Axis!.Value)).Distinct()];
        if (axes is not [var axis])
            return null;
        // An operand that is repeated along the axis is read as a whole.
        int[] repeated = [.. Enumerable.Range(0, inputs.Length).Where(i => Before(inputs[i]!) < 0 || inputs[i]!.Type.Shape[Before(inputs[i]!)] < shape[axis])];
        if (inputs.Where((o, i) => o!.Constant == null && o.Axis != Before(o) && !repeated.Contains(i)).Any())
            return null;
        ChannelAxis output = new(axis, [.. Enumerable.Range(0, shape[axis])]);
        return new(
            [.. inputs.Select((o, i) => o!.Constant != null || repeated.Contains(i) ? null : output with { Axis = Before(o) })], [output],
            [.. inputs.Select((o, i) => (Operand: o!, Index: i)).Where(o => o.Operand.Constant != null && !repeated.Contains(o.Index)).Select(o => new ConstantAxis(o.Index, Before(o.Operand)))]);

        int After(Operand operand, int at) => at + shape.Rank - operand.Type.Shape.Rank;
        int Before(Operand operand) => axis - shape.Rank + operand.Type.Shape.Rank;
    }

    public override bool TakesPlanes(Lowering lowering, Node node) => lowering.IsReadInPlanes(node.Outputs[0]);

    /// <summary>Whether elements of the type are computed as int64, of which the result then keeps the low bits.</summary>
    protected virtual bool IsWidened(ElementType element) => false;

    public override void Lower(Lowering lowering, Node node)
    {
        View[] operands = [.. node.Inputs.Select(i => lowering.Read(i))];
        Shape shape = lowering.Type(node.Outputs[0]).Shape;
        // The result lies as the data does: of the operands that are not repeated, one that is computed rather than a constant.
        View like = operands.Where(o => o.Shape == shape).MinBy(o => o.Buffer.Space == Space.Scratch ? 0 : 1) ?? operands[^1];
        View y = lowering.Write(node.Outputs[0], like);
        if (!IsWidened(operands[0].Element))
        {
            Emit(lowering, operands, y);
            return;
        }
        View wide = lowering.Allocate(y.Type with { Element = ElementType.Int64 }, Layout.RowMajor);
        Emit(lowering, [.. operands.Select(Widen)], wide);
        lowering.Each("CastI64" + (y.Element switch { ElementType.UInt8 => ElementType.Int8, ElementType.UInt16 => ElementType.Int16, ElementType.UInt32 => ElementType.Int32, _ => y.Element }).Suffix(), wide, y);

        View Widen(View operand)
        {
            View copy = lowering.Allocate(operand.Type with { Element = ElementType.Int64 }, Layout.RowMajor);
            lowering.Each($"Cast{operand.Element.Suffix()}I64", operand, copy);
            return copy;
        }
    }

    private void Emit(Lowering lowering, View[] operands, View y)
    {
        Shape shape = y.Shape;
        Loops loops = Loops.Collapse(shape, [.. operands.Select(o => o.BroadcastTo(shape)), y.Strides]);
        lowering.Emit(Kernel([.. operands.Select(o => o.Type)]), [.. Operands.Zip(operands, (name, o) => (name, (object?)o)), ("y", y), ("shape", loops.Shape),
            .. Operands.Select((name, i) => (name + "Strides", (object?)loops.Strides[i])), ("yStrides", loops.Strides[^1])]);
    }

    /// <summary>For each element of <paramref name="to"/>, which element of <paramref name="from"/> broadcasts to it.</summary>
    public static int[] Indices(Shape from, Shape to)
    {
        Ints dense = from.Strides;
        int missing = to.Rank - from.Rank;
        int[] strides = [.. Enumerable.Range(0, to.Rank).Select(i => i < missing || from[i - missing] == 1 ? 0 : dense[i - missing])], lengths = [.. to], at = new int[to.Rank];
        var indices = new int[to.Size];
        for (int i = 0, index = 0; i < indices.Length; i++)
        {
            indices[i] = index;
            for (int axis = lengths.Length - 1; axis >= 0; axis--)
            {
                index += strides[axis];
                if (++at[axis] < lengths[axis])
                    break;
                index -= strides[axis] * lengths[axis];
                at[axis] = 0;
            }
        }
        return indices;
    }
}

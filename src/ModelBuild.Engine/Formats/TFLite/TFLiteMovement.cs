namespace ModelBuild.Engine;

/// <summary>Reads and writes operators that move elements, reduce axes or pick along them. Axes of images are those of the file's order, and turned where images are there the other way.</summary>
internal static class TFLiteMovement
{
    // Where an axis is with channels first.
    private static int Turned(int axis) => TFLiteValues.ToFirst.ToList().IndexOf(axis);

    public static void Reduce(TFLiteNode n, Func<Ints, bool, Op> reduction)
    {
        Shape x = n.Shape(0);
        Ints axes = new(n.NeedInts(1).Select(x.Axis).Distinct());
        bool keep = n.Flag(0), first = n.IsFirst(0) && (keep || axes.Order().SequenceEqual([1, 2]));
        if (!first)
        {
            n.Put(n.Add(reduction(axes, keep), n.Data(0)));
            return;
        }
        // Without height and width nothing is left to be in two orders.
        string y = n.Add(reduction(new(axes.Select(Turned).Order()), keep), n.Data(0, first: true));
        n.Put(y, first: keep);
    }

    public static void Arg(TFLiteNode n, Func<int, Op> op)
    {
        string y = n.Add(op(n.NeedInt(1)), n.Data(0));
        n.Put(n.Output(0).Element == ElementType.Int64 ? y : n.Add(new Cast(n.Output(0).Element), y));
    }

    public static void Concatenation(TFLiteNode n)
    {
        int axis = n.Shape(0).Axis(n.Int(0));
        bool first = n.Shape(0).Rank == 4 && n.IsFirst([.. Enumerable.Range(0, n.InputCount)]);
        string[] parts = [.. Enumerable.Range(0, n.InputCount).Select(i => n.Data(i, first))];
        n.Put(n.Activate(n.Add(new Concat(first ? Turned(axis) : axis), parts), 1), first);
    }

    public static void Pack(TFLiteNode n)
    {
        int axis = n.Int(1), rank = n.Shape(0).Rank + 1;
        var op = new Unsqueeze(new([axis < 0 ? axis + rank : axis]));
        string[] parts = [.. Enumerable.Range(0, n.InputCount).Select(i => n.Add(op, n.Data(i)))];
        n.Put(n.Add(new Concat(axis), parts));
    }

    public static void Unpack(TFLiteNode n)
    {
        int axis = n.Shape(0).Axis(n.Int(1)), count = n.Shape(0)[axis];
        if (count != n.OutputCount)
            throw new OperatorException($"{n.OutputCount} outputs of an axis of {count}");
        for (int i = 0; i < count; i++)
            n.Put(n.Add(new Squeeze(new([axis])), n.Add(new Slice(new([i]), new([i + 1]), new([axis]), null), n.Data(0))), output: i);
    }

    public static void Gather(TFLiteNode n)
    {
        int axis = n.Shape(0).Axis(n.Int(0)), batch = n.Int(1) < 0 ? n.Int(1) + n.Shape(1).Rank : n.Int(1);
        if (batch == 0)
            n.Put(n.Add(new Gather(axis), n.Data(0), n.Raw(1)));
        else if (batch == axis)
            n.Put(n.Add(new GatherND(batch), n.Data(0), n.Add(new Unsqueeze(new([n.Shape(1).Rank])), n.Wide(1))));
        else
            throw new OperatorException($"{batch} axes of a batch, and axis {axis}, are not supported: it must come right behind them");
    }

    public static void BroadcastArguments(TFLiteNode n)
    {
        Shape both = ModelBuild.Engine.Shape.Broadcast(ModelBuild.Engine.Shape.Of(n.NeedInts(0)), ModelBuild.Engine.Shape.Of(n.NeedInts(1)));
        n.Put(n.Constant(Tensor.From(new(n.Output(0).Element, [both.Rank]), [.. both.Select(d => (long)d)])));
    }

    /// <summary>[…, k] → […, k, k], zeros beside the diagonal.</summary>
    public static void Diagonal(TFLiteNode n)
    {
        Shape x = n.Shape(0);
        int k = x[^1];
        string wide = n.Add(new Expand(new([.. x, k])), n.Add(new Unsqueeze(new([x.Rank - 1])), n.Data(0)));
        n.Put(n.Graph.Triangle(n.Graph.Triangle(wide, 0, upper: true), 0, upper: false));
    }

    public static void OneHot(TFLiteNode n)
    {
        string values = n.Add(new Concat(0), n.Add(new Reshape(new([1])), n.Data(3)), n.Add(new Reshape(new([1])), n.Data(2)));
        n.Put(n.Graph.OneHot(n.Raw(0), n.NeedInt(1), values, n.Int(0)));
    }

    public static void Pad(TFLiteNode n, float value)
    {
        bool first = n.IsFirst(0);
        n.Put(n.Add(new Pad(Pads(n, first), PadMode.Constant, value), n.Data(0, first)), first);
    }

    /// <summary>Mirrored at the outermost element's middle, or (symmetric) at its edge, so that it is there twice.</summary>
    public static void MirrorPad(TFLiteNode n)
    {
        if (n.Byte(0) == 0)
        {
            bool first = n.IsFirst(0);
            n.Put(n.Add(new Pad(Pads(n, first), PadMode.Reflect), n.Data(0, first)), first);
            return;
        }
        string y = n.Data(0);
        Ints pads = Pads(n, first: false);
        int rank = pads.Count / 2;
        for (int axis = 0; axis < rank; axis++)
        {
            int length = n.Shape(0)[axis], before = pads[axis], after = pads[rank + axis];
            if (before > length || after > length)
                throw new OperatorException($"{before} and {after} elements of {length}, mirrored");
            string[] parts = [.. before > 0 ? [Turned(y, axis, before - 1, int.MinValue)] : Array.Empty<string>(), y, .. after > 0 ? [Turned(y, axis, length - 1, length - 1 - after is >= 0 and var end ? end : int.MinValue)] : Array.Empty<string>()];
            y = parts.Length == 1 ? y : n.Add(new Concat(axis), parts);
        }
        n.Put(y);

        string Turned(string x, int axis, int from, int to) => n.Add(new Slice(new([from]), new([to]), new([axis]), new([-1])), x);
    }

    private static Ints Pads(TFLiteNode n, bool first)
    {
        Ints given = n.NeedInts(1);
        int rank = n.Shape(0).Rank;
        if (given.Count != 2 * rank || given.Any(p => p < 0))
            throw new OperatorException($"pads {given} of {n.Shape(0)}");
        int[] order = [.. first ? TFLiteValues.ToFirst : new Ints(Enumerable.Range(0, rank))];
        return new([.. order.Select(a => given[2 * a]), .. order.Select(a => given[2 * a + 1])]);
    }

    public static void Range(TFLiteNode n)
    {
        double first = n.Need(0).Doubles()[0], limit = n.Need(1).Doubles()[0], step = n.Need(2).Doubles()[0], count = Math.Max(0, Math.Ceiling((limit - first) / step));
        if (!(count <= n.Left / 8))
            throw new OperatorException($"from {first} to {limit} in steps of {step}");
        n.Put(n.Constant(Tensor.From(new(n.Output(0).Element, [(int)count]), [.. Enumerable.Range(0, (int)count).Select(i => first + i * step)])));
    }

    /// <summary>The shape is an input, or an option.</summary>
    public static void Reshape(TFLiteNode n)
    {
        Ints shape = n.Has(1) ? n.NeedInts(1) : n.Ints(0);
        n.Put(n.Add(new Reshape(shape, true), n.Data(0)));
    }

    public static void Reverse(TFLiteNode n)
    {
        Ints axes = n.NeedInts(1);
        n.Put(n.Add(new Slice(new(axes.Select(_ => -1)), new(axes.Select(_ => int.MinValue)), axes, new(axes.Select(_ => -1))), n.Data(0)));
    }

    /// <summary>Updates of one place add up.</summary>
    public static void ScatterNd(TFLiteNode n)
    {
        string zeros = n.Add(new Expand(n.NeedInts(2)), n.Constant(new Tensor(new(n.Input(1).Quantization == null ? n.Input(1).Element : ElementType.Float32, ModelBuild.Engine.Shape.Scalar), new byte[n.Input(1).Quantization == null ? n.Input(1).Element.Bytes() : 4])));
        n.Put(n.Add(new ScatterND(ScatterReduction.Add), zeros, n.Wide(0), n.Data(1)));
    }

    public static void TopK(TFLiteNode n)
    {
        var op = new TopK(n.NeedInt(1));
        string[] outputs = n.AddTwo(op, n.Data(0));
        n.Put(outputs[0]);
        n.Put(n.Output(1).Element == ElementType.Int64 ? outputs[1] : n.Add(new Cast(n.Output(1).Element), outputs[1]), output: 1);
    }

    /// <summary>Blocks of pixels → the batch, the place in the block outermost.</summary>
    public static void SpaceToBatch(TFLiteNode n)
    {
        Shape x = n.Shape(0);
        var (block, pads) = Blocks(n, x);
        int m = block.Count, rest = x.Rank - 1 - m;
        string y = n.Add(new Pad(new([0, .. Enumerable.Range(0, m).Select(i => pads[2 * i]), .. new int[rest], 0, .. Enumerable.Range(0, m).Select(i => pads[2 * i + 1]), .. new int[rest]])), n.Data(0));
        Shape wide = n.Type(y).Shape;
        if (Enumerable.Range(0, m).Any(i => wide[i + 1] % block[i] != 0))
            throw new OperatorException($"{wide} in blocks of {block}");
        y = n.Add(new Reshape(new([x[0], .. Enumerable.Range(0, m).SelectMany(i => new[] { wide[i + 1] / block[i], block[i] }), .. wide.Skip(m + 1)]), true), y);
        y = n.Add(new Transpose(new([.. Enumerable.Range(0, m).Select(i => 2 * i + 2), 0, .. Enumerable.Range(0, m).Select(i => 2 * i + 1), .. Enumerable.Range(2 * m + 1, rest)])), y);
        n.Put(n.Add(new Reshape(new([x[0] * Shape.Of(block).Size, .. Enumerable.Range(0, m).Select(i => wide[i + 1] / block[i]), .. wide.Skip(m + 1)]), true), y));
    }

    /// <summary>The way back; what was padded is cut off.</summary>
    public static void BatchToSpace(TFLiteNode n)
    {
        Shape x = n.Shape(0);
        var (block, crops) = Blocks(n, x);
        int m = block.Count, rest = x.Rank - 1 - m, all = Shape.Of(block).Size;
        if (x[0] % all != 0)
            throw new OperatorException($"{x} of blocks of {block}");
        string y = n.Add(new Reshape(new([.. block, x[0] / all, .. x.Skip(1)]), true), n.Data(0));
        y = n.Add(new Transpose(new([m, .. Enumerable.Range(0, m).SelectMany(i => new[] { m + 1 + i, i }), .. Enumerable.Range(2 * m + 1, rest)])), y);
        y = n.Add(new Reshape(new([x[0] / all, .. Enumerable.Range(0, m).Select(i => checked(x[i + 1] * block[i])), .. x.Skip(m + 1)]), true), y);
        n.Put(n.Add(new Pad(new([0, .. Enumerable.Range(0, m).Select(i => -crops[2 * i]), .. new int[rest], 0, .. Enumerable.Range(0, m).Select(i => -crops[2 * i + 1]), .. new int[rest]])), y));
    }

    private static (Ints Block, Ints Edges) Blocks(TFLiteNode n, Shape x)
    {
        Ints block = n.NeedInts(1), edges = n.NeedInts(2);
        return block.Count > 0 && block.Count < x.Rank && edges.Count == 2 * block.Count && block.All(b => b > 0) && edges.All(e => e >= 0) ? (block, edges) : throw new OperatorException($"blocks of {block} with {edges}, of {x}");
    }

    public static void Write(TFLiteNodeWriter w, string op, Reduction o)
    {
        Shape x = w.Shape(0);
        int[] axes = [.. (o switch { GlobalAveragePool or GlobalMaxPool => Enumerable.Range(2, x.Rank - 2), _ => o.Axes is { Count: > 0 } given ? given : o.NoopWithEmptyAxes ? [] : Enumerable.Range(0, x.Rank) }).Select(x.Axis).Order()];
        bool last = w.IsLast(0) && (o.KeepDims || axes.SequenceEqual(Enumerable.Range(2, x.Rank - 2)));
        int[] turned = [.. axes.Select(a => TFLiteNodeWriter.Axis(a, x.Rank, last)).Order()];
        w.Put(op, [w.Get(0, last), w.Numbers(new(turned))], last && o.KeepDims, (0, o.KeepDims));
    }

    /// <summary>A reduction of what another operator makes of each element, and what a third makes of the result.</summary>
    public static void Write(TFLiteNodeWriter w, Reduction o, string? before, string reduction, string? after)
    {
        Shape x = w.Shape(0);
        int[] axes = [.. (o.Axes is { Count: > 0 } given ? given : o.NoopWithEmptyAxes ? [] : Enumerable.Range(0, x.Rank)).Select(x.Axis).Order()];
        int from = w.Get(0), prepared = before == null ? from : w.Mid(before, [from], x);
        if (after == null)
            w.Put(reduction, [prepared, w.Numbers(new(axes))], false, (0, o.KeepDims));
        else
            w.Put(after, [w.Mid(reduction, [prepared, w.Numbers(new(axes))], w.Output, (0, o.KeepDims))], false);
    }

    public static void Write(TFLiteNodeWriter w, string op, Arg o)
    {
        if (o.SelectLastIndex)
            throw new OperatorException("the last one of several is not supported; the first is");
        Shape x = w.Shape(0), y = o.KeepDims ? Shape.Of(x.Where((_, i) => i != x.Axis(o.Axis))) : w.Output;
        int[] tensors = [w.Get(0), w.Number(x.Axis(o.Axis))];
        // The type of the output: int64.
        if (o.KeepDims)
            w.Put(w.Reshaped(w.MidOf(ElementType.Int64, op, tensors, y, (0, (sbyte)4)), w.Output), false);
        else
            w.Put(op, tensors, false, (0, (sbyte)4));
    }

    public static void Write(TFLiteNodeWriter w, Concat o)
    {
        int rank = w.Output.Rank, axis = w.Output.Axis(o.Axis);
        bool last = w.IsLast([.. Enumerable.Range(0, w.InputCount)]);
        int[] parts = [.. Enumerable.Range(0, w.InputCount).Select(i => w.Requantized(w.Get(i, last)))];
        if (w.Meaning(parts[0]) is { } meaning)
            parts = [.. parts.Select(p => w.Requantized(p, meaning))];
        w.Put("CONCATENATION", parts, last, (0, TFLiteNodeWriter.Axis(axis, rank, last)), (1, (sbyte)0));
    }

    public static void Write(TFLiteNodeWriter w, Expand _) => w.Put(2, "BROADCAST_TO", [w.Get(0), w.Numbers(w.Output.Axes)], false);

    public static void Write(TFLiteNodeWriter w, DepthToSpace o)
    {
        if (!o.ColumnRow)
        {
            w.Put("DEPTH_TO_SPACE", [w.Get(0, last: true)], true, (0, o.Blocksize));
            return;
        }
        // The channel is outermost: channels are put into the other order first.
        Shape x = w.Shape(0);
        int all = o.Blocksize * o.Blocksize, channels = x[1] / all;
        int ordered = w.Mid("GATHER", [w.Get(0, last: true), w.Numbers(new(Enumerable.Range(0, x[1]).Select(i => i % channels * all + i / channels)))], TFLiteNodeWriter.Order(x, last: true), (0, 3));
        w.Put("DEPTH_TO_SPACE", [ordered], true, (0, o.Blocksize));
    }

    public static void Write(TFLiteNodeWriter w, Gather o)
    {
        Shape x = w.Shape(0);
        int axis = x.Axis(o.Axis);
        bool last = w.IsLast(0) && w.Shape(1).Rank == 1;
        int indices = w.Get(1);
        // From the end only where that is known.
        if (w.Constant(1) is { } constant && constant.Int64s().Any(i => i < 0))
            indices = w.Constant(Tensor.From(constant.Type, [.. constant.Int64s().Select(i => i < 0 ? i + x[axis] : i)]));
        w.Put("GATHER", [w.Get(0, last), indices], last, (0, TFLiteNodeWriter.Axis(axis, x.Rank, last)));
    }

    public static void Write(TFLiteNodeWriter w, Pad o)
    {
        Shape shape = w.Shape(0);
        int rank = shape.Rank;
        bool last = w.IsLast(0);
        int[] order = [.. last ? TFLiteWriter.ToLast(rank) : new Ints(Enumerable.Range(0, rank))];
        int x = w.Get(0, last);
        if (o.Mode is PadMode.Edge or PadMode.Wrap)
            throw new OperatorException($"the mode {o.Mode.ToString().ToLowerInvariant()} is not supported; constant and reflect are");
        if (o.Pads.Any(p => p < 0))
        {
            Ints starts = new(order.Select(a => Math.Max(0, -o.Pads[a])));
            Shape kept = Shape.Of(order.Select((a, i) => w.ShapeOf(x)[i] - Math.Max(0, -o.Pads[a]) - Math.Max(0, -o.Pads[a + rank])));
            x = w.Mid("SLICE", [x, w.Numbers(starts), w.Numbers(kept.Axes)], kept);
        }
        int pads = w.Numbers(new(order.SelectMany(a => new[] { Math.Max(0, o.Pads[a]), Math.Max(0, o.Pads[a + rank]) })), matrix: true);
        if (o.Mode == PadMode.Reflect)
            w.Put("MIRROR_PAD", [x, pads], last, (0, (sbyte)0));
        else if (w.Meaning(x) is { } meaning)
        {
            // The value is a number where the node is one of numbers that bytes stand for, else a byte as the graph has it.
            int value = w.IsInteger ? meaning.Integer((float)o.Value) : (int)o.Value - (w.OutputElement == ElementType.UInt8 ? 128 : 0);
            w.Put(value == meaning.Zero ? "PAD" : "PADV2", value == meaning.Zero ? [x, pads] : [x, pads, w.Constant(Tensor.Of<sbyte>([1], [(sbyte)value]), meaning)], last);
        }
        else
            w.Put(o.Value == 0 ? "PAD" : "PADV2", o.Value == 0 ? [x, pads] : [x, pads, w.Constant(Tensor.From(new(w.Element(x), [1]), [o.Value]))], last);
    }

    /// <summary>Whatever gives another shape to the same elements.</summary>
    public static void WriteReshape(TFLiteNodeWriter w)
    {
        Shape from = w.Shape(0), y = w.Output;
        // Channels last are channels first where there is one channel, or one pixel.
        bool last = w.IsLast(0) && !w.IsPlain(0) && (from[1] == 1 || Shape.Of(from.Skip(2)).Size == 1);
        int x = w.Get(0, last);
        Ints lengths = w.Lengths(from, y);
        w.Put(1, "RESHAPE", [x, w.Numbers(lengths)], false, (0, lengths));
    }

    public static void Write(TFLiteNodeWriter w, TopK o)
    {
        if (!o.Largest || w.Shape(0).Axis(o.Axis) != w.Shape(0).Rank - 1 || w.OutputCount != 2)
            throw new OperatorException("the smallest, or another axis than the last one, is not supported");
        w.PutTop(w.Get(0), w.Number(o.K));
    }

    /// <summary>What turns channels first into channels last, or back, is nothing where the input is there in that order.</summary>
    public static void Write(TFLiteNodeWriter w, Transpose o)
    {
        int rank = w.Shape(0).Rank;
        Ints order = o.Perm ?? new(Enumerable.Range(0, rank).Reverse());
        bool image = rank is 3 or 4;
        if (image && order.SequenceEqual(TFLiteWriter.ToLast(rank)) && (w.IsLast(0) || !w.IsPlain(0)))
            w.PutOrder(w.Get(0, last: true), last: false);
        else if (image && order.SequenceEqual(TFLiteWriter.ToFirst(rank)) && w.IsPlain(0))
            w.PutOrder(w.Get(0), last: true);
        else if (w.IsLast(0) && !w.IsPlain(0))
        {
            Ints turned = TFLiteWriter.ToLast(rank);
            w.PutOrder(w.Transposed(w.Get(0, last: true), new(order.Select(a => turned.ToList().IndexOf(a)))), last: false);
        }
        else
            w.PutOrder(w.Transposed(w.Get(0), order), last: false);
    }
}

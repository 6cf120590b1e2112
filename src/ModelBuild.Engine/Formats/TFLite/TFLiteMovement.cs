namespace ModelBuild.Engine;

/// <summary>Reads operators that move elements, reduce axes or pick along them. Axes of images are those of the file's order, and turned where images are there the other way.</summary>
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

    public static void Split(TFLiteNode n, string x, int axis, Ints? sizes)
    {
        Shape shape = n.Type(x).Shape;
        int length = shape[shape.Axis(axis)], at = 0;
        if (sizes is { } given && given.Count == n.OutputCount && given.Count(s => s == -1) == 1)
            sizes = new(given.Select(s => s == -1 ? length - given.Sum() - 1 : s));
        int[] parts = [.. sizes ?? new(Enumerable.Repeat(length / n.OutputCount, n.OutputCount))];
        if (parts.Length != n.OutputCount || parts.Any(p => p < 0) || parts.Sum() != length)
            throw new OperatorException($"an axis of {length} in {n.OutputCount} parts of {new Ints(parts)}");
        for (int i = 0; i < parts.Length; i++)
            n.Put(n.Add(new Slice(new([at]), new([at += parts[i]]), new([axis]), null), x), output: i);
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

    public static void Slice(TFLiteNode n)
    {
        Ints starts = n.NeedInts(1), sizes = n.NeedInts(2);
        Shape x = n.Shape(0);
        if (starts.Count != x.Rank || sizes.Count != x.Rank || starts.Where((s, i) => s < 0 || sizes[i] < -1 || (long)s + Math.Max(0, sizes[i]) > x[i]).Any())
            throw new OperatorException($"{sizes} elements from {starts} on, of {x}");
        n.Put(n.Add(new Slice(starts, new(starts.Select((s, i) => sizes[i] < 0 ? x[i] : s + sizes[i])), null, null), n.Data(0)));
    }

    /// <summary>
    /// Python's x[a:b:c, …, 3]: by masks, an index is absent at the begin or the end, stands for any axes, is a new axis, or is one element whose axis is then gone.
    /// </summary>
    public static void StridedSlice(TFLiteNode n)
    {
        Shape x = n.Shape(0);
        Ints begins = n.NeedInts(1), ends = n.NeedInts(2), steps = n.NeedInts(3);
        int noBegin = n.Int(0), noEnd = n.Int(1), ellipsis = n.Int(2), fresh = n.Int(3), shrink = n.Int(4);
        if (begins.Count != ends.Count || begins.Count != steps.Count || begins.Count > 16)
            throw new OperatorException($"begins {begins}, ends {ends} and steps {steps}");
        if (n.Flag(5))
            ends = new(ends.Select((e, i) => checked(e + begins[i])));
        int used = Enumerable.Range(0, begins.Count).Count(i => !Bit(fresh, i) && !Bit(ellipsis, i)), axis = 0, to = 0;
        List<int> starts = [], stops = [], axes = [], strides = [], gone = [], added = [];
        for (int i = 0; i < begins.Count; i++)
        {
            if (Bit(ellipsis, i))
            {
                int all = Math.Max(0, x.Rank - used);
                (axis, to) = (axis + all, to + all);
            }
            else if (Bit(fresh, i))
                added.Add(to++);
            else
            {
                if (axis >= x.Rank)
                    throw new OperatorException($"{used} axes of {x}");
                bool one = Bit(shrink, i), back = steps[i] < 0;
                int begin = begins[i] < 0 ? begins[i] + x[axis] : begins[i];
                if (one && (begin < 0 || begin >= x[axis]))
                    throw new OperatorException($"index {begins[i]} of an axis of {x[axis]}");
                starts.Add(one ? begin : Bit(noBegin, i) ? back ? int.MaxValue : 0 : begins[i]);
                stops.Add(one ? begin + 1 : Bit(noEnd, i) ? back ? int.MinValue : int.MaxValue : ends[i]);
                strides.Add(one ? 1 : steps[i]);
                axes.Add(axis);
                if (one)
                    gone.Add(axis);
                else
                    to++;
                axis++;
            }
        }
        string y = n.Add(new Slice(new(starts), new(stops), new(axes), new(strides)), n.Data(0));
        if (gone.Count > 0)
            y = n.Add(new Squeeze(new(gone)), y);
        n.Put(added.Count > 0 ? n.Add(new Unsqueeze(new(added)), y) : y);

        static bool Bit(int mask, int i) => (mask >> i & 1) != 0;
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
}

namespace ModelBuild.Engine;

/// <summary>Reads and writes operators that take a part of a tensor, or all of its parts.</summary>
internal static class TFLiteSlices
{
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

    public static void Write(TFLiteNodeWriter w, Slice o)
    {
        Shape x = w.Shape(0);
        int rank = x.Rank;
        bool last = w.IsLast(0);
        int[] begins = new int[rank], ends = [.. x], steps = [.. Enumerable.Repeat(1, rank)];
        int open = 0;
        for (int i = 0; i < o.Starts.Count; i++)
        {
            int axis = x.Axis(o.Axes?[i] ?? i), length = x[axis], at = TFLiteNodeWriter.Axis(axis, rank, last);
            int step = o.Steps?[i] ?? 1;
            long start = o.Starts[i] < 0 ? (long)o.Starts[i] + length : o.Starts[i], end = o.Ends[i] < 0 ? (long)o.Ends[i] + length : o.Ends[i];
            steps[axis] = step;
            begins[axis] = (int)Math.Clamp(start, 0, step > 0 ? length : length - 1);
            ends[axis] = (int)Math.Clamp(end, step > 0 ? 0 : -1, length);
            if (ends[axis] < 0)
                (ends[axis], open) = (0, open | 1 << at);
        }
        int[] order = [.. last ? TFLiteWriter.ToLast(rank) : new Ints(Enumerable.Range(0, rank))];
        int from = w.Get(0, last);
        Ints starts = new(order.Select(a => begins[a]));
        // A batch is as long as it is.
        if (steps.All(s => s == 1))
            w.Put("SLICE", [from, w.Numbers(starts), w.Numbers(new(order.Select(a => begins[a] == 0 && ends[a] == x[a] ? -1 : Math.Max(0, ends[a] - begins[a]))))], last);
        else
            w.Put("STRIDED_SLICE", [from, w.Numbers(starts), w.Numbers(new(order.Select(a => ends[a]))), w.Numbers(new(order.Select(a => steps[a])))], last, (0, 0), (1, open), (2, 0), (3, 0), (4, 0));
    }

    public static void Write(TFLiteNodeWriter w, Split o)
    {
        Shape x = w.Shape(0);
        int axis = x.Axis(o.Axis);
        bool last = w.IsLast(0);
        int from = w.Get(0, last), at = TFLiteNodeWriter.Axis(axis, x.Rank, last);
        int[] sizes = [.. Enumerable.Range(0, w.OutputCount).Select(i => w.OutputShape(i)[axis])];
        if (sizes.Distinct().Count() == 1)
            w.PutAll("SPLIT", from, [w.Number(at), from], last, (0, sizes.Length));
        else
            w.PutAll("SPLIT_V", from, [from, w.Numbers(new(sizes)), w.Number(at)], last, (0, sizes.Length));
    }
}

namespace ModelBuild.Engine;

internal enum Space { Scratch, Weights, Expanded }

/// <summary>
/// How a tensor of three or four axes lies in memory: row by row as ONNX writes it, with channels innermost, or row by row in planes, one a channel, each of which
/// begins at a multiple of a register and has room for whole ones.
/// </summary>
internal enum Layout { Any, RowMajor, ChannelsLast, Planes }

/// <summary>A piece of memory. Of scratch it is known from when to when it is needed (in calls), and the memory plan says where it lies.</summary>
internal sealed class Buffer(Space space, int bytes, int offset = -1)
{
    public Space Space { get; } = space;

    public int Bytes { get; } = bytes;

    public int Offset { get; set; } = offset;

    public int First { get; set; } = int.MaxValue;

    public int Last { get; set; } = -1;
}

/// <summary>A tensor as it lies in a buffer: strides and start are in elements. Slices, squeezes and transposes are other views of the same buffer.</summary>
internal sealed record View(Buffer Buffer, int Start, TensorType Type, Ints Strides)
{
    public Shape Shape => Type.Shape;

    public ElementType Element => Type.Element;

    /// <summary>Row-major without gaps; what the strides of axes of length 1 are does not matter.</summary>
    public bool IsRowMajor
    {
        get
        {
            Ints dense = Shape.Strides;
            return Enumerable.Range(0, Shape.Rank).All(i => Shape[i] == 1 || Strides[i] == dense[i]);
        }
    }

    /// <summary>Neighbouring channels (axis 1) are neighbours in memory, as convolution kernels need them.</summary>
    public bool IsChannelsLast => Shape.Rank >= 3 && (Shape[1] == 1 || Strides[1] == 1);

    public bool IsPlanes => Shape.Rank is 3 or 4 && Strides[^1] == 1 && (Shape.Rank == 3 || Strides[2] == Shape[3]) && Strides[1] % Plane == 0 && Strides[0] % Plane == 0 && Start % Plane == 0;

    /// <summary>In planes or with channels last, and each pixel as far from the one before it as any other.</summary>
    public bool HasEvenPixels => IsPlanes || (IsChannelsLast && (Shape.Rank == 3 || Strides[2] == Shape[3] * Strides[3]));

    /// <summary>Elements from one plane to the next. Planes at multiples of eight cache lines would share few sets of the first-level cache.</summary>
    public static int PlaneOf(Shape shape)
    {
        int lines = (shape.Skip(2).Aggregate(1, (a, b) => a * b) + Plane - 1) / Plane;
        return (lines % 8 == 0 ? lines + 1 : lines) * Plane;
    }

    // Lanes of the widest register, and a cache line.
    private const int Plane = 16;

    /// <summary>Channels are nearer to each other than columns, as in a part of channels-last data: it is best read, and continued, in that order.</summary>
    public bool HasInnerChannels => Shape.Rank is 3 or 4 && Shape[1] > 1 && Math.Abs(Strides[1]) < Math.Abs(Strides[^1]);

    /// <summary>Strides by which the view is read as a larger shape: 0 along the axes that repeat.</summary>
    public Ints BroadcastTo(Shape shape)
    {
        int missing = shape.Rank - Shape.Rank;
        return new(shape.Select((_, i) => i < missing || Shape[i - missing] == 1 ? 0 : Strides[i - missing]));
    }

    /// <summary>A tensor's data as it comes: row-major, in a buffer of its own.</summary>
    public static View Of(TensorType type) => new(new Buffer(Space.Scratch, type.Bytes), 0, type, type.Shape.Strides);

    /// <summary>The axes in another order.</summary>
    public View Permute(Ints order) => With(order.Select(a => Shape[a]), order.Select(a => Strides[a]));

    /// <summary><paramref name="length"/> indices of an axis, every <paramref name="step"/>-th from <paramref name="start"/> on; steps may be negative, or 0 (one index again and again).</summary>
    public View Slice(int axis, int start, int length, int step = 1) =>
        With(Shape.With(axis, length), Strides.Select((s, i) => i == axis ? s * step : s), Start + (length == 0 ? 0 : start * Strides[axis]));

    /// <summary>One index of an axis, which is then gone.</summary>
    public View At(int axis, int index) => With(Shape.Where((_, i) => i != axis), Strides.Where((_, i) => i != axis), Start + index * Strides[axis]);

    /// <summary>An axis in two: the outer one has <paramref name="outer"/> indices.</summary>
    public View Split(int axis, int outer)
    {
        int inner = Shape[axis] / outer;
        return With([.. Shape.Take(axis), outer, inner, .. Shape.Skip(axis + 1)], [.. Strides.Take(axis), Strides[axis] * inner, Strides[axis], .. Strides.Skip(axis + 1)]);
    }

    /// <summary>A new axis, along which the elements repeat.</summary>
    public View Repeat(int axis, int length) => With([.. Shape.Take(axis), length, .. Shape.Skip(axis)], [.. Strides.Take(axis), 0, .. Strides.Skip(axis)]);

    /// <summary>Broadcast to a larger shape.</summary>
    public View Expand(Shape shape) => With(shape, BroadcastTo(shape));

    /// <summary>The same elements in the same (row-major) order under another shape, where strides can say it; else null.</summary>
    public View? Reshape(Shape shape)
    {
        if (shape.Size == 0)
            return With(shape, shape.Strides);
        var runs = new List<(int Length, int Step)>();
        foreach (int axis in Enumerable.Range(0, Shape.Rank).Where(i => Shape[i] != 1))
        {
            if (runs.Count > 0 && runs[^1].Step == Strides[axis] * Shape[axis])
                runs[^1] = (runs[^1].Length * Shape[axis], Strides[axis]);
            else
                runs.Add((Shape[axis], Strides[axis]));
        }
        var strides = new int[shape.Rank];
        int run = runs.Count, left = 1, step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (left == 1 && shape[axis] > 1)
                (left, step) = runs[--run];
            if (left % shape[axis] != 0)
                return null;
            strides[axis] = step;
            step *= shape[axis];
            left /= shape[axis];
        }
        return With(shape, strides);
    }

    private View With(IEnumerable<int> shape, IEnumerable<int> strides, int? start = null) =>
        new(Buffer, start ?? Start, Type with { Shape = ModelBuild.Engine.Shape.Of(shape) }, new(strides));

    public bool Is(Layout layout) => layout switch { Layout.RowMajor => IsRowMajor, Layout.ChannelsLast => IsChannelsLast, Layout.Planes => IsPlanes, _ => true };
}

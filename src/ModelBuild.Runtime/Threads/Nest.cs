namespace ModelBuild.Generated.Threads;

/// <summary>Something to do with each element of a box of strided operands.</summary>
internal interface INestBody
{
    /// <summary>The part of the box that has this shape and begins this many elements after each operand's first.</summary>
    void Run(ReadOnlySpan<int> shape, nint a, nint b, nint y);
}

/// <summary>Element-wise loops, cut along one axis. Operands that there aren't have no strides.</summary>
internal readonly unsafe struct Nest<B> : ILoop where B : unmanaged, INestBody
{
    // Whole cache lines of any type, and some more.
    private const int Line = 256;

    private const int MostAxes = 16;

    private readonly B _body;
    private readonly int* _shape, _a, _b, _y;
    private readonly int _rank, _axis, _unit;

    private Nest(B body, int rank, int axis, int together, int* shape, int* a, int* b, int* y)
    {
        (_body, _rank, _axis) = (body, rank, axis);
        _shape = shape;
        _a = a;
        _b = b;
        _y = y;
        _unit = axis == rank - 1 ? together : 1;
    }

    /// <param name="frame">Whose threads may take part.</param>
    /// <param name="body">What to do.</param>
    /// <param name="cost">Of one element, in multiply-accumulates of the dense float kernel.</param>
    /// <param name="together">Elements that stay together on the innermost axis.</param>
    public static void Run(in Frame frame, B body, long cost, ReadOnlySpan<int> shape, ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> y, int together = Line)
    {
        long work = cost;
        int axis = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            work *= shape[i];
            axis = shape[i] > shape[axis] ? i : axis;
        }
        if (work < Job.LeastLoop || shape.Length > MostAxes)
        {
            body.Run(shape, 0, 0, 0);
            return;
        }
        fixed (int* axes = shape, sa = a, sb = b, sy = y)
        {
            var nest = new Nest<B>(body, shape.Length, axis, together, axes, sa, sb, sy);
            frame.Run(nest, (shape[axis] + nest._unit - 1) / nest._unit, work);
        }
    }

    public void Run(int from, int to)
    {
        Span<int> shape = stackalloc int[MostAxes];
        new ReadOnlySpan<int>(_shape, _rank).CopyTo(shape);
        nint first = (nint)from * _unit;
        shape[_axis] = Math.Min(to * _unit, _shape[_axis]) - (int)first;
        _body.Run(shape[.._rank], Skip(_a, first), Skip(_b, first), Skip(_y, first));
    }

    private nint Skip(int* strides, nint count) => strides == null ? 0 : count * strides[_axis];
}

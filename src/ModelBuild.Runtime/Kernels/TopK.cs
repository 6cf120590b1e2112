using System.Numerics;

namespace ModelBuild.Generated;

// The best count of length elements, xStep apart, best first, and where they were; of equal ones the first. Distances in elements; y and indices lie alike.
public static unsafe partial class Kernels
{
    /// <summary>The largest float32, or with <paramref name="smallest"/> = 1 the smallest.</summary>
    public static void TopKF32(
        in Frame frame, Place x, Place y, Place indices, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int count, int xStep, int yStep, int smallest)
    {
        if (smallest == 0)
            TopK<Larger<float>, float>.Run(x.F32, y.F32, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
        else
            TopK<Smaller<float>, float>.Run(x.F32, y.F32, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
    }

    /// <summary>The largest int32, or with <paramref name="smallest"/> = 1 the smallest.</summary>
    public static void TopKI32(
        in Frame frame, Place x, Place y, Place indices, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int count, int xStep, int yStep, int smallest)
    {
        if (smallest == 0)
            TopK<Larger<int>, int>.Run(x.I32, y.I32, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
        else
            TopK<Smaller<int>, int>.Run(x.I32, y.I32, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
    }

    /// <summary>The largest int64, or with <paramref name="smallest"/> = 1 the smallest.</summary>
    public static void TopKI64(
        in Frame frame, Place x, Place y, Place indices, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int count, int xStep, int yStep, int smallest)
    {
        if (smallest == 0)
            TopK<Larger<long>, long>.Run(x.I64, y.I64, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
        else
            TopK<Smaller<long>, long>.Run(x.I64, y.I64, indices.I64, shape, xStrides, yStrides, length, count, xStep, yStep);
    }
}

/// <summary>A heap in the place of the result, with the worst of what is kept on top; then it is taken apart from the end.</summary>
internal readonly unsafe struct TopK<O, T> where O : struct, IOrder<T> where T : unmanaged, INumber<T>
{
    private readonly T* _y;
    private readonly long* _indices;
    private readonly nint _step;

    private TopK(T* y, long* indices, nint step)
    {
        _y = y;
        _indices = indices;
        _step = step;
    }

    public static void Run(T* x, T* y, long* indices, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int count, nint xStep, nint yStep)
    {
        for (nint i = 0; i < shape[0]; i++, x += xStrides[0], y += yStrides[0], indices += yStrides[0])
        {
            if (shape.Length > 1)
                Run(x, y, indices, shape[1..], xStrides[1..], yStrides[1..], length, count, xStep, yStep);
            else
                new TopK<O, T>(y, indices, yStep).Row(x, length, count, xStep);
        }
    }

    private void Row(T* x, int length, int count, nint xStep)
    {
        for (int i = 0; i < count; i++)
            Rise(i, x[i * xStep], i);
        for (int i = count; i < length; i++)
        {
            if (O.Better(x[i * xStep], *_y))
                Sink(x[i * xStep], i, count);
        }
        for (int last = count - 1; last > 0; last--)
        {
            T value = _y[last * _step];
            long index = _indices[last * _step];
            _y[last * _step] = *_y;
            _indices[last * _step] = *_indices;
            Sink(value, index, last);
        }
    }

    private void Rise(int at, T value, long index)
    {
        for (; at > 0 && Worse(value, index, (at - 1) / 2); at = (at - 1) / 2)
            Move((at - 1) / 2, at);
        Put(at, value, index);
    }

    /// <summary>The top is replaced, of a heap of <paramref name="count"/>.</summary>
    private void Sink(T value, long index, int count)
    {
        int at = 0;
        while (2 * at + 1 < count)
        {
            int child = 2 * at + 1;
            if (child + 1 < count && Worse(_y[(child + 1) * _step], _indices[(child + 1) * _step], child))
                child++;
            if (Worse(value, index, child))
                break;
            Move(child, at);
            at = child;
        }
        Put(at, value, index);
    }

    private bool Worse(T value, long index, int than)
    {
        T other = _y[than * _step];
        return O.Better(other, value) || (value == other && index > _indices[than * _step]);
    }

    private void Move(int from, int to) => Put(to, _y[from * _step], _indices[from * _step]);

    private void Put(int at, T value, long index)
    {
        _y[at * _step] = value;
        _indices[at * _step] = index;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = e^x / Σ e^x over rows of <paramref name="length"/> float32 that lie <paramref name="xStep"/> apart; shape and strides say where rows begin.</summary>
    public static void SoftmaxF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep) =>
        new Softmax(length, xStep, yStep, logarithm: false).Run(frame, x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x − ln Σ e^x over rows of <paramref name="length"/> float32 that lie <paramref name="xStep"/> apart; shape and strides say where rows begin.</summary>
    public static void LogSoftmaxF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep) =>
        new Softmax(length, xStep, yStep, logarithm: true).Run(frame, x.F32, y.F32, shape, xStrides, yStrides);
}

internal readonly unsafe struct Softmax(nint length, nint xStep, nint yStep, bool logarithm)
{
    // What an element costs, in multiply-accumulates of the dense float kernel.
    private const int Cost = 64;

    // Rows that are computed together, a lane each, are the same ones on any number of threads.
    private const int MostLanes = 16;

    public void Run(in Frame frame, float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides)
    {
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<Body>.Run(frame, new(this, x, y, xs, ys), Cost * length, shape, xStrides, [], yStrides, MostLanes);
    }

    private readonly struct Body(Softmax softmax, float* x, float* y, int* xStrides, int* yStrides) : INestBody
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) => softmax.Run(x + a, y + at, shape, new(xStrides, shape.Length), new(yStrides, shape.Length));
    }

    private void Run(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides)
    {
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(x, y, shape, xStrides, yStrides);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(x, y, shape, xStrides, yStrides);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(x, y, shape, xStrides, yStrides);
        else
            Run<V1>(x, y, shape, xStrides, yStrides);
    }

    internal void Run<V>(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where V : struct, IVec<V>
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Run<V>(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..]);
            return;
        }
        bool contiguous = xStep == 1 && yStep == 1;
        if (xs == 1 && ys == 1)
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                Columns<V>(x + i, y + i, length, xStep, yStep);
            if (V.Lanes > V128.Lanes)
            {
                for (; i <= count - V128.Lanes; i += V128.Lanes)
                    Columns<V128>(x + i, y + i, length, xStep, yStep);
            }
        }
        else if (contiguous && length < V.Lanes)
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                ShortRows<V>(x + i * xs, y + i * ys, xs, ys);
        }
        for (; i < count; i++)
        {
            if (contiguous)
                Row<V>(x + i * xs, y + i * ys);
            else
                Columns<V1>(x + i * xs, y + i * ys, length, xStep, yStep);
        }
    }

    /// <summary>As many rows as there are lanes; they begin side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Columns<V>(float* x, float* y, nint rows, nint xs, nint ys) where V : struct, IVec<V>
    {
        V largest = V.Broadcast(float.NegativeInfinity), sum = V.Zero;
        for (nint k = 0; k < rows; k++)
            largest = V.Max(largest, V.Load(x + k * xs));
        for (nint k = 0; k < rows; k++)
        {
            V e = Functions.Exp(V.Load(x + k * xs) - largest);
            sum += e;
            if (!logarithm)
                e.Store(y + k * ys);
        }
        V last = logarithm ? Functions.Log(sum) : V.Broadcast(1) / sum;
        for (nint k = 0; k < rows; k++)
            (logarithm ? V.Load(x + k * xs) - largest - last : V.Load(y + k * ys) * last).Store(y + k * ys);
    }

    /// <summary>One row of neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Row<V>(float* x, float* y) where V : struct, IVec<V>
    {
        float largest = Fold.Row<Folds.Largest, V>(x, length, 0);
        V origin = V.Broadcast(largest), sums = V.Zero;
        float* end = stackalloc float[V.Lanes];
        nint k = 0, rest = length % V.Lanes;
        for (; k <= length - V.Lanes; k += V.Lanes)
        {
            V e = Functions.Exp(V.Load(x + k) - origin);
            sums += e;
            if (!logarithm)
                e.Store(y + k);
        }
        if (rest > 0)
        {
            // The lanes past the end are e^−∞, which adds nothing.
            for (int lane = 0; lane < V.Lanes; lane++)
                end[lane] = lane < rest ? x[k + lane] : float.NegativeInfinity;
            V e = Functions.Exp(V.Load(end) - origin);
            sums += e;
            e.Store(end);
            for (int lane = 0; lane < rest && !logarithm; lane++)
                y[k + lane] = end[lane];
        }
        sums.Store(end);
        float sum = Fold.Row<Folds.Sum, V>(end, V.Lanes, 0);
        if (logarithm)
            Shift<V>(x, y, largest, MathF.Log(sum));
        else
            Scale<V>(y, 1 / sum);
    }

    private void Scale<V>(float* y, float factor) where V : struct, IVec<V>
    {
        nint k = 0;
        for (; k <= length - V.Lanes; k += V.Lanes)
            (V.Load(y + k) * V.Broadcast(factor)).Store(y + k);
        for (; k < length; k++)
            y[k] *= factor;
    }

    private void Shift<V>(float* x, float* y, float largest, float logarithm) where V : struct, IVec<V>
    {
        nint k = 0;
        for (; k <= length - V.Lanes; k += V.Lanes)
            (V.Load(x + k) - V.Broadcast(largest) - V.Broadcast(logarithm)).Store(y + k);
        for (; k < length; k++)
            y[k] = x[k] - largest - logarithm;
    }

    /// <summary>As many short rows as there are lanes, turned on their side and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void ShortRows<V>(float* x, float* y, nint xs, nint ys) where V : struct, IVec<V>
    {
        float* from = stackalloc float[V.Lanes * V.Lanes], to = stackalloc float[V.Lanes * V.Lanes];
        for (nint row = 0; row < V.Lanes; row++)
        {
            for (nint k = 0; k < length; k++)
                from[k * V.Lanes + row] = x[row * xs + k];
        }
        Columns<V>(from, to, length, V.Lanes, V.Lanes);
        for (nint row = 0; row < V.Lanes; row++)
        {
            for (nint k = 0; k < length; k++)
                y[row * ys + k] = to[k * V.Lanes + row];
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// One axis resized: y[o, i, n] = Σk weights[i, k] · x[o, starts[i] + k, n], k below <paramref name="taps"/>, <paramref name="count"/> indices i;
    /// o and n are nests of loops. float32; starts int32; distances in elements.
    /// </summary>
    public static void ResizeF32(
        in Frame frame, Place x, Place starts, Place weights, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int taps, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner)
    {
        var resize = new Resize(starts.I32, weights.F32, count, taps, xStep, yStep);
        if (Vector512.IsHardwareAccelerated)
            resize.Run<V512>(x.F32, y.F32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
        else if (Vector256.IsHardwareAccelerated)
            resize.Run<V256>(x.F32, y.F32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
        else if (Vector128.IsHardwareAccelerated)
            resize.Run<V128>(x.F32, y.F32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
        else
            resize.Run<V1>(x.F32, y.F32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
    }
}

internal readonly unsafe struct Resize(int* starts, float* weights, int count, int taps, nint xStep, nint yStep)
{
    public void Run<V>(
        float* x, float* y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) where V : struct, IVec<V>
    {
        for (nint o = 0; o < outerShape[0]; o++, x += xOuter[0], y += yOuter[0])
        {
            if (outerShape.Length > 1)
                Run<V>(x, y, outerShape[1..], xOuter[1..], yOuter[1..], innerShape, xInner, yInner);
            else if (innerShape.Length == 1 && innerShape[0] == 1)
                Pixels(x, y);
            else
                for (nint i = 0; i < count; i++)
                    Rows<V>(x + starts[i] * xStep, y + i * yStep, weights + i * taps, innerShape, xInner, yInner);
        }
    }

    private void Pixels(float* x, float* y)
    {
        float* w = weights;
        for (nint i = 0; i < count; i++, w += taps)
        {
            float* from = x + starts[i] * xStep;
            float sum = *w * *from;
            for (nint k = 1; k < taps; k++)
                sum += w[k] * from[k * xStep];
            y[i * yStep] = sum;
        }
    }

    private void Rows<V>(float* x, float* y, float* w, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where V : struct, IVec<V>
    {
        if (shape.Length == 1)
            Row<V>(x, y, w, shape[0], xStrides[0], yStrides[0]);
        else
            for (nint i = 0; i < shape[0]; i++)
                Rows<V>(x + i * xStrides[0], y + i * yStrides[0], w, shape[1..], xStrides[1..], yStrides[1..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<V>(float* x, float* y, float* w, nint length, nint xs, nint ys) where V : struct, IVec<V>
    {
        nint i = 0;
        if (xs == 1 && ys == 1)
        {
            for (; i <= length - V.Lanes; i += V.Lanes)
                Sum<V>(x + i, w).Store(y + i);
            if (V.Lanes > V128.Lanes)
            {
                for (; i <= length - V128.Lanes; i += V128.Lanes)
                    Sum<V128>(x + i, w).Store(y + i);
            }
        }
        for (; i < length; i++)
            Sum<V1>(x + i * xs, w).Store(y + i * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Sum<V>(float* x, float* w) where V : struct, IVec<V>
    {
        V sum = V.Load(x) * V.Broadcast(*w);
        for (nint k = 1; k < taps; k++)
            sum = V.MultiplyAdd(V.Load(x + k * xStep), V.Broadcast(w[k]), sum);
        return sum;
    }
}

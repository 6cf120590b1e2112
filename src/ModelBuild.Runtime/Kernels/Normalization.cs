using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = clamp(x · scale + shift, lo, hi), scale and shift by channel. float32; distances in elements.</summary>
    public static void BatchNormalizationF32(
        in Frame frame, Place x, Place scale, Place shift, Place y,
        ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> channelStrides, ReadOnlySpan<int> yStrides, float lo, float hi)
    {
        if (Vector512.IsHardwareAccelerated)
            Normalization.Batch<V512>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides, lo, hi);
        else if (Vector256.IsHardwareAccelerated)
            Normalization.Batch<V256>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides, lo, hi);
        else if (Vector128.IsHardwareAccelerated)
            Normalization.Batch<V128>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides, lo, hi);
        else
            Normalization.Batch<V1>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides, lo, hi);
    }

    /// <summary>
    /// y = (x − mean) / √(variance + ε) · scale + shift over each plane: shape and its strides lead to planes, <paramref name="over"/> and its steps through one. float32.
    /// </summary>
    public static void InstanceNormalizationF32(
        in Frame frame, Place x, Place scale, Place shift, Place y,
        ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> channelStrides, ReadOnlySpan<int> yStrides,
        ReadOnlySpan<int> over, ReadOnlySpan<int> xSteps, ReadOnlySpan<int> ySteps, float epsilon)
    {
        var planes = new Planes(over, xSteps, ySteps, epsilon);
        if (Vector512.IsHardwareAccelerated)
            planes.Run<V512>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides);
        else if (Vector256.IsHardwareAccelerated)
            planes.Run<V256>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides);
        else if (Vector128.IsHardwareAccelerated)
            planes.Run<V128>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides);
        else
            planes.Run<V1>(x.F32, scale.F32, shift.F32, y.F32, shape, xStrides, channelStrides, yStrides);
    }

    /// <summary>
    /// y = (x − mean) / √(variance + ε) · scale + shift over rows of <paramref name="length"/> neighbours; scale, shift, and a place for each row's
    /// mean and 1/√(variance + ε), may be absent. float32.
    /// </summary>
    public static void LayerNormalizationF32(in Frame frame, Place x, Place scale, Place shift, Place y, Place mean, Place inverse, int rows, int length, float epsilon)
    {
        if (Vector512.IsHardwareAccelerated)
            Normalization.Layer<V512>(x.F32, scale.F32, shift.F32, y.F32, mean.F32, inverse.F32, rows, length, epsilon);
        else if (Vector256.IsHardwareAccelerated)
            Normalization.Layer<V256>(x.F32, scale.F32, shift.F32, y.F32, mean.F32, inverse.F32, rows, length, epsilon);
        else if (Vector128.IsHardwareAccelerated)
            Normalization.Layer<V128>(x.F32, scale.F32, shift.F32, y.F32, mean.F32, inverse.F32, rows, length, epsilon);
        else
            Normalization.Layer<V1>(x.F32, scale.F32, shift.F32, y.F32, mean.F32, inverse.F32, rows, length, epsilon);
    }
}

internal static unsafe class Normalization
{
    public static void Batch<V>(
        float* x, float* scale, float* shift, float* y,
        ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> channelStrides, ReadOnlySpan<int> yStrides, float lo, float hi) where V : struct, IVec<V>
    {
        nint xs = xStrides[0], cs = channelStrides[0], ys = yStrides[0];
        if (shape.Length == 1)
        {
            Row<V>(x, scale, shift, y, shape[0], xs, cs, ys, lo, hi);
            return;
        }
        for (nint i = 0; i < shape[0]; i++)
            Batch<V>(x + i * xs, scale + i * cs, shift + i * cs, y + i * ys, shape[1..], xStrides[1..], channelStrides[1..], yStrides[1..], lo, hi);
    }

    /// <summary>y = clamp(x · scale + shift, lo, hi) along one axis: whole vectors, of fewer lanes towards its end.</summary>
    private static void Row<V>(float* x, float* scale, float* shift, float* y, nint count, nint xs, nint cs, nint ys, float lo, float hi) where V : struct, IVec<V>
    {
        nint i = 0;
        if (xs == 1 && ys == 1 && cs is 0 or 1) // 0: one channel for the whole row
        {
            if (V.Lanes >= V512.Lanes)
                i = Part<V512>(i, x, scale, shift, y, count, cs, lo, hi);
            if (V.Lanes >= V256.Lanes)
                i = Part<V256>(i, x, scale, shift, y, count, cs, lo, hi);
            if (V.Lanes >= V128.Lanes)
                i = Part<V128>(i, x, scale, shift, y, count, cs, lo, hi);
        }
        for (; i < count; i++)
            V1.Max(V1.Broadcast(lo), V1.Min(V1.Broadcast(hi), V1.MultiplyAdd(V1.Load(x + i * xs), V1.Load(scale + i * cs), V1.Load(shift + i * cs)))).Store(y + i * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Part<V>(nint i, float* x, float* scale, float* shift, float* y, nint count, nint cs, float lo, float hi) where V : struct, IVec<V>
    {
        V least = V.Broadcast(lo), most = V.Broadcast(hi);
        for (; i <= count - V.Lanes; i += V.Lanes)
        {
            V a = cs == 0 ? V.Broadcast(*scale) : V.Load(scale + i), b = cs == 0 ? V.Broadcast(*shift) : V.Load(shift + i);
            V.Max(least, V.Min(most, V.MultiplyAdd(V.Load(x + i), a, b))).Store(y + i);
        }
        return i;
    }

    public static void Layer<V>(float* x, float* scale, float* shift, float* y, float* means, float* inverses, int rows, nint length, float epsilon) where V : struct, IVec<V>
    {
        for (nint row = 0; row < rows; row++, x += length, y += length)
        {
            float mean = Fold.Row<Folds.Sum, V>(x, length, 0) / length;
            float inverse = 1 / MathF.Sqrt(Fold.Row<Folds.Distance, V>(x, length, mean) / length + epsilon);
            if (means != null)
                means[row] = mean;
            if (inverses != null)
                inverses[row] = inverse;
            Layer<V>(x, scale, shift, y, length, mean, inverse);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Layer<V>(float* x, float* scale, float* shift, float* y, nint length, float mean, float inverse) where V : struct, IVec<V>
    {
        nint i = 0;
        V m = V.Broadcast(mean), n = V.Broadcast(inverse);
        for (; i <= length - V.Lanes; i += V.Lanes)
        {
            V v = (V.Load(x + i) - m) * n;
            if (scale != null)
                v *= V.Load(scale + i);
            if (shift != null)
                v += V.Load(shift + i);
            v.Store(y + i);
        }
        for (; i < length; i++)
            y[i] = (x[i] - mean) * inverse * (scale == null ? 1 : scale[i]) + (shift == null ? 0 : shift[i]);
    }
}

/// <summary>Instance normalization. Where channels lie side by side, lanes are channels; where a plane's pixels do, lanes are pixels.</summary>
internal readonly unsafe ref struct Planes(ReadOnlySpan<int> over, ReadOnlySpan<int> xSteps, ReadOnlySpan<int> ySteps, float epsilon)
{
    private readonly ReadOnlySpan<int> _over = over, _xSteps = xSteps, _ySteps = ySteps;

    private float Area
    {
        get
        {
            float area = 1;
            foreach (int length in _over)
                area *= length;
            return area;
        }
    }

    public void Run<V>(
        float* x, float* scale, float* shift, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> channelStrides, ReadOnlySpan<int> yStrides) where V : struct, IVec<V>
    {
        nint count = shape[0], xs = xStrides[0], cs = channelStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Run<V>(x + i * xs, scale + i * cs, shift + i * cs, y + i * ys, shape[1..], xStrides[1..], channelStrides[1..], yStrides[1..]);
            return;
        }
        if (xs == 1 && ys == 1 && cs == 1)
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                Channels<V>(x + i, scale + i, shift + i, y + i);
            if (V.Lanes > V128.Lanes)
            {
                for (; i <= count - V128.Lanes; i += V128.Lanes)
                    Channels<V128>(x + i, scale + i, shift + i, y + i);
            }
        }
        bool rows = _xSteps[^1] == 1 && _ySteps[^1] == 1;
        for (; i < count; i++)
        {
            if (rows)
                Pixels<V>(x + i * xs, scale[i * cs], shift[i * cs], y + i * ys);
            else
                Channels<V1>(x + i * xs, scale + i * cs, shift + i * cs, y + i * ys);
        }
    }

    private void Channels<V>(float* x, float* scale, float* shift, float* y) where V : struct, IVec<V>
    {
        V area = V.Broadcast(Area), mean = Fold.Columns<Folds.Sum, V>(x, _over, _xSteps, default) / area;
        V a = V.Load(scale) / V.Sqrt(Fold.Columns<Folds.Distance, V>(x, _over, _xSteps, mean) / area + V.Broadcast(epsilon));
        Channels(x, y, mean, a, V.Load(shift), _over, _xSteps, _ySteps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Channels<V>(float* x, float* y, V mean, V a, V b, ReadOnlySpan<int> over, ReadOnlySpan<int> xSteps, ReadOnlySpan<int> ySteps) where V : struct, IVec<V>
    {
        nint xs = xSteps[0], ys = ySteps[0];
        for (nint i = 0; i < over[0]; i++)
        {
            if (over.Length > 1)
                Channels(x + i * xs, y + i * ys, mean, a, b, over[1..], xSteps[1..], ySteps[1..]);
            else
                V.MultiplyAdd(V.Load(x + i * xs) - mean, a, b).Store(y + i * ys);
        }
    }

    private void Pixels<V>(float* x, float scale, float shift, float* y) where V : struct, IVec<V>
    {
        float mean = Fold.Rows<Folds.Sum, V>(x, _over, _xSteps, 0) / Area;
        float a = scale / MathF.Sqrt(Fold.Rows<Folds.Distance, V>(x, _over, _xSteps, mean) / Area + epsilon);
        Pixels<V>(x, y, mean, a, shift, _over, _xSteps, _ySteps);
    }

    // The mean first, and exactly: where all pixels are alike, the result is the shift and nothing else.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pixels<V>(float* x, float* y, float mean, float a, float b, ReadOnlySpan<int> over, ReadOnlySpan<int> xSteps, ReadOnlySpan<int> ySteps) where V : struct, IVec<V>
    {
        nint count = over[0], i = 0;
        if (over.Length > 1)
        {
            for (; i < count; i++)
                Pixels<V>(x + i * xSteps[0], y + i * ySteps[0], mean, a, b, over[1..], xSteps[1..], ySteps[1..]);
            return;
        }
        V m = V.Broadcast(mean), scale = V.Broadcast(a), shift = V.Broadcast(b);
        for (; i <= count - V.Lanes; i += V.Lanes)
            V.MultiplyAdd(V.Load(x + i) - m, scale, shift).Store(y + i);
        for (; i < count; i++)
            V1.MultiplyAdd(V1.Load(x + i) - V1.Broadcast(mean), V1.Broadcast(a), V1.Broadcast(b)).Store(y + i);
    }
}

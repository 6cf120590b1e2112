namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = e^x / Σ e^x over rows of <paramref name="length"/> float32 that lie <paramref name="xStep"/> apart; shape and strides say where rows begin.</summary>
    public static void SoftmaxF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep) =>
        Softmax.Rows(x.F32, y.F32, shape, xStrides, yStrides, length, xStep, yStep, logarithm: false);

    /// <summary>y = x − ln Σ e^x over rows of <paramref name="length"/> float32 that lie <paramref name="xStep"/> apart; shape and strides say where rows begin.</summary>
    public static void LogSoftmaxF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep) =>
        Softmax.Rows(x.F32, y.F32, shape, xStrides, yStrides, length, xStep, yStep, logarithm: true);
}

internal static unsafe class Softmax
{
    public static void Rows(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, nint length, nint xs, nint ys, bool logarithm)
    {
        for (nint i = 0; i < shape[0]; i++)
        {
            if (shape.Length > 1)
                Rows(x + i * xStrides[0], y + i * yStrides[0], shape[1..], xStrides[1..], yStrides[1..], length, xs, ys, logarithm);
            else
                Row(x + i * xStrides[0], y + i * yStrides[0], length, xs, ys, logarithm);
        }
    }

    private static void Row(float* x, float* y, nint length, nint xs, nint ys, bool logarithm)
    {
        float largest = float.NegativeInfinity, sum = 0;
        for (nint i = 0; i < length; i++)
            largest = MathF.Max(largest, x[i * xs]);
        for (nint i = 0; i < length; i++)
        {
            float e = MathF.Exp(x[i * xs] - largest);
            sum += e;
            y[i * ys] = logarithm ? x[i * xs] - largest : e;
        }
        float last = logarithm ? MathF.Log(sum) : 1 / sum;
        for (nint i = 0; i < length; i++)
            y[i * ys] = logarithm ? y[i * ys] - last : y[i * ys] * last;
    }
}

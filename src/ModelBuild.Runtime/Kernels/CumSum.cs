using System.Numerics;

namespace ModelBuild.Generated;

// Sums of all elements of a row up to each one, without that one if exclusive; rows' elements are steps apart. Integers wrap.
public static unsafe partial class Kernels
{
    /// <summary>Running sums of float32.</summary>
    public static void CumSumF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep, int exclusive) =>
        CumSum.Run(x.F32, y.F32, shape, xStrides, yStrides, length, xStep, yStep, exclusive != 0);

    /// <summary>Running sums of int32.</summary>
    public static void CumSumI32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep, int exclusive) =>
        CumSum.Run(x.I32, y.I32, shape, xStrides, yStrides, length, xStep, yStep, exclusive != 0);

    /// <summary>Running sums of int64.</summary>
    public static void CumSumI64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int xStep, int yStep, int exclusive) =>
        CumSum.Run(x.I64, y.I64, shape, xStrides, yStrides, length, xStep, yStep, exclusive != 0);
}

internal static unsafe class CumSum
{
    public static void Run<T>(T* x, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, nint xStep, nint yStep, bool exclusive) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < shape[0]; i++, x += xStrides[0], y += yStrides[0])
        {
            if (shape.Length > 1)
                Run(x, y, shape[1..], xStrides[1..], yStrides[1..], length, xStep, yStep, exclusive);
            else
                Row(x, y, length, xStep, yStep, exclusive);
        }
    }

    private static void Row<T>(T* x, T* y, int length, nint xStep, nint yStep, bool exclusive) where T : unmanaged, INumber<T>
    {
        T sum = T.Zero;
        for (nint k = 0; k < length; k++)
        {
            T next = unchecked(sum + x[k * xStep]);
            y[k * yStep] = exclusive ? sum : next;
            sum = next;
        }
    }
}

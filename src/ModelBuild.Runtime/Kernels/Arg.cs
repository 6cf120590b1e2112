using System.Numerics;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y (int64) = which of <paramref name="length"/> float32, <paramref name="step"/> apart, is the largest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMaxF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Larger<float>, float>(x.F32, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int32, <paramref name="step"/> apart, is the largest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMaxI32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Larger<int>, int>(x.I32, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int64, <paramref name="step"/> apart, is the largest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMaxI64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Larger<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int8, <paramref name="step"/> apart, is the largest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMaxI8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Larger<sbyte>, sbyte>((sbyte*)x.Address, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> uint8, <paramref name="step"/> apart, is the largest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMaxU8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Larger<byte>, byte>(x.Address, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> float32, <paramref name="step"/> apart, is the smallest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMinF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Smaller<float>, float>(x.F32, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int32, <paramref name="step"/> apart, is the smallest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMinI32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Smaller<int>, int>(x.I32, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int64, <paramref name="step"/> apart, is the smallest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMinI64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Smaller<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> int8, <paramref name="step"/> apart, is the smallest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMinI8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Smaller<sbyte>, sbyte>((sbyte*)x.Address, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    /// <summary>y (int64) = which of <paramref name="length"/> uint8, <paramref name="step"/> apart, is the smallest: the first, or with <paramref name="last"/> = 1 the last, of equal ones.</summary>
    public static void ArgMinU8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, int step, int last) =>
        Arg.Run<Smaller<byte>, byte>(x.Address, y.I64, shape, xStrides, yStrides, length, step, last != 0);

    private readonly struct Larger<T> : IOrder<T> where T : INumber<T>
    {
        public static bool Better(T a, T b) => a > b;
    }

    private readonly struct Smaller<T> : IOrder<T> where T : INumber<T>
    {
        public static bool Better(T a, T b) => a < b;
    }
}

internal interface IOrder<T>
{
    static abstract bool Better(T a, T b);
}

internal static unsafe class Arg
{
    public static void Run<O, T>(T* x, long* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int length, nint step, bool last)
        where O : struct, IOrder<T> where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < shape[0]; i++, x += xStrides[0], y += yStrides[0])
        {
            if (shape.Length > 1)
                Run<O, T>(x, y, shape[1..], xStrides[1..], yStrides[1..], length, step, last);
            else
                *y = Best<O, T>(x, length, step, last);
        }
    }

    private static long Best<O, T>(T* x, int length, nint step, bool last) where O : struct, IOrder<T> where T : unmanaged, INumber<T>
    {
        int best = 0;
        T value = *x;
        for (int k = 1; k < length; k++)
        {
            T candidate = x[k * step];
            if (O.Better(candidate, value) || (last && candidate == value))
            {
                best = k;
                value = candidate;
            }
        }
        return best;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = max(0, x).</summary>
    public static void ReluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary<Relu>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = a + b.</summary>
    public static void AddF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary<Add>(a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    private readonly struct Relu : IUnary
    {
        public static V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, x);
    }

    private readonly struct Add : IBinary
    {
        public static V Apply<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }
}

internal interface IUnary
{
    static abstract V Apply<V>(V x) where V : struct, IVec<V>;
}

internal interface IBinary
{
    static abstract V Apply<V>(V a, V b) where V : struct, IVec<V>;
}

/// <summary>Element-wise loops over strided data: whole vectors where the innermost axis is contiguous, one by one elsewhere and at the end.</summary>
internal static unsafe class Elementwise
{
    public static void Unary<O>(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where O : struct, IUnary
    {
        if (shape.Length > 1)
        {
            for (nint i = 0; i < shape[0]; i++)
                Unary<O>(x + i * xStrides[0], y + i * yStrides[0], shape[1..], xStrides[1..], yStrides[1..]);
            return;
        }
        if (Vector512.IsHardwareAccelerated)
            Row<O, V512>(x, y, shape[0], xStrides[0], yStrides[0]);
        else if (Vector256.IsHardwareAccelerated)
            Row<O, V256>(x, y, shape[0], xStrides[0], yStrides[0]);
        else if (Vector128.IsHardwareAccelerated)
            Row<O, V128>(x, y, shape[0], xStrides[0], yStrides[0]);
        else
            Row<O, V1>(x, y, shape[0], xStrides[0], yStrides[0]);
    }

    public static void Binary<O>(float* a, float* b, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) where O : struct, IBinary
    {
        if (shape.Length > 1)
        {
            for (nint i = 0; i < shape[0]; i++)
                Binary<O>(a + i * aStrides[0], b + i * bStrides[0], y + i * yStrides[0], shape[1..], aStrides[1..], bStrides[1..], yStrides[1..]);
            return;
        }
        if (Vector512.IsHardwareAccelerated)
            Row<O, V512>(a, b, y, shape[0], aStrides[0], bStrides[0], yStrides[0]);
        else if (Vector256.IsHardwareAccelerated)
            Row<O, V256>(a, b, y, shape[0], aStrides[0], bStrides[0], yStrides[0]);
        else if (Vector128.IsHardwareAccelerated)
            Row<O, V128>(a, b, y, shape[0], aStrides[0], bStrides[0], yStrides[0]);
        else
            Row<O, V1>(a, b, y, shape[0], aStrides[0], bStrides[0], yStrides[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Row<O, V>(float* x, float* y, nint count, nint xs, nint ys) where O : struct, IUnary where V : struct, IVec<V>
    {
        nint i = 0;
        if (xs == 1 && ys == 1)
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                O.Apply(V.Load(x + i)).Store(y + i);
        }
        for (; i < count; i++)
            O.Apply(V1.Load(x + i * xs)).Store(y + i * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Row<O, V>(float* a, float* b, float* y, nint count, nint sa, nint sb, nint ys) where O : struct, IBinary where V : struct, IVec<V>
    {
        nint i = 0;
        if (ys == 1 && (sa is 0 or 1) && (sb is 0 or 1)) // 0: one value for the whole row
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                O.Apply(sa == 0 ? V.Broadcast(*a) : V.Load(a + i), sb == 0 ? V.Broadcast(*b) : V.Load(b + i)).Store(y + i);
        }
        for (; i < count; i++)
            O.Apply(V1.Load(a + i * sa), V1.Load(b + i * sb)).Store(y + i * ys);
    }
}

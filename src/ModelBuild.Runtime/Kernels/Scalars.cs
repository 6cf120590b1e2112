using System.Runtime.CompilerServices;

namespace ModelBuild.Generated;

/// <summary>A function of one element.</summary>
internal interface IMap<T, R>
{
    static abstract R Apply(T x);
}

/// <summary>A function of two elements.</summary>
internal interface IMap<A, B, R>
{
    static abstract R Apply(A a, B b);
}

/// <summary>Element-wise loops over strided data of any type, one element after the other.</summary>
internal static unsafe class Scalars
{
    public static void Map<O, T, R>(T* x, R* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where O : struct, IMap<T, R> where T : unmanaged where R : unmanaged
    {
        if (shape.Length == 1)
            Row<O, T, R>(x, y, shape[0], xStrides[0], yStrides[0]);
        else
            for (nint i = 0; i < shape[0]; i++)
                Map<O, T, R>(x + i * xStrides[0], y + i * yStrides[0], shape[1..], xStrides[1..], yStrides[1..]);
    }

    public static void Map<O, A, B, R>(A* a, B* b, R* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) where O : struct, IMap<A, B, R> where A : unmanaged where B : unmanaged where R : unmanaged
    {
        if (shape.Length == 1)
            Row<O, A, B, R>(a, b, y, shape[0], aStrides[0], bStrides[0], yStrides[0]);
        else
            for (nint i = 0; i < shape[0]; i++)
                Map<O, A, B, R>(a + i * aStrides[0], b + i * bStrides[0], y + i * yStrides[0], shape[1..], aStrides[1..], bStrides[1..], yStrides[1..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<O, T, R>(T* x, R* y, nint count, nint xs, nint ys) where O : struct, IMap<T, R> where T : unmanaged where R : unmanaged
    {
        if (xs == 1 && ys == 1)
        {
            for (nint i = 0; i < count; i++)
                y[i] = O.Apply(x[i]);
            return;
        }
        for (; count > 0; count--, x += xs, y += ys)
            *y = O.Apply(*x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<O, A, B, R>(A* a, B* b, R* y, nint count, nint sa, nint sb, nint ys) where O : struct, IMap<A, B, R> where A : unmanaged where B : unmanaged where R : unmanaged
    {
        if (sa == 1 && sb == 1 && ys == 1)
        {
            for (nint i = 0; i < count; i++)
                y[i] = O.Apply(a[i], b[i]);
            return;
        }
        for (; count > 0; count--, a += sa, b += sb, y += ys)
            *y = O.Apply(*a, *b);
    }
}

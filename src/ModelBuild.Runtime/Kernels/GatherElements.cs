using System.Numerics;

namespace ModelBuild.Generated;

// y[…] = x[…, its index, …]: the index lies where the element will, and is added, times step, to where x's other axes lead. Distances in elements.
// An index outside the axis is an ArgumentOutOfRangeException, and nothing outside is read.
public static unsafe partial class Kernels
{
    /// <summary>Elements of 1 byte by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements1I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.Address, indices.I32, y.Address, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 1 byte by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements1I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.Address, indices.I64, y.Address, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 2 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements2I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run((short*)x.Address, indices.I32, (short*)y.Address, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 2 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements2I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run((short*)x.Address, indices.I64, (short*)y.Address, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 4 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements4I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.I32, indices.I32, y.I32, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 4 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements4I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.I32, indices.I64, y.I32, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 8 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements8I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.I64, indices.I32, y.I64, shape, xStrides, indexStrides, yStrides, length, step);

    /// <summary>Elements of 8 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherElements8I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, int step) =>
        GatherElements.Run(x.I64, indices.I64, y.I64, shape, xStrides, indexStrides, yStrides, length, step);
}

internal static unsafe class GatherElements
{
    public static void Run<T, I>(
        T* x, I* indices, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> indexStrides, ReadOnlySpan<int> yStrides, int length, nint step)
        where T : unmanaged where I : unmanaged, IBinaryInteger<I>
    {
        for (nint i = 0; i < shape[0]; i++, x += xStrides[0], indices += indexStrides[0], y += yStrides[0])
        {
            if (shape.Length > 1)
                Run(x, indices, y, shape[1..], xStrides[1..], indexStrides[1..], yStrides[1..], length, step);
            else
                *y = x[Gather<T, I>.Place(*indices, length) * step];
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ModelBuild.Generated;

// y[o, i, n] = x[o, indices[i], n]: count indices, negative ones from the end of an axis of length elements; o and n are nests of loops. Distances in elements.
// An index outside the axis is an ArgumentOutOfRangeException, and nothing outside is read.
public static unsafe partial class Kernels
{
    /// <summary>Elements of 1 byte by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather1I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<byte, int>(indices.I32, count, length, xStep, yStep).Run(x.Address, y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 1 byte by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather1I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<byte, long>(indices.I64, count, length, xStep, yStep).Run(x.Address, y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 2 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather2I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<short, int>(indices.I32, count, length, xStep, yStep).Run((short*)x.Address, (short*)y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 2 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather2I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<short, long>(indices.I64, count, length, xStep, yStep).Run((short*)x.Address, (short*)y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 4 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather4I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<int, int>(indices.I32, count, length, xStep, yStep).Run(x.I32, y.I32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 4 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather4I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<int, long>(indices.I64, count, length, xStep, yStep).Run(x.I32, y.I32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 8 bytes by int32 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather8I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<long, int>(indices.I32, count, length, xStep, yStep).Run(x.I64, y.I64, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>Elements of 8 bytes by int64 indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void Gather8I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<long, long>(indices.I64, count, length, xStep, yStep).Run(x.I64, y.I64, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
}

/// <summary>Picks by index along one axis; T is the element, I the index.</summary>
internal readonly unsafe struct Gather<T, I>(I* indices, int count, int length, nint xStep, nint yStep) where T : unmanaged where I : unmanaged, IBinaryInteger<I>
{
    public void Run(
        T* x, T* y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner)
    {
        for (nint o = 0; o < outerShape[0]; o++, x += xOuter[0], y += yOuter[0])
        {
            if (outerShape.Length > 1)
                Run(x, y, outerShape[1..], xOuter[1..], yOuter[1..], innerShape, xInner, yInner);
            else if (innerShape.Length == 1 && innerShape[0] == 1)
                for (nint i = 0; i < count; i++)
                    y[i * yStep] = x[At(i) * xStep];
            else
                for (nint i = 0; i < count; i++)
                    Strided.Copy(x + At(i) * xStep, y + i * yStep, innerShape, xInner, yInner);
        }
    }

    private nint At(nint i) => Place(indices[i], length);

    /// <summary>The index counted from the front.</summary>
    public static nint Place(I index, int length)
    {
        long given = long.CreateTruncating(index), at = given < 0 ? given + length : given;
        if ((ulong)at >= (ulong)length)
            Outside(given, length);
        return (nint)at;
    }

    [DoesNotReturn]
    private static void Outside(long index, int length) => throw new ArgumentOutOfRangeException("indices", index, $"An index is outside an axis of {length} (−{length} to {length - 1}).");
}

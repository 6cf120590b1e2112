using System.Diagnostics.CodeAnalysis;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// y[o, i, n] = x[o, indices[i], n] for elements of 4 bytes: <paramref name="count"/> indices, negative ones from the end of an axis of <paramref name="length"/>;
    /// o and n are nests of loops. All distances are in elements.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis; nothing outside is read.</exception>
    public static void Gather4I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<int, long>(indices.I64, count, length, xStep, yStep).Run(x.I32, y.I32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <inheritdoc cref="Gather4I64"/>
    public static void Gather4I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<int, int>(indices.I32, count, length, xStep, yStep).Run(x.I32, y.I32, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>As <see cref="Gather4I64"/>, for elements of 8 bytes.</summary>
    /// <inheritdoc cref="Gather4I64"/>
    public static void Gather8I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<long, long>(indices.I64, count, length, xStep, yStep).Run(x.I64, y.I64, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>As <see cref="Gather4I64"/>, for elements of 8 bytes.</summary>
    /// <inheritdoc cref="Gather4I64"/>
    public static void Gather8I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<long, int>(indices.I32, count, length, xStep, yStep).Run(x.I64, y.I64, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>As <see cref="Gather4I64"/>, for bytes.</summary>
    /// <inheritdoc cref="Gather4I64"/>
    public static void Gather1I64(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<byte, long>(indices.I64, count, length, xStep, yStep).Run(x.Address, y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);

    /// <summary>As <see cref="Gather4I64"/>, for bytes.</summary>
    /// <inheritdoc cref="Gather4I64"/>
    public static void Gather1I32(
        in Frame frame, Place x, Place indices, Place y, ReadOnlySpan<int> outerShape, ReadOnlySpan<int> xOuter, ReadOnlySpan<int> yOuter,
        int count, int length, int xStep, int yStep, ReadOnlySpan<int> innerShape, ReadOnlySpan<int> xInner, ReadOnlySpan<int> yInner) =>
        new Gather<byte, int>(indices.I32, count, length, xStep, yStep).Run(x.Address, y.Address, outerShape, xOuter, yOuter, innerShape, xInner, yInner);
}

/// <summary>Picks by index along one axis; T is the element, I the index.</summary>
internal readonly unsafe struct Gather<T, I>(I* indices, int count, int length, nint xStep, nint yStep) where T : unmanaged where I : unmanaged
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

    private nint At(nint i)
    {
        long index = typeof(I) == typeof(long) ? ((long*)indices)[i] : ((int*)indices)[i];
        long at = index < 0 ? index + length : index;
        if ((ulong)at >= (ulong)length)
            Outside(index);
        return (nint)at;
    }

    [DoesNotReturn]
    private void Outside(long index) => throw new ArgumentOutOfRangeException("indices", index, $"An index of the model's Gather is outside an axis of {length}.");
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

// By indices (int64, negative from the end of an axis); one outside is an ArgumentOutOfRangeException, and nothing outside is read or written.
// Reductions: 1 adds, 2 multiplies, 3 takes the smaller, 4 the larger.
public static unsafe partial class Kernels
{
    /// <summary>y = the slices of x, of <paramref name="block"/> bytes, that tuples of indices name, <paramref name="count"/> in each batch; steps and <paramref name="xBatch"/> in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void GatherNdI64(in Frame frame, Place x, Place indices, Place y, int batches, int count, int xBatch, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block)
    {
        byte* from = x.Address, to = y.Address;
        long* at = indices.I64;
        for (int batch = 0; batch < batches; batch++, from += xBatch)
        {
            for (int i = 0; i < count; i++, at += lengths.Length, to += block)
                NativeMemory.Copy(from + Scatter.At(at, lengths, steps), to, (nuint)block);
        }
    }

    /// <summary>The slices of y, of <paramref name="block"/> bytes, that tuples of indices name become updates; steps in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterNdBytes(in Frame frame, Place indices, Place updates, Place y, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block)
    {
        byte* from = updates.Address;
        long* at = indices.I64;
        for (int i = 0; i < count; i++, at += lengths.Length, from += block)
            NativeMemory.Copy(from, y.Address + Scatter.At(at, lengths, steps), (nuint)block);
    }

    /// <summary>Slices of float32 that tuples of indices name meet updates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterNdF32(in Frame frame, Place indices, Place updates, Place y, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block, int reduction) =>
        Scatter.Slices(indices.I64, updates.F32, y.F32, count, lengths, steps, block, reduction);

    /// <summary>Slices of int32 that tuples of indices name meet updates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterNdI32(in Frame frame, Place indices, Place updates, Place y, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block, int reduction) =>
        Scatter.Slices(indices.I64, updates.I32, y.I32, count, lengths, steps, block, reduction);

    /// <summary>Slices of int64 that tuples of indices name meet updates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterNdI64(in Frame frame, Place indices, Place updates, Place y, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block, int reduction) =>
        Scatter.Slices(indices.I64, updates.I64, y.I64, count, lengths, steps, block, reduction);

    /// <summary>Elements of 1 byte of y, at an index along one axis, become updates; indices lie as updates do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElements1(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step) =>
        Scatter.Elements(indices.I64, updates.Address, y.Address, shape, yStrides, updateStrides, length, step, 0);

    /// <summary>Elements of 2 bytes of y, at an index along one axis, become updates; indices lie as updates do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElements2(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step) =>
        Scatter.Elements(indices.I64, (short*)updates.Address, (short*)y.Address, shape, yStrides, updateStrides, length, step, 0);

    /// <summary>Elements of 4 bytes of y, at an index along one axis, become updates; indices lie as updates do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElements4(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step) =>
        Scatter.Elements(indices.I64, updates.I32, y.I32, shape, yStrides, updateStrides, length, step, 0);

    /// <summary>Elements of 8 bytes of y, at an index along one axis, become updates; indices lie as updates do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElements8(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step) =>
        Scatter.Elements(indices.I64, updates.I64, y.I64, shape, yStrides, updateStrides, length, step, 0);

    /// <summary>float32 of y, at an index along one axis, meet updates; indices lie as these do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElementsF32(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step, int reduction) =>
        Scatter.Elements(indices.I64, updates.F32, y.F32, shape, yStrides, updateStrides, length, step, reduction);

    /// <summary>int32 of y, at an index along one axis, meet updates; indices lie as these do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElementsI32(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step, int reduction) =>
        Scatter.Elements(indices.I64, updates.I32, y.I32, shape, yStrides, updateStrides, length, step, reduction);

    /// <summary>int64 of y, at an index along one axis, meet updates; indices lie as these do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static void ScatterElementsI64(in Frame frame, Place indices, Place updates, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, int step, int reduction) =>
        Scatter.Elements(indices.I64, updates.I64, y.I64, shape, yStrides, updateStrides, length, step, reduction);
}

internal static unsafe class Scatter
{
    /// <summary>Where a tuple of indices leads.</summary>
    public static nint At(long* indices, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps)
    {
        nint at = 0;
        for (int axis = 0; axis < lengths.Length; axis++)
            at += Gather<byte, long>.Place(indices[axis], lengths[axis]) * steps[axis];
        return at;
    }

    public static void Slices<T>(long* indices, T* updates, T* y, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps, int block, int reduction) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < count; i++, indices += lengths.Length, updates += block)
        {
            T* to = y + At(indices, lengths, steps);
            for (int k = 0; k < block; k++)
                to[k] = Reduce(to[k], updates[k], reduction);
        }
    }

    public static void Elements<T>(long* indices, T* updates, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> updateStrides, int length, nint step, int reduction) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < shape[0]; i++, indices += updateStrides[0], updates += updateStrides[0], y += yStrides[0])
        {
            if (shape.Length > 1)
            {
                Elements(indices, updates, y, shape[1..], yStrides[1..], updateStrides[1..], length, step, reduction);
                continue;
            }
            T* to = y + Gather<T, long>.Place(*indices, length) * step;
            *to = Reduce(*to, *updates, reduction);
        }
    }

    private static T Reduce<T>(T a, T b, int reduction) where T : INumber<T> => reduction switch
    {
        0 => b,
        1 => unchecked(a + b),
        2 => unchecked(a * b),
        3 => T.Min(a, b),
        _ => T.Max(a, b),
    };
}

using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

/// <summary>Checks of the spans that a caller hands to a generated class.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Spans
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int length, int expected, string tensor, string shape, string parameter)
    {
        if (length != expected)
            Throw(length, expected, tensor, shape, parameter);
    }

    public static void CheckBatch(int length, int count, int expected, string tensor, string shape, string parameter)
    {
        if (length != (long)count * expected)
            throw new ArgumentException($"{count} samples of '{tensor}' {shape} are {(long)count * expected} elements; the span has {length}.", parameter);
    }

    /// <summary>An output may not lie where an input or another output does: kernels write it before they have read all of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CheckApart<T, U>(ReadOnlySpan<T> output, ReadOnlySpan<U> other, string tensor, string otherTensor, string parameter) where T : unmanaged where U : unmanaged
    {
        if (MemoryMarshal.AsBytes(output).Overlaps(MemoryMarshal.AsBytes(other)))
            ThrowOverlap(output.Length, other.Length, tensor, otherTensor, parameter);
    }

    private static void Throw(int length, int expected, string tensor, string shape, string parameter) =>
        throw new ArgumentException($"'{tensor}' has the shape {shape}, {expected} elements; the span has {length}.", parameter);

    private static void ThrowOverlap(int length, int otherLength, string tensor, string otherTensor, string parameter) =>
        throw new ArgumentException($"The span for '{tensor}' ({length} elements) overlaps the one for '{otherTensor}' ({otherLength} elements).", parameter);
}

using System.Runtime.CompilerServices;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = a where the condition holds, else b, for elements of 1 byte.</summary>
    public static void Where1(in Frame frame, Place condition, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> conditionStrides, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Select(condition.Address, a.Address, b.Address, y.Address, shape, conditionStrides, aStrides, bStrides, yStrides);

    /// <summary>y = a where the condition holds, else b, for elements of 4 bytes.</summary>
    public static void Where4(in Frame frame, Place condition, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> conditionStrides, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Select(condition.Address, a.I32, b.I32, y.I32, shape, conditionStrides, aStrides, bStrides, yStrides);

    /// <summary>y = a where the condition holds, else b, for elements of 8 bytes.</summary>
    public static void Where8(in Frame frame, Place condition, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> conditionStrides, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Select(condition.Address, a.I64, b.I64, y.I64, shape, conditionStrides, aStrides, bStrides, yStrides);

    private static void Select<T>(byte* condition, T* a, T* b, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> conditionStrides, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) where T : unmanaged
    {
        if (shape.Length == 1)
            SelectRow(condition, a, b, y, shape[0], conditionStrides[0], aStrides[0], bStrides[0], yStrides[0]);
        else
            for (nint i = 0; i < shape[0]; i++)
                Select(condition + i * conditionStrides[0], a + i * aStrides[0], b + i * bStrides[0], y + i * yStrides[0], shape[1..], conditionStrides[1..], aStrides[1..], bStrides[1..], yStrides[1..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SelectRow<T>(byte* condition, T* a, T* b, T* y, nint count, nint sc, nint sa, nint sb, nint sy) where T : unmanaged
    {
        for (; count > 0; count--, condition += sc, a += sa, b += sb, y += sy)
            *y = *condition != 0 ? *a : *b;
    }
}

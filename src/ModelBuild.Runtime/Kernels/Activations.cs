using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = max(0, x).</summary>
    public static void ReluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(new Relu(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = min(hi, max(lo, x)).</summary>
    public static void ClipF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float lo, float hi) =>
        Elementwise.Unary(new Clip(lo, hi), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = 1 / (1 + e^−x).</summary>
    public static void SigmoidF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(new Sigmoid(), x.F32, y.F32, shape, xStrides, yStrides);

    internal readonly struct Relu : IUnary
    {
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, x);
    }

    internal readonly struct Clip(float lo, float hi) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Min(V.Broadcast(hi), V.Max(V.Broadcast(lo), x));
    }

    internal readonly struct Sigmoid : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Sigmoid(x);
    }
}

using System.Runtime.CompilerServices;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>y = max(0, x).</summary>
    public static void ReluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Relu(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x, or alpha·x where x is negative.</summary>
    public static void LeakyReluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float alpha) =>
        Elementwise.Unary(frame, new LeakyRelu(alpha), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = min(hi, max(lo, x)).</summary>
    public static void ClipF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float lo, float hi) =>
        Elementwise.Unary(frame, new Clip(lo, hi), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x where it is above alpha, else 0.</summary>
    public static void ThresholdedReluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float alpha) =>
        Elementwise.Unary(frame, new ThresholdedRelu(alpha), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x + bias where x is below −lambda, x − bias where it is above lambda, else 0.</summary>
    public static void ShrinkF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float bias, float lambda) =>
        Elementwise.Unary(frame, new Shrink(bias, lambda), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = 1 / (1 + e^−x).</summary>
    public static void SigmoidF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Sigmoid(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = max(0, min(1, alpha·x + beta)).</summary>
    public static void HardSigmoidF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float alpha, float beta) =>
        Elementwise.Unary(frame, new HardSigmoid(alpha, beta), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x·max(0, min(1, x/6 + 1/2)).</summary>
    public static void HardSwishF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new HardSwish(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x / (1 + e^(−alpha·x)).</summary>
    public static void SwishF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float alpha) =>
        Elementwise.Unary(frame, new Swish(alpha), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = tanh(x).</summary>
    public static void TanhF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Tanh(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = scale·x, or alpha·(e^(slope·x) − 1) where x is negative.</summary>
    public static void EluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, float alpha, float slope, float scale) =>
        Elementwise.Unary(frame, new Elu(alpha, slope, scale), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = ln(1 + e^x).</summary>
    public static void SoftplusF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Softplus(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x / (1 + |x|).</summary>
    public static void SoftsignF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Softsign(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x·tanh(ln(1 + e^x)).</summary>
    public static void MishF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Mish(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x·Φ(x), Φ being the normal distribution.</summary>
    public static void GeluF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new Gelu(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    public static void GeluTanhF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Unary(frame, new GeluTanh(), x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = x, or slope·x where x is negative.</summary>
    public static void PReluF32(in Frame frame, Place a, Place b, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) =>
        Elementwise.Binary(frame, new PRelu(), a.F32, b.F32, y.F32, shape, aStrides, bStrides, yStrides);

    // Where x is NaN, so is y: comparisons with it don't hold, and V.Min and V.Max keep their second operand.

    internal readonly struct Relu : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, x);
    }

    internal readonly struct LeakyRelu(float alpha) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Select(V.Less(x, V.Zero), V.Broadcast(alpha) * x, x);
    }

    internal readonly struct PRelu : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x, V slope) where V : struct, IVec<V> => V.Select(V.Less(x, V.Zero), slope * x, x);
    }

    internal readonly struct Clip(float lo, float hi) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Min(V.Broadcast(hi), V.Max(V.Broadcast(lo), x));
    }

    internal readonly struct ThresholdedRelu(float alpha) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Select(V.Less(V.Broadcast(alpha), x), x, V.Select(V.IsNaN(x), x, V.Zero));
    }

    internal readonly struct Shrink(float bias, float lambda) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> =>
            V.Select(V.Less(V.Broadcast(lambda), x), x - V.Broadcast(bias), V.Select(V.Less(x, V.Broadcast(-lambda)), x + V.Broadcast(bias), V.Zero));
    }

    internal readonly struct Sigmoid : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Sigmoid(x);
    }

    internal readonly struct HardSigmoid(float alpha, float beta) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, V.Min(V.Broadcast(1), V.MultiplyAdd(V.Broadcast(alpha), x, V.Broadcast(beta))));
    }

    internal readonly struct HardSwish : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => x * V.Max(V.Zero, V.Min(V.Broadcast(1), V.MultiplyAdd(x, V.Broadcast(1 / 6f), V.Broadcast(0.5f))));
    }

    internal readonly struct Swish(float alpha) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => x / (V.Broadcast(1) + Functions.Exp(V.Broadcast(-alpha) * x));
    }

    internal readonly struct Tanh : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => Functions.Tanh(x);
    }

    internal readonly struct Elu(float alpha, float slope, float scale) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Select(V.Less(x, V.Zero), V.Broadcast(alpha) * Functions.ExpM1(V.Broadcast(slope) * x), V.Broadcast(scale) * x);
    }

    internal readonly struct Softplus : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, x) + Functions.Log1P(Functions.Exp(-V.Abs(x)));
    }

    internal readonly struct Softsign : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => x / (V.Broadcast(1) + V.Abs(x));
    }

    // With e = e^x: tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2), which is 1 long before e² overflows.
    internal readonly struct Mish : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V>
        {
            V e = Functions.Exp(V.Min(V.Broadcast(20), x));
            V n = e * (e + V.Broadcast(2));
            return x * (n / (n + V.Broadcast(2)));
        }
    }

    internal readonly struct Gelu : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Max(V.Zero, x) - Functions.GaussTail(x);
    }

    // x·sigmoid(2·√(2/π)·(x + 0.044715·x³)), which loses nothing where x is negative.
    internal readonly struct GeluTanh : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> =>
            x / (V.Broadcast(1) + Functions.Exp(-x * V.MultiplyAdd(x * x, V.Broadcast(0.0713548163f), V.Broadcast(1.5957691216f))));
    }
}

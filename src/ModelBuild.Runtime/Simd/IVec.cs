namespace ModelBuild.Generated.Simd;

/// <summary>
/// A register of float32 lanes. Kernels are written once over this and run as 512-, 256-, 128-bit or scalar code; <see cref="Isa"/> picks
/// the width once per kernel call, a test that the JIT and NativeAOT decide while compiling.
/// </summary>
internal unsafe interface IVec<T> where T : struct, IVec<T>
{
    static abstract int Lanes { get; }

    static abstract T Zero { get; }

    static abstract T Load(float* from);

    static abstract T Broadcast(float value);

    void Store(float* to);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>a·b + c; fused where the machine fuses.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The smaller lane; a NaN in <paramref name="value"/> is kept.</summary>
    static abstract T Min(T bound, T value);

    /// <summary>The larger lane; a NaN in <paramref name="value"/> is kept.</summary>
    static abstract T Max(T bound, T value);
}

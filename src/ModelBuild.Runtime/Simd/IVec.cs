namespace ModelBuild.Generated.Simd;

/// <summary>
/// A register of float32 lanes. Kernels are written once over this and run as 512-, 256-, 128-bit or scalar code; they pick
/// the width once per call, by tests that the JIT and NativeAOT decide while compiling.
/// </summary>
internal unsafe interface IVec<T> where T : struct, IVec<T>
{
    static abstract int Lanes { get; }

    static abstract T Zero { get; }

    static abstract T Load(float* from);

    static abstract T Broadcast(float value);

    /// <summary>Lanes from floats that lie <paramref name="stride"/> apart.</summary>
    static abstract T Gather(float* from, nint stride);

    void Store(float* to);

    /// <summary>The first lanes, <paramref name="count"/> of them.</summary>
    void Store(float* to, int count);

    /// <summary>Lanes to floats that lie <paramref name="stride"/> apart.</summary>
    void Scatter(float* to, nint stride);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    /// <summary>The sign flipped, of zeros too.</summary>
    static abstract T operator -(T a);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>a·b + c; fused where the machine fuses.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>sum = a·b + sum, in place: what the JIT then does with one instruction and no move.</summary>
    static abstract void Accumulate(ref T sum, T a, T b);

    /// <summary>The smaller lane; a NaN in <paramref name="value"/> is kept.</summary>
    static abstract T Min(T bound, T value);

    /// <summary>The larger lane; a NaN in <paramref name="value"/> is kept.</summary>
    static abstract T Max(T bound, T value);

    static abstract T Abs(T value);

    static abstract T Sqrt(T value);

    static abstract T Floor(T value);

    static abstract T Ceiling(T value);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    static abstract T Round(T value);

    /// <summary>The float with this exponent field: 2^(field − 127) for an integral value from 1 to 254, and 0 at 0.</summary>
    static abstract T Exponent(T field);

    /// <summary>e of a positive normal value = m·2^e, and m from √½ to √2.</summary>
    static abstract T Split(T value, out T m);

    // Comparisons give a mask for Select: all bits of a lane, or none.

    static abstract T Less(T a, T b);

    static abstract T IsNaN(T value);

    static abstract T Select(T mask, T yes, T no);
}

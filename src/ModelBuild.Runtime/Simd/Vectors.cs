using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelBuild.Generated.Simd;

/// <summary>Sixteen lanes.</summary>
internal readonly unsafe struct V512(Vector512<float> v) : IVec<V512>
{
    private readonly Vector512<float> _v = v;

    public static int Lanes => 16;

    public static V512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    public static V512 operator +(V512 a, V512 b) => new(a._v + b._v);

    public static V512 operator -(V512 a, V512 b) => new(a._v - b._v);

    public static V512 operator *(V512 a, V512 b) => new(a._v * b._v);

    public static V512 operator /(V512 a, V512 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 MultiplyAdd(V512 a, V512 b, V512 c) => new(Vector512.MultiplyAddEstimate(a._v, b._v, c._v));

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Min(V512 bound, V512 value) => new(Vector512.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Max(V512 bound, V512 value) => new(Vector512.MaxNative(bound._v, value._v));
}

/// <summary>Eight lanes.</summary>
internal readonly unsafe struct V256(Vector256<float> v) : IVec<V256>
{
    private readonly Vector256<float> _v = v;

    public static int Lanes => 8;

    public static V256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    public static V256 operator +(V256 a, V256 b) => new(a._v + b._v);

    public static V256 operator -(V256 a, V256 b) => new(a._v - b._v);

    public static V256 operator *(V256 a, V256 b) => new(a._v * b._v);

    public static V256 operator /(V256 a, V256 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 MultiplyAdd(V256 a, V256 b, V256 c) => new(Vector256.MultiplyAddEstimate(a._v, b._v, c._v));

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Min(V256 bound, V256 value) => new(Vector256.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Max(V256 bound, V256 value) => new(Vector256.MaxNative(bound._v, value._v));
}

/// <summary>Four lanes.</summary>
internal readonly unsafe struct V128(Vector128<float> v) : IVec<V128>
{
    private readonly Vector128<float> _v = v;

    public static int Lanes => 4;

    public static V128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    public static V128 operator +(V128 a, V128 b) => new(a._v + b._v);

    public static V128 operator -(V128 a, V128 b) => new(a._v - b._v);

    public static V128 operator *(V128 a, V128 b) => new(a._v * b._v);

    public static V128 operator /(V128 a, V128 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 MultiplyAdd(V128 a, V128 b, V128 c) => new(Vector128.MultiplyAddEstimate(a._v, b._v, c._v));

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Min(V128 bound, V128 value) => new(Vector128.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Max(V128 bound, V128 value) => new(Vector128.MaxNative(bound._v, value._v));
}

/// <summary>One lane: plain floats, where nothing is accelerated.</summary>
internal readonly unsafe struct V1(float v) : IVec<V1>
{
    private readonly float _v = v;

    public static int Lanes => 1;

    public static V1 Zero => default;

    public static V1 Load(float* from) => new(*from);

    public static V1 Broadcast(float value) => new(value);

    public void Store(float* to) => *to = _v;

    public static V1 operator +(V1 a, V1 b) => new(a._v + b._v);

    public static V1 operator -(V1 a, V1 b) => new(a._v - b._v);

    public static V1 operator *(V1 a, V1 b) => new(a._v * b._v);

    public static V1 operator /(V1 a, V1 b) => new(a._v / b._v);

    public static V1 MultiplyAdd(V1 a, V1 b, V1 c) => new(a._v * b._v + c._v);

    public static V1 Min(V1 bound, V1 value) => bound._v < value._v ? bound : value;

    public static V1 Max(V1 bound, V1 value) => bound._v > value._v ? bound : value;
}

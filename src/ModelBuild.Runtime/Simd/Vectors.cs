using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelBuild.Generated.Simd;

/// <summary>Sixteen lanes.</summary>
internal unsafe struct V512(Vector512<float> v) : IVec<V512>
{
    private Vector512<float> _v = v;

    public static int Lanes => 16;

    public static V512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Gather(float* from, nint stride) => new(Vector512.Create(V256.Gather(from, stride).Value, V256.Gather(from + 8 * stride, stride).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to, int count) => Avx512F.MaskStore(to, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), _v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(float* to, nint stride)
    {
        new V256(_v.GetLower()).Scatter(to, stride);
        new V256(_v.GetUpper()).Scatter(to + 8 * stride, stride);
    }

    public static V512 operator +(V512 a, V512 b) => new(a._v + b._v);

    public static V512 operator -(V512 a, V512 b) => new(a._v - b._v);

    public static V512 operator -(V512 a) => new(-a._v);

    public static V512 operator *(V512 a, V512 b) => new(a._v * b._v);

    public static V512 operator /(V512 a, V512 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 MultiplyAdd(V512 a, V512 b, V512 c) => new(Vector512.MultiplyAddEstimate(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref V512 sum, V512 a, V512 b) => sum._v = Vector512.MultiplyAddEstimate(a._v, b._v, sum._v);

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Min(V512 bound, V512 value) => new(Vector512.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Max(V512 bound, V512 value) => new(Vector512.MaxNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Abs(V512 value) => new(Vector512.Abs(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Sqrt(V512 value) => new(Vector512.Sqrt(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Floor(V512 value) => new(Vector512.Floor(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Ceiling(V512 value) => new(Vector512.Ceiling(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Round(V512 value) => new(Vector512.Round(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Split(V512 value, out V512 m)
    {
        // Counted from the bits of √½, a mantissa from √½ to √2 has one exponent.
        Vector512<int> bits = value._v.AsInt32(), e = (bits - Vector512.Create(V1.SqrtHalf)) >> 23;
        m = new((bits - (e << 23)).AsSingle());
        return new(Vector512.ConvertToSingle(e));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Exponent(V512 field) => new((Vector512.ConvertToInt32Native(field._v) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Less(V512 a, V512 b) => new(Vector512.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 IsNaN(V512 value) => new(~Vector512.Equals(value._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Select(V512 mask, V512 yes, V512 no) => new(Vector512.ConditionalSelect(mask._v, yes._v, no._v));
}

/// <summary>Eight lanes.</summary>
internal unsafe struct V256(Vector256<float> v) : IVec<V256>
{
    private Vector256<float> _v = v;

    public Vector256<float> Value => _v;

    public static int Lanes => 8;

    public static V256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Gather(float* from, nint stride) => new(Vector256.Create(V128.Gather(from, stride).Value, V128.Gather(from + 4 * stride, stride).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to, int count)
    {
        Vector128<float> rest = _v.GetLower();
        if (count >= 4)
        {
            rest.Store(to);
            rest = _v.GetUpper();
            to += 4;
            count -= 4;
        }
        new V128(rest).Store(to, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(float* to, nint stride)
    {
        new V128(_v.GetLower()).Scatter(to, stride);
        new V128(_v.GetUpper()).Scatter(to + 4 * stride, stride);
    }

    public static V256 operator +(V256 a, V256 b) => new(a._v + b._v);

    public static V256 operator -(V256 a, V256 b) => new(a._v - b._v);

    public static V256 operator -(V256 a) => new(-a._v);

    public static V256 operator *(V256 a, V256 b) => new(a._v * b._v);

    public static V256 operator /(V256 a, V256 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 MultiplyAdd(V256 a, V256 b, V256 c) => new(Vector256.MultiplyAddEstimate(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref V256 sum, V256 a, V256 b) => sum._v = Vector256.MultiplyAddEstimate(a._v, b._v, sum._v);

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Min(V256 bound, V256 value) => new(Vector256.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Max(V256 bound, V256 value) => new(Vector256.MaxNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Abs(V256 value) => new(Vector256.Abs(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Sqrt(V256 value) => new(Vector256.Sqrt(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Floor(V256 value) => new(Vector256.Floor(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Ceiling(V256 value) => new(Vector256.Ceiling(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Round(V256 value) => new(Vector256.Round(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Split(V256 value, out V256 m)
    {
        // Counted from the bits of √½, a mantissa from √½ to √2 has one exponent.
        Vector256<int> bits = value._v.AsInt32(), e = (bits - Vector256.Create(V1.SqrtHalf)) >> 23;
        m = new((bits - (e << 23)).AsSingle());
        return new(Vector256.ConvertToSingle(e));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Exponent(V256 field) => new((Vector256.ConvertToInt32Native(field._v) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Less(V256 a, V256 b) => new(Vector256.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 IsNaN(V256 value) => new(~Vector256.Equals(value._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Select(V256 mask, V256 yes, V256 no) => new(Vector256.ConditionalSelect(mask._v, yes._v, no._v));
}

/// <summary>Four lanes.</summary>
internal unsafe struct V128(Vector128<float> v) : IVec<V128>
{
    private Vector128<float> _v = v;

    public Vector128<float> Value => _v;

    public static int Lanes => 4;

    public static V128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Gather(float* from, nint stride) => new(Vector128.Create(from[0], from[stride], from[2 * stride], from[3 * stride]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to, int count)
    {
        if (count == 4)
            _v.Store(to);
        if (count is 2 or 3)
            *(double*)to = _v.AsDouble().ToScalar();
        if (count == 1)
            *to = _v.ToScalar();
        if (count == 3)
            to[2] = _v.GetElement(2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(float* to, nint stride)
    {
        to[0] = _v.GetElement(0);
        to[stride] = _v.GetElement(1);
        to[2 * stride] = _v.GetElement(2);
        to[3 * stride] = _v.GetElement(3);
    }

    public static V128 operator +(V128 a, V128 b) => new(a._v + b._v);

    public static V128 operator -(V128 a, V128 b) => new(a._v - b._v);

    public static V128 operator -(V128 a) => new(-a._v);

    public static V128 operator *(V128 a, V128 b) => new(a._v * b._v);

    public static V128 operator /(V128 a, V128 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 MultiplyAdd(V128 a, V128 b, V128 c) => new(Vector128.MultiplyAddEstimate(a._v, b._v, c._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref V128 sum, V128 a, V128 b) => sum._v = Vector128.MultiplyAddEstimate(a._v, b._v, sum._v);

    // x86 min and max return their second operand where either is NaN: the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Min(V128 bound, V128 value) => new(Vector128.MinNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Max(V128 bound, V128 value) => new(Vector128.MaxNative(bound._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Abs(V128 value) => new(Vector128.Abs(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Sqrt(V128 value) => new(Vector128.Sqrt(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Floor(V128 value) => new(Vector128.Floor(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Ceiling(V128 value) => new(Vector128.Ceiling(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Round(V128 value) => new(Vector128.Round(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Split(V128 value, out V128 m)
    {
        // Counted from the bits of √½, a mantissa from √½ to √2 has one exponent.
        Vector128<int> bits = value._v.AsInt32(), e = (bits - Vector128.Create(V1.SqrtHalf)) >> 23;
        m = new((bits - (e << 23)).AsSingle());
        return new(Vector128.ConvertToSingle(e));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Exponent(V128 field) => new((Vector128.ConvertToInt32Native(field._v) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Less(V128 a, V128 b) => new(Vector128.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 IsNaN(V128 value) => new(~Vector128.Equals(value._v, value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Select(V128 mask, V128 yes, V128 no) => new(Vector128.ConditionalSelect(mask._v, yes._v, no._v));
}

/// <summary>One lane: plain floats, where nothing is accelerated.</summary>
internal unsafe struct V1(float v) : IVec<V1>
{
    /// <summary>The bits of √½.</summary>
    internal const int SqrtHalf = 0x3F3504F3;

    private float _v = v;

    public static int Lanes => 1;

    public static V1 Zero => default;

    public static V1 Load(float* from) => new(*from);

    public static V1 Broadcast(float value) => new(value);

    public static V1 Gather(float* from, nint stride) => new(*from);

    public void Store(float* to) => *to = _v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to, int count)
    {
        if (count > 0)
            *to = _v;
    }

    public void Scatter(float* to, nint stride) => *to = _v;

    public static V1 operator +(V1 a, V1 b) => new(a._v + b._v);

    public static V1 operator -(V1 a, V1 b) => new(a._v - b._v);

    public static V1 operator -(V1 a) => new(-a._v);

    public static V1 operator *(V1 a, V1 b) => new(a._v * b._v);

    public static V1 operator /(V1 a, V1 b) => new(a._v / b._v);

    public static V1 MultiplyAdd(V1 a, V1 b, V1 c) => new(a._v * b._v + c._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref V1 sum, V1 a, V1 b) => sum = MultiplyAdd(a, b, sum);

    public static V1 Min(V1 bound, V1 value) => bound._v < value._v ? bound : value;

    public static V1 Max(V1 bound, V1 value) => bound._v > value._v ? bound : value;

    public static V1 Abs(V1 value) => new(MathF.Abs(value._v));

    public static V1 Sqrt(V1 value) => new(MathF.Sqrt(value._v));

    public static V1 Floor(V1 value) => new(MathF.Floor(value._v));

    public static V1 Ceiling(V1 value) => new(MathF.Ceiling(value._v));

    public static V1 Round(V1 value) => new(MathF.Round(value._v));

    public static V1 Split(V1 value, out V1 m)
    {
        int bits = BitConverter.SingleToInt32Bits(value._v), e = (bits - SqrtHalf) >> 23;
        m = new(BitConverter.Int32BitsToSingle(bits - (e << 23)));
        return new(e);
    }

    public static V1 Exponent(V1 field) => new(BitConverter.Int32BitsToSingle((int)field._v << 23));

    public static V1 Less(V1 a, V1 b) => Mask(a._v < b._v);

    public static V1 IsNaN(V1 value) => Mask(float.IsNaN(value._v));

    public static V1 Select(V1 mask, V1 yes, V1 no) => BitConverter.SingleToInt32Bits(mask._v) != 0 ? yes : no;

    private static V1 Mask(bool set) => new(BitConverter.Int32BitsToSingle(set ? -1 : 0));
}

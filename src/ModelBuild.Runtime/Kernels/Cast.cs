using System.Numerics;

namespace ModelBuild.Generated;

// Between element types. Floats lose what is behind the point; out of range they saturate, and NaN is 0 (to int32 and int64), bytes are then the low
// bits. Wider integers lose their high bits. To bool: whether it differs from 0. From bool is from uint8; to uint8 from an integer is to int8.
public static unsafe partial class Kernels
{
    public static void CastF32I32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatToInteger, float, int>(x.F32, y.I32, shape, xStrides, yStrides);

    public static void CastF32I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatToInteger, float, long>(x.F32, y.I64, shape, xStrides, yStrides);

    public static void CastF32I8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<FloatToInteger, float, byte>(x.F32, y.Address, shape, xStrides, yStrides);

    public static void CastF32Bool(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ToBool<float>, float, byte>(x.F32, y.Address, shape, xStrides, yStrides);

    public static void CastI32F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<int, float>, int, float>(x.I32, y.F32, shape, xStrides, yStrides);

    public static void CastI32I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<int, long>, int, long>(x.I32, y.I64, shape, xStrides, yStrides);

    public static void CastI32I8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<int, byte>, int, byte>(x.I32, y.Address, shape, xStrides, yStrides);

    public static void CastI32Bool(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ToBool<int>, int, byte>(x.I32, y.Address, shape, xStrides, yStrides);

    public static void CastI64F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<long, float>, long, float>(x.I64, y.F32, shape, xStrides, yStrides);

    public static void CastI64I32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<long, int>, long, int>(x.I64, y.I32, shape, xStrides, yStrides);

    public static void CastI64I8(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<long, byte>, long, byte>(x.I64, y.Address, shape, xStrides, yStrides);

    public static void CastI64Bool(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ToBool<long>, long, byte>(x.I64, y.Address, shape, xStrides, yStrides);

    public static void CastI8F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<sbyte, float>, sbyte, float>((sbyte*)x.Address, y.F32, shape, xStrides, yStrides);

    public static void CastI8I32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<sbyte, int>, sbyte, int>((sbyte*)x.Address, y.I32, shape, xStrides, yStrides);

    public static void CastI8I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<sbyte, long>, sbyte, long>((sbyte*)x.Address, y.I64, shape, xStrides, yStrides);

    public static void CastU8F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<byte, float>, byte, float>(x.Address, y.F32, shape, xStrides, yStrides);

    public static void CastU8I32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<byte, int>, byte, int>(x.Address, y.I32, shape, xStrides, yStrides);

    public static void CastU8I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<byte, long>, byte, long>(x.Address, y.I64, shape, xStrides, yStrides);

    public static void CastU8Bool(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<ToBool<byte>, byte, byte>(x.Address, y.Address, shape, xStrides, yStrides);

    public static void CastF16F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<Half, float>, Half, float>((Half*)x.Address, y.F32, shape, xStrides, yStrides);

    public static void CastF32F16(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<float, Half>, float, Half>(x.F32, (Half*)y.Address, shape, xStrides, yStrides);

    public static void CastF64F32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<double, float>, double, float>((double*)x.Address, y.F32, shape, xStrides, yStrides);

    public static void CastF32F64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<float, double>, float, double>(x.F32, (double*)y.Address, shape, xStrides, yStrides);

    public static void CastI16I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<short, long>, short, long>((short*)x.Address, y.I64, shape, xStrides, yStrides);

    public static void CastU16I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<ushort, long>, ushort, long>((ushort*)x.Address, y.I64, shape, xStrides, yStrides);

    public static void CastU32I64(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<uint, long>, uint, long>((uint*)x.Address, y.I64, shape, xStrides, yStrides);

    public static void CastI64I16(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Convert<long, short>, long, short>(x.I64, (short*)y.Address, shape, xStrides, yStrides);

    private readonly struct Convert<T, R> : IMap<T, R> where T : INumberBase<T> where R : INumberBase<R>
    {
        public static R Apply(T x) => R.CreateTruncating(x);
    }

    private readonly struct FloatToInteger : IMap<float, int>, IMap<float, long>, IMap<float, byte>
    {
        static int IMap<float, int>.Apply(float x) => (int)x;

        static long IMap<float, long>.Apply(float x) => (long)x;

        static byte IMap<float, byte>.Apply(float x) => unchecked((byte)(int)x);
    }

    private readonly struct ToBool<T> : IMap<T, byte> where T : INumberBase<T>
    {
        public static byte Apply(T x) => T.IsZero(x) ? (byte)0 : (byte)1;
    }
}

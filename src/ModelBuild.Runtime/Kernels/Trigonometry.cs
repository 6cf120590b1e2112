namespace ModelBuild.Generated;

// Rare in models but for what is constant in them: one element after the other.
public static unsafe partial class Kernels
{
    /// <summary>y = sin x.</summary>
    public static void SinF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Sin, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = cos x.</summary>
    public static void CosF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Cos, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = tan x.</summary>
    public static void TanF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Tan, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the angle whose sine is x.</summary>
    public static void AsinF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Asin, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the angle whose cosine is x.</summary>
    public static void AcosF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Acos, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = the angle whose tangent is x.</summary>
    public static void AtanF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Atan, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = (e^x − e^−x) / 2.</summary>
    public static void SinhF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Sinh, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = (e^x + e^−x) / 2.</summary>
    public static void CoshF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Cosh, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = where sinh is x.</summary>
    public static void AsinhF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Asinh, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = where cosh is x.</summary>
    public static void AcoshF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Acosh, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    /// <summary>y = where tanh is x.</summary>
    public static void AtanhF32(in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) =>
        Scalars.Map<Atanh, float, float>(x.F32, y.F32, shape, xStrides, yStrides);

    private readonly struct Sin : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Sin(x);
    }

    private readonly struct Cos : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Cos(x);
    }

    private readonly struct Tan : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Tan(x);
    }

    private readonly struct Asin : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Asin(x);
    }

    private readonly struct Acos : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Acos(x);
    }

    private readonly struct Atan : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Atan(x);
    }

    private readonly struct Sinh : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Sinh(x);
    }

    private readonly struct Cosh : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Cosh(x);
    }

    private readonly struct Asinh : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Asinh(x);
    }

    private readonly struct Acosh : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Acosh(x);
    }

    private readonly struct Atanh : IMap<float, float>
    {
        public static float Apply(float x) => MathF.Atanh(x);
    }
}

using System.Numerics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

// One number of many: each element of y (in loops of shape, xStrides, yStrides) of the elements of x that a nest of loops (over, steps) reaches. Distances in elements.
public static unsafe partial class Kernels
{
    /// <summary>y = Σ x. float32.</summary>
    public static void ReduceSumF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Sum>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the mean of x. float32.</summary>
    public static void ReduceMeanF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Mean>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the largest x. float32.</summary>
    public static void ReduceMaxF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Largest>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the smallest x. float32.</summary>
    public static void ReduceMinF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Smallest>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Π x. float32.</summary>
    public static void ReduceProdF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Product>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Σ |x|. float32.</summary>
    public static void ReduceL1F32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.AbsoluteSum>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = √Σ x². float32.</summary>
    public static void ReduceL2F32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Norm>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Σ x². float32.</summary>
    public static void ReduceSumSquareF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.SquareSum>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = ln Σ x. float32.</summary>
    public static void ReduceLogSumF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.LogSum>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = ln Σ e^x. float32.</summary>
    public static void ReduceLogSumExpF32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.LogSumExp>(x.F32, y.F32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Σ x, without its high bits where it is too large. int32.</summary>
    public static void ReduceSumI32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Sum<int>, int>(x.I32, y.I32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Σ x, without its high bits where it is too large. int64.</summary>
    public static void ReduceSumI64(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Sum<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Π x, without its high bits where it is too large. int32.</summary>
    public static void ReduceProdI32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Product<int>, int>(x.I32, y.I32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = Π x, without its high bits where it is too large. int64.</summary>
    public static void ReduceProdI64(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Product<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the largest x. int32.</summary>
    public static void ReduceMaxI32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Largest<int>, int>(x.I32, y.I32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the largest x. int64.</summary>
    public static void ReduceMaxI64(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Largest<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the largest x. int8.</summary>
    public static void ReduceMaxI8(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Largest<sbyte>, sbyte>((sbyte*)x.Address, (sbyte*)y.Address, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the largest x. uint8 or bool.</summary>
    public static void ReduceMaxU8(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Largest<byte>, byte>(x.Address, y.Address, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the smallest x. int32.</summary>
    public static void ReduceMinI32(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Smallest<int>, int>(x.I32, y.I32, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the smallest x. int64.</summary>
    public static void ReduceMinI64(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Smallest<long>, long>(x.I64, y.I64, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the smallest x. int8.</summary>
    public static void ReduceMinI8(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Smallest<sbyte>, sbyte>((sbyte*)x.Address, (sbyte*)y.Address, shape, xStrides, yStrides, over, steps);

    /// <summary>y = the smallest x. uint8 or bool.</summary>
    public static void ReduceMinU8(
        in Frame frame, Place x, Place y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) =>
        Fold.Run<Folds.Smallest<byte>, byte>(x.Address, y.Address, shape, xStrides, yStrides, over, steps);
}

/// <summary>What reductions do with elements.</summary>
internal static class Folds
{
    public readonly struct Sum : IFold
    {
        public static float Start => 0;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }

    public readonly struct Mean : IFold
    {
        public static float Start => 0;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;

        public static V Finish<V>(V total, V origin, V count) where V : struct, IVec<V> => total / count;
    }

    public readonly struct Largest : IFold
    {
        public static float Start => float.NegativeInfinity;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => V.Max(a, b);
    }

    public readonly struct Smallest : IFold
    {
        public static float Start => float.PositiveInfinity;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => V.Min(a, b);
    }

    public readonly struct Product : IFold
    {
        public static float Start => 1;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a * b;
    }

    public readonly struct AbsoluteSum : IFold
    {
        public static float Start => 0;

        public static V Map<V>(V x, V origin) where V : struct, IVec<V> => V.Abs(x);

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }

    public readonly struct SquareSum : IFold
    {
        public static float Start => 0;

        public static V Map<V>(V x, V origin) where V : struct, IVec<V> => x * x;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }

    public readonly struct Norm : IFold
    {
        public static float Start => 0;

        public static V Map<V>(V x, V origin) where V : struct, IVec<V> => x * x;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;

        public static V Finish<V>(V total, V origin, V count) where V : struct, IVec<V> => V.Sqrt(total);
    }

    public readonly struct LogSum : IFold
    {
        public static float Start => 0;

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;

        public static V Finish<V>(V total, V origin, V count) where V : struct, IVec<V> => Functions.Log(total);
    }

    public readonly struct LogSumExp : IFold
    {
        public static float Start => 0;

        public static bool FromLargest => true;

        public static V Map<V>(V x, V origin) where V : struct, IVec<V> => Functions.Exp(x - origin);

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;

        public static V Finish<V>(V total, V origin, V count) where V : struct, IVec<V> => Functions.Log(total) + origin;
    }

    public readonly struct Distance : IFold
    {
        public static float Start => 0;

        public static V Map<V>(V x, V origin) where V : struct, IVec<V> => (x - origin) * (x - origin);

        public static V Add<V>(V a, V b) where V : struct, IVec<V> => a + b;
    }

    public readonly struct Sum<T> : IFold<T> where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Start => T.Zero;

        public static T Add(T a, T b) => a + b;
    }

    public readonly struct Product<T> : IFold<T> where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Start => T.One;

        public static T Add(T a, T b) => a * b;
    }

    public readonly struct Largest<T> : IFold<T> where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Start => T.MinValue;

        public static T Add(T a, T b) => T.Max(a, b);
    }

    public readonly struct Smallest<T> : IFold<T> where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Start => T.MaxValue;

        public static T Add(T a, T b) => T.Min(a, b);
    }
}

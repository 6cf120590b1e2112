using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

/// <summary>Many float32 to one: each is mapped, they are added to a start, and the total is finished.</summary>
internal interface IFold
{
    static abstract float Start { get; }

    /// <summary>Whether the largest element must be known first; it then is the origin.</summary>
    static virtual bool FromLargest => false;

    static virtual V Map<V>(V x, V origin) where V : struct, IVec<V> => x;

    static abstract V Add<V>(V a, V b) where V : struct, IVec<V>;

    static virtual V Finish<V>(V total, V origin, V count) where V : struct, IVec<V> => total;
}

/// <summary>Many integers to one.</summary>
internal interface IFold<T>
{
    static abstract T Start { get; }

    static abstract T Add(T a, T b);
}

/// <summary>
/// Reductions over strided data. Where the results lie side by side, lanes are results; where the elements of one result do, lanes are parts of it. Long
/// sums are sums of shorter ones, so that rounding errors don't pile up.
/// </summary>
internal static unsafe class Fold
{
    private const int LongColumn = 256, LongRow = 8192;

    public static void Run<F>(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) where F : struct, IFold
    {
        if (Vector512.IsHardwareAccelerated)
            Run<F, V512>(x, y, shape, xStrides, yStrides, over, steps);
        else if (Vector256.IsHardwareAccelerated)
            Run<F, V256>(x, y, shape, xStrides, yStrides, over, steps);
        else if (Vector128.IsHardwareAccelerated)
            Run<F, V128>(x, y, shape, xStrides, yStrides, over, steps);
        else
            Run<F, V1>(x, y, shape, xStrides, yStrides, over, steps);
    }

    internal static void Run<F, V>(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps)
        where F : struct, IFold where V : struct, IVec<V>
    {
        nint count = shape[0], xs = xStrides[0], ys = yStrides[0], i = 0;
        if (shape.Length > 1)
        {
            for (; i < count; i++)
                Run<F, V>(x + i * xs, y + i * ys, shape[1..], xStrides[1..], yStrides[1..], over, steps);
            return;
        }
        if (xs == 1 && ys == 1)
        {
            for (; i <= count - V.Lanes; i += V.Lanes)
                Finished<F, V>(x + i, over, steps).Store(y + i);
            if (V.Lanes > V128.Lanes)
            {
                for (; i <= count - V128.Lanes; i += V128.Lanes)
                    Finished<F, V128>(x + i, over, steps).Store(y + i);
            }
        }
        bool rows = steps[^1] == 1 && over[^1] >= V.Lanes;
        for (; i < count; i++)
        {
            if (rows)
                *(y + i * ys) = Finished<F, V>(x + i * xs, over, steps, 0);
            else
                Finished<F, V1>(x + i * xs, over, steps).Store(y + i * ys);
        }
    }

    public static void Run<F, T>(T* x, T* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, ReadOnlySpan<int> over, ReadOnlySpan<int> steps)
        where F : struct, IFold<T> where T : unmanaged
    {
        for (nint i = 0; i < shape[0]; i++, x += xStrides[0], y += yStrides[0])
        {
            if (shape.Length > 1)
                Run<F, T>(x, y, shape[1..], xStrides[1..], yStrides[1..], over, steps);
            else
                *y = All<F, T>(x, over, steps);
        }
    }

    private static T All<F, T>(T* x, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) where F : struct, IFold<T> where T : unmanaged
    {
        T total = F.Start;
        for (nint i = 0; i < over[0]; i++, x += steps[0])
            total = F.Add(total, over.Length > 1 ? All<F, T>(x, over[1..], steps[1..]) : *x);
        return total;
    }

    private static V Finished<F, V>(float* x, ReadOnlySpan<int> over, ReadOnlySpan<int> steps) where F : struct, IFold where V : struct, IVec<V>
    {
        V origin = F.FromLargest ? Finite(Columns<Folds.Largest, V>(x, over, steps, default)) : default;
        return F.Finish(Columns<F, V>(x, over, steps, origin), origin, V.Broadcast(Count(over)));
    }

    private static float Finished<F, V>(float* x, ReadOnlySpan<int> over, ReadOnlySpan<int> steps, float origin) where F : struct, IFold where V : struct, IVec<V>
    {
        if (F.FromLargest)
            origin = Scalar(Finite(V1.Broadcast(Rows<Folds.Largest, V>(x, over, steps, 0))));
        return Scalar(F.Finish(V1.Broadcast(Rows<F, V>(x, over, steps, origin)), V1.Broadcast(origin), V1.Broadcast(Count(over))));
    }

    // Infinity minus an origin is infinity, as it should be, only from a finite one.
    private static V Finite<V>(V largest) where V : struct, IVec<V> => V.Max(V.Broadcast(float.MinValue), V.Min(V.Broadcast(float.MaxValue), largest));

    private static float Count(ReadOnlySpan<int> over)
    {
        float count = 1;
        foreach (int length in over)
            count *= length;
        return count;
    }

    /// <summary>Totals of as many neighbours as there are lanes.</summary>
    public static V Columns<F, V>(float* x, ReadOnlySpan<int> over, ReadOnlySpan<int> steps, V origin) where F : struct, IFold where V : struct, IVec<V>
    {
        if (over.Length == 1)
            return Column<F, V>(x, over[0], steps[0], origin);
        V total = V.Broadcast(F.Start);
        for (nint i = 0; i < over[0]; i++)
            total = F.Add(total, Columns<F, V>(x + i * steps[0], over[1..], steps[1..], origin));
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static V Column<F, V>(float* x, nint count, nint step, V origin) where F : struct, IFold where V : struct, IVec<V>
    {
        if (count > LongColumn)
        {
            nint half = count / 2;
            return F.Add(Column<F, V>(x, half, step, origin), Column<F, V>(x + half * step, count - half, step, origin));
        }
        V a = V.Broadcast(F.Start), b = a, c = a, d = a;
        nint i = 0;
        for (; i <= count - 4; i += 4, x += 4 * step)
        {
            a = F.Add(a, F.Map(V.Load(x), origin));
            b = F.Add(b, F.Map(V.Load(x + step), origin));
            c = F.Add(c, F.Map(V.Load(x + 2 * step), origin));
            d = F.Add(d, F.Map(V.Load(x + 3 * step), origin));
        }
        for (; i < count; i++, x += step)
            a = F.Add(a, F.Map(V.Load(x), origin));
        return F.Add(F.Add(a, b), F.Add(c, d));
    }

    /// <summary>The total of elements of which the innermost lie side by side.</summary>
    public static float Rows<F, V>(float* x, ReadOnlySpan<int> over, ReadOnlySpan<int> steps, float origin) where F : struct, IFold where V : struct, IVec<V>
    {
        if (over.Length == 1)
            return Row<F, V>(x, over[0], origin);
        float total = F.Start;
        for (nint i = 0; i < over[0]; i++)
            total = Add<F>(total, Rows<F, V>(x + i * steps[0], over[1..], steps[1..], origin));
        return total;
    }

    /// <summary>The total of neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static float Row<F, V>(float* x, nint count, float origin) where F : struct, IFold where V : struct, IVec<V>
    {
        if (count > LongRow)
        {
            nint half = count / 2;
            return Add<F>(Row<F, V>(x, half, origin), Row<F, V>(x + half, count - half, origin));
        }
        V o = V.Broadcast(origin), a = V.Broadcast(F.Start), b = a, c = a, d = a;
        nint i = 0;
        for (; i <= count - 4 * V.Lanes; i += 4 * V.Lanes)
        {
            a = F.Add(a, F.Map(V.Load(x + i), o));
            b = F.Add(b, F.Map(V.Load(x + i + V.Lanes), o));
            c = F.Add(c, F.Map(V.Load(x + i + 2 * V.Lanes), o));
            d = F.Add(d, F.Map(V.Load(x + i + 3 * V.Lanes), o));
        }
        for (; i <= count - V.Lanes; i += V.Lanes)
            a = F.Add(a, F.Map(V.Load(x + i), o));
        a = F.Add(F.Add(a, b), F.Add(c, d));
        float* lanes = stackalloc float[V.Lanes];
        a.Store(lanes);
        for (int width = V.Lanes / 2; width > 0; width /= 2)
        {
            for (int lane = 0; lane < width; lane++)
                lanes[lane] = Add<F>(lanes[lane], lanes[lane + width]);
        }
        float total = lanes[0];
        for (; i < count; i++)
            total = Scalar(F.Add(V1.Broadcast(total), F.Map(V1.Load(x + i), V1.Broadcast(origin))));
        return total;
    }

    private static float Add<F>(float a, float b) where F : struct, IFold => Scalar(F.Add(V1.Broadcast(a), V1.Broadcast(b)));

    private static float Scalar(V1 value)
    {
        float result;
        value.Store(&result);
        return result;
    }
}

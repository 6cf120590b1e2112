using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>A function of one float, for any number of lanes.</summary>
internal interface IUnary
{
    V Apply<V>(V x) where V : struct, IVec<V>;
}

/// <summary>A function of two floats, for any number of lanes.</summary>
internal interface IBinary
{
    V Apply<V>(V a, V b) where V : struct, IVec<V>;
}

/// <summary>
/// Element-wise loops over strided float data: whole vectors, loaded where the innermost axis is contiguous and gathered elsewhere. The rest of a row
/// is a vector too, by way of a buffer: what a function yields never depends on where an element lies.
/// </summary>
internal static unsafe class Elementwise
{
    private const int MostLanes = 16;

    /// <summary>A row of fewer elements isn't worth its start: the loop then goes down the columns.</summary>
    private const int Short = 8;

    // What an element costs whatever the function: bytes that come and go.
    private const int Cost = 16;

    public static void Unary<O>(in Frame frame, O op, float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where O : unmanaged, IUnary
    {
        fixed (int* xs = xStrides, ys = yStrides)
            Nest<UnaryBody<O>>.Run(frame, new(op, x, y, xs, ys), Cost, shape, xStrides, [], yStrides);
    }

    public static void Binary<O>(in Frame frame, O op, float* a, float* b, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) where O : unmanaged, IBinary
    {
        fixed (int* sa = aStrides, sb = bStrides, ys = yStrides)
            Nest<BinaryBody<O>>.Run(frame, new(op, a, b, y, sa, sb, ys), Cost, shape, aStrides, bStrides, yStrides);
    }

    private readonly struct UnaryBody<O>(O op, float* x, float* y, int* xStrides, int* yStrides) : INestBody where O : unmanaged, IUnary
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Unary(op, x + a, y + at, shape, new ReadOnlySpan<int>(xStrides, shape.Length), new ReadOnlySpan<int>(yStrides, shape.Length));
    }

    private readonly struct BinaryBody<O>(O op, float* x, float* z, float* y, int* xStrides, int* zStrides, int* yStrides) : INestBody where O : unmanaged, IBinary
    {
        public void Run(ReadOnlySpan<int> shape, nint a, nint b, nint at) =>
            Binary(op, x + a, z + b, y + at, shape, new ReadOnlySpan<int>(xStrides, shape.Length), new ReadOnlySpan<int>(zStrides, shape.Length), new ReadOnlySpan<int>(yStrides, shape.Length));
    }

    private static void Unary<O>(O op, float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides) where O : struct, IUnary
    {
        if (shape.Length > 2)
        {
            for (nint i = 0; i < shape[0]; i++)
                Unary(op, x + i * xStrides[0], y + i * yStrides[0], shape[1..], xStrides[1..], yStrides[1..]);
            return;
        }
        nint rows = 1, xRow = 0, yRow = 0;
        if (shape.Length == 2)
            (rows, xRow, yRow) = (shape[0], xStrides[0], yStrides[0]);
        nint count = shape[^1], xs = xStrides[^1], ys = yStrides[^1];
        if (count < Short && count < rows)
            (rows, count, xRow, xs, yRow, ys) = (count, rows, xs, xRow, ys, yRow);
        if (Vector512.IsHardwareAccelerated)
            Rows<O, V512>(op, x, y, rows, count, xRow, yRow, xs, ys);
        else if (Vector256.IsHardwareAccelerated)
            Rows<O, V256>(op, x, y, rows, count, xRow, yRow, xs, ys);
        else if (Vector128.IsHardwareAccelerated)
            Rows<O, V128>(op, x, y, rows, count, xRow, yRow, xs, ys);
        else
            Rows<O, V1>(op, x, y, rows, count, xRow, yRow, xs, ys);
    }

    private static void Binary<O>(O op, float* a, float* b, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<int> aStrides, ReadOnlySpan<int> bStrides, ReadOnlySpan<int> yStrides) where O : struct, IBinary
    {
        if (shape.Length > 2)
        {
            for (nint i = 0; i < shape[0]; i++)
                Binary(op, a + i * aStrides[0], b + i * bStrides[0], y + i * yStrides[0], shape[1..], aStrides[1..], bStrides[1..], yStrides[1..]);
            return;
        }
        nint rows = 1, aRow = 0, bRow = 0, yRow = 0;
        if (shape.Length == 2)
            (rows, aRow, bRow, yRow) = (shape[0], aStrides[0], bStrides[0], yStrides[0]);
        nint count = shape[^1], sa = aStrides[^1], sb = bStrides[^1], ys = yStrides[^1];
        if (count < Short && count < rows)
            (rows, count, aRow, sa, bRow, sb, yRow, ys) = (count, rows, sa, aRow, sb, bRow, ys, yRow);
        if (Vector512.IsHardwareAccelerated)
            Rows<O, V512>(op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys);
        else if (Vector256.IsHardwareAccelerated)
            Rows<O, V256>(op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys);
        else if (Vector128.IsHardwareAccelerated)
            Rows<O, V128>(op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys);
        else
            Rows<O, V1>(op, a, b, y, rows, count, aRow, bRow, yRow, sa, sb, ys);
    }

    /// <summary>Rows of <paramref name="count"/> elements. Strides of 1 are contiguous; any other is followed element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rows<O, V>(O op, float* x, float* y, nint rows, nint count, nint xRow, nint yRow, nint xs, nint ys) where O : struct, IUnary where V : struct, IVec<V>
    {
        float* lanes = stackalloc float[MostLanes];
        for (nint row = 0; row < rows; row++, x += xRow, y += yRow)
        {
            nint i = 0;
            if (xs == 1 && ys == 1)
            {
                for (; i <= count - V.Lanes; i += V.Lanes)
                    op.Apply(V.Load(x + i)).Store(y + i);
            }
            for (; i <= count - V.Lanes; i += V.Lanes)
                op.Apply(V.Gather(x + i * xs, xs)).Scatter(y + i * ys, ys);
            if (i < count)
            {
                Copy(x + i * xs, xs, lanes, 1, count - i);
                op.Apply(V.Load(lanes)).Store(lanes);
                Copy(lanes, 1, y + i * ys, ys, count - i);
            }
        }
    }

    /// <summary>As above for two operands, of which a stride of 0 is one value for a whole row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rows<O, V>(O op, float* a, float* b, float* y, nint rows, nint count, nint aRow, nint bRow, nint yRow, nint sa, nint sb, nint ys) where O : struct, IBinary where V : struct, IVec<V>
    {
        float* lanes = stackalloc float[MostLanes * 2];
        for (nint row = 0; row < rows; row++, a += aRow, b += bRow, y += yRow)
        {
            nint i = 0;
            if (ys == 1 && (sa is 0 or 1) && (sb is 0 or 1))
            {
                V first = V.Broadcast(*a), second = V.Broadcast(*b);
                for (; i <= count - V.Lanes; i += V.Lanes)
                    op.Apply(sa == 0 ? first : V.Load(a + i), sb == 0 ? second : V.Load(b + i)).Store(y + i);
            }
            for (; i <= count - V.Lanes; i += V.Lanes)
                op.Apply(V.Gather(a + i * sa, sa), V.Gather(b + i * sb, sb)).Scatter(y + i * ys, ys);
            if (i < count)
            {
                Copy(a + i * sa, sa, lanes, 1, count - i);
                Copy(b + i * sb, sb, lanes + MostLanes, 1, count - i);
                op.Apply(V.Load(lanes), V.Load(lanes + MostLanes)).Store(lanes);
                Copy(lanes, 1, y + i * ys, ys, count - i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, nint fs, float* to, nint ts, nint count)
    {
        for (; count > 0; count--, from += fs, to += ts)
            *to = *from;
    }
}

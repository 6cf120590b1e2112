using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>The largest cell of each window over channels-last float32 data; cells outside the input don't count. Distances in elements.</summary>
    public static void MaxPoolF32(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel) =>
        new Window(images, height, width, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel).Run(frame, new FloatCells<Largest>(x.F32, y.F32, channels), channels);

    /// <summary>The mean of each window's cells over channels-last float32 data; with <paramref name="includePads"/> = 1 zeros in the padding count.</summary>
    public static void AveragePoolF32(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel, int bottom, int right, int includePads) =>
        new Window(images, height, width, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel, bottom, right, includePads != 0).Run(frame, new FloatCells<Mean>(x.F32, y.F32, channels), channels);

    /// <summary>The largest cell of each window over channels-last u8 data.</summary>
    public static void MaxPoolU8(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel) =>
        new Window(images, height, width, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel).Run(frame, new LargestBytes(x.Address, y.Address, channels), channels);

    /// <summary>
    /// The mean of each window's cells over channels-last u8 data: y = round(clamp((Σ x − n·xZero)·scale/cells)) + zero, n cells inside the input,
    /// scale = sx/sy.
    /// </summary>
    public static void AveragePoolU8(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel, int bottom, int right, int includePads, int xZero, float scale, int zero, int lo, int hi) =>
        new Window(images, height, width, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel, bottom, right, includePads != 0).Run(frame, new MeanBytes(x.Address, y.Address, channels, xZero, scale, new(zero, lo, hi)), channels);

    private readonly struct Largest : IReduction
    {
        public static float Start => float.NegativeInfinity;

        public static bool Divides => false;

        public static V Add<V>(V sum, V cell) where V : struct, IVec<V> => V.Max(sum, cell);
    }

    private readonly struct Mean : IReduction
    {
        public static float Start => 0;

        public static bool Divides => true;

        public static V Add<V>(V sum, V cell) where V : struct, IVec<V> => sum + cell;
    }
}

/// <summary>A sliding window: rows and columns that lie outside the input are cut off before the inner loops begin.</summary>
internal readonly struct Window(
    int images, int height, int width, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
    int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
    nint xImage, nint xLine, nint xPixel, nint yImage, nint yLine, nint yPixel, int bottom = 0, int right = 0, bool includePads = false)
{
    public void Run<C>(in Frame frame, C cells, int channels) where C : unmanaged, ICells =>
        frame.Run(new Lines<C>(this, cells), images * height, 4L * images * height * width * channels * kernelHeight * kernelWidth);

    private readonly struct Lines<C>(Window window, C cells) : ILoop where C : unmanaged, ICells
    {
        public void Run(int from, int to)
        {
            for (int line = from; line < to; line++)
                window.Line(cells, line);
        }
    }

    private void Line<C>(C cells, int line) where C : struct, ICells
    {
        int image = line / height, i = line % height;
        var (firstRow, rows, paddedRows) = Clip(i * strideHeight - top, kernelHeight, dilationHeight, xHeight, bottom);
        for (int j = 0; j < width; j++)
        {
            var (firstColumn, columns, paddedColumns) = Clip(j * strideWidth - left, kernelWidth, dilationWidth, xWidth, right);
            int count = includePads ? paddedRows * paddedColumns : rows * columns;
            cells.Reduce(image * xImage + firstRow * xLine + firstColumn * xPixel, image * yImage + i * yLine + j * yPixel,
                rows, columns, xLine * dilationHeight, xPixel * dilationWidth, Math.Max(1, count));
        }
    }

    /// <summary>Of a window's positions along one axis: the first inside the input, how many are, and how many are inside the padded input.</summary>
    private static (int First, int Count, int Padded) Clip(int start, int kernel, int dilation, int length, int after)
    {
        int skip = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
        int first = start + skip * dilation;
        int inside = first >= length ? 0 : (length - first + dilation - 1) / dilation;
        int padded = start >= length + after ? 0 : (length + after - start + dilation - 1) / dilation;
        return (first, Math.Max(0, Math.Min(kernel - skip, inside)), Math.Min(kernel, padded));
    }
}

internal interface ICells
{
    /// <summary>All channels of one window: it begins at <paramref name="x"/>, its result goes to <paramref name="y"/> (elements from the start of each).</summary>
    void Reduce(nint x, nint y, int rows, int columns, nint line, nint pixel, int count);
}

internal interface IReduction
{
    static abstract float Start { get; }

    /// <summary>Whether the result is divided by the number of cells.</summary>
    static abstract bool Divides { get; }

    static abstract V Add<V>(V sum, V cell) where V : struct, IVec<V>;
}

internal readonly unsafe struct FloatCells<R>(float* input, float* output, int channels) : ICells where R : struct, IReduction
{
    public void Reduce(nint x, nint y, int rows, int columns, nint line, nint pixel, int count)
    {
        int done = 0;
        if (Vector512.IsHardwareAccelerated)
            done = Stripes<V512>(done, x, y, rows, columns, line, pixel, count);
        if (Vector256.IsHardwareAccelerated)
            done = Stripes<V256>(done, x, y, rows, columns, line, pixel, count);
        if (Vector128.IsHardwareAccelerated)
            done = Stripes<V128>(done, x, y, rows, columns, line, pixel, count);
        Stripes<V1>(done, x, y, rows, columns, line, pixel, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Stripes<V>(int c, nint x, nint y, int rows, int columns, nint line, nint pixel, int count) where V : struct, IVec<V>
    {
        for (; c <= channels - V.Lanes; c += V.Lanes)
        {
            V sum = V.Broadcast(R.Start);
            for (int r = 0; r < rows; r++)
            {
                float* cell = input + x + c + r * line;
                for (int q = 0; q < columns; q++, cell += pixel)
                    sum = R.Add(sum, V.Load(cell));
            }
            (R.Divides ? sum / V.Broadcast(count) : sum).Store(output + y + c);
        }
        return c;
    }
}

internal readonly unsafe struct LargestBytes(byte* input, byte* output, int channels) : ICells
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reduce(nint x, nint y, int rows, int columns, nint line, nint pixel, int count)
    {
        int c = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; c <= channels - 16; c += 16)
            {
                Vector128<byte> largest = default;
                for (int r = 0; r < rows; r++)
                {
                    byte* cell = input + x + c + r * line;
                    for (int q = 0; q < columns; q++, cell += pixel)
                        largest = Vector128.Max(largest, Vector128.Load(cell));
                }
                largest.Store(output + y + c);
            }
            for (; c <= channels - 8; c += 8)
            {
                Vector128<byte> largest = default;
                for (int r = 0; r < rows; r++)
                {
                    byte* cell = input + x + c + r * line;
                    for (int q = 0; q < columns; q++, cell += pixel)
                        largest = Vector128.Max(largest, Vector128.CreateScalarUnsafe(*(ulong*)cell).AsByte());
                }
                *(ulong*)(output + y + c) = largest.AsUInt64().ToScalar();
            }
        }
        for (; c < channels; c++)
        {
            byte largest = 0;
            for (int r = 0; r < rows; r++)
            {
                byte* cell = input + x + c + r * line;
                for (int q = 0; q < columns; q++, cell += pixel)
                    largest = Math.Max(largest, *cell);
            }
            output[y + c] = largest;
        }
    }
}

internal readonly unsafe struct MeanBytes(byte* input, byte* output, int channels, int xZero, float scale, Requantization to) : ICells
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reduce(nint x, nint y, int rows, int columns, nint line, nint pixel, int count)
    {
        int c = 0, start = -xZero * rows * columns;
        float each = scale / count;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c <= channels - 8; c += 8)
            {
                Vector256<int> sum = Vector256.Create(start);
                for (int r = 0; r < rows; r++)
                {
                    byte* cell = input + x + c + r * line;
                    for (int q = 0; q < columns; q++, cell += pixel)
                        sum += Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)cell).AsByte()).ToVector256Unsafe()).AsInt32();
                }
                Bytes.Store(to.Apply(Vector256.ConvertToSingle(sum) * Vector256.Create(each)), output + y + c);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; c <= channels - 4; c += 4)
            {
                Vector128<int> sum = Vector128.Create(start);
                for (int r = 0; r < rows; r++)
                {
                    byte* cell = input + x + c + r * line;
                    for (int q = 0; q < columns; q++, cell += pixel)
                        sum += Bytes.Load(cell);
                }
                Bytes.Store(to.Apply(Vector128.ConvertToSingle(sum) * Vector128.Create(each)), output + y + c);
            }
        }
        for (; c < channels; c++)
        {
            int sum = start;
            for (int r = 0; r < rows; r++)
            {
                byte* cell = input + x + c + r * line;
                for (int q = 0; q < columns; q++, cell += pixel)
                    sum += *cell;
            }
            output[y + c] = to.Apply(sum, each);
        }
    }
}

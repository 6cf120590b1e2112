using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>The largest cell of each window over channels-last float32 data; cells outside the input don't count. Distances in elements.</summary>
    public static void MaxPoolF32(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel) =>
        new Window(images, height, width, channels, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel, 0, 0, false).Run<Largest>(x.F32, y.F32);

    /// <summary>The mean of each window's cells over channels-last float32 data; with <paramref name="includePads"/> = 1 zeros in the padding count.</summary>
    public static void AveragePoolF32(
        in Frame frame, Place x, Place y, int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
        int xImage, int xLine, int xPixel, int yImage, int yLine, int yPixel, int bottom, int right, int includePads) =>
        new Window(images, height, width, channels, xHeight, xWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left,
            xImage, xLine, xPixel, yImage, yLine, yPixel, bottom, right, includePads != 0).Run<Mean>(x.F32, y.F32);

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

internal interface IReduction
{
    static abstract float Start { get; }

    /// <summary>Whether the result is divided by the number of cells.</summary>
    static abstract bool Divides { get; }

    static abstract V Add<V>(V sum, V cell) where V : struct, IVec<V>;
}

/// <summary>A pooling window: rows and columns that lie outside the input are cut off before the inner loops begin.</summary>
internal readonly unsafe struct Window(
    int images, int height, int width, int channels, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
    int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left,
    nint xImage, nint xLine, nint xPixel, nint yImage, nint yLine, nint yPixel, int bottom, int right, bool includePads)
{
    public void Run<R>(float* x, float* y) where R : struct, IReduction
    {
        if (Vector512.IsHardwareAccelerated)
            Run<R, V512>(x, y);
        else if (Vector256.IsHardwareAccelerated)
            Run<R, V256>(x, y);
        else if (Vector128.IsHardwareAccelerated)
            Run<R, V128>(x, y);
        else
            Run<R, V1>(x, y);
    }

    internal void Run<R, V>(float* x, float* y) where R : struct, IReduction where V : struct, IVec<V>
    {
        for (int image = 0; image < images; image++)
        for (int i = 0; i < height; i++)
        {
            var (firstRow, rows, paddedRows) = Clip(i * strideHeight - top, kernelHeight, dilationHeight, xHeight, bottom);
            for (int j = 0; j < width; j++)
            {
                var (firstColumn, columns, paddedColumns) = Clip(j * strideWidth - left, kernelWidth, dilationWidth, xWidth, right);
                int cells = includePads ? paddedRows * paddedColumns : rows * columns;
                Cell<R, V>(x + image * xImage + firstRow * xLine + firstColumn * xPixel, y + image * yImage + i * yLine + j * yPixel, rows, columns, 1f / Math.Max(1, cells));
            }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Cell<R, V>(float* x, float* y, int rows, int columns, float scale) where R : struct, IReduction where V : struct, IVec<V>
    {
        nint line = xLine * dilationHeight, pixel = xPixel * dilationWidth;
        int c = 0;
        for (; c <= channels - V.Lanes; c += V.Lanes)
        {
            V sum = V.Broadcast(R.Start);
            for (int r = 0; r < rows; r++)
            for (int q = 0; q < columns; q++)
                sum = R.Add(sum, V.Load(x + c + r * line + q * pixel));
            (R.Divides ? sum * V.Broadcast(scale) : sum).Store(y + c);
        }
        for (; c < channels; c++)
        {
            V1 sum = V1.Broadcast(R.Start);
            for (int r = 0; r < rows; r++)
            for (int q = 0; q < columns; q++)
                sum = R.Add(sum, V1.Load(x + c + r * line + q * pixel));
            (R.Divides ? sum * V1.Broadcast(scale) : sum).Store(y + c);
        }
    }
}

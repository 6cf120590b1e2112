using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// Convolution over channels-last data whose border is part of <paramref name="x"/>'s storage: y = clamp(x ∗ w + bias + residual, lo, hi).
    /// All distances are in elements; weights [group][panel of 32 outputs][tap][k][output], k = <paramref name="depth"/> contiguous elements a tap.
    /// </summary>
    public static void ConvF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y,
        int images, int height, int width, int channels, int depth, int tapRows, int tapColumns,
        int xImage, int xLine, int xPixel, int tapRow, int tapColumn, int yImage, int yLine, int yPixel, int residualImage, int residualLine, int residualPixel,
        int groups, int xGroup, int weightsGroup, float lo, float hi) =>
        new Groups<Dense>(new()
        {
            X = x.F32, Weights = weights.F32, Y = y.F32, Bias = bias.F32, Residual = residual.F32,
            Rows = height * width, RowsPerLine = width, Columns = channels, K = depth, TapRows = tapRows, TapColumns = tapColumns,
            XLine = xLine, XRow = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YRow = yPixel, ResidualLine = residualLine, ResidualRow = residualPixel,
            XImage = xImage, YImage = yImage, ResidualImage = residualImage, XGroup = xGroup, WeightsGroup = weightsGroup, Lo = lo, Hi = hi,
        }, images, groups).Run(frame);

    /// <summary>
    /// Matrix product: y[m, n] = clamp(Σk x[m, k]·w[k, n] + bias[n] + residual[m, n], lo, hi). <paramref name="weightsRow"/> = 0: weights in panels;
    /// otherwise the elements between two rows of a row-major [k, n] matrix.
    /// </summary>
    public static void MatMulF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y,
        int rows, int depth, int columns, int xRow, int weightsRow, int yRow, int residualRow, float lo, float hi)
    {
        if (rows == 1 && (long)depth * columns < Job.LeastLoop)
            DenseRow.Run(x.F32, weights.F32, bias.F32, residual.F32, y.F32, depth, columns, weightsRow, lo, hi);
        else
            Dense.Multiply(frame, x.F32, weights.F32, bias.F32, residual.F32, y.F32, rows, depth, columns, xRow, weightsRow, yRow, residualRow, lo, hi);
    }

    /// <summary>Products of many matrices, both at run time: weights [depth, columns] row-major. The batch's axes step through x, weights and y by their strides.</summary>
    public static void BatchMatMulF32F32(
        in Frame frame, Place x, Place weights, Place y, int rows, int depth, int columns, int xRow, int weightsRow,
        ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> weightsStrides, ReadOnlySpan<int> yStrides, float lo, float hi)
    {
        fixed (int* axes = shape, xs = xStrides, ws = weightsStrides, ys = yStrides)
        {
            new Batch(new()
            {
                X = x.F32, Weights = weights.F32, Y = y.F32, Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1,
                XRow = xRow, WeightsRow = weightsRow, YRow = columns, Lo = lo, Hi = hi,
            }, shape.Length, axes, xs, ws, ys).Run(frame);
        }
    }
}

/// <summary>The same matrix product at each index of some axes.</summary>
internal readonly unsafe struct Batch(Dense first, int rank, int* shape, int* xStrides, int* weightsStrides, int* yStrides) : ILoop
{
    private const int Many = 8;

    private readonly Dense _first = first;

    public void Run(in Frame frame)
    {
        int count = 1;
        for (int axis = 0; axis < rank; axis++)
            count *= shape[axis];
        if (count >= Many)
        {
            frame.Run(this, count, count * _first.Work);
            return;
        }
        for (int i = 0; i < count; i++)
            At(i).Run(frame);
    }

    public void Run(int from, int to)
    {
        for (int i = from; i < to; i++)
            At(i).RunAll();
    }

    private Dense At(int i)
    {
        Dense one = _first;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            nint index = i % shape[axis];
            i /= shape[axis];
            one.X += index * xStrides[axis];
            one.Weights += index * weightsStrides[axis];
            one.Y += index * yStrides[axis];
        }
        return one;
    }
}

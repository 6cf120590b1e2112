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
        int groups, int xGroup, int weightsGroup, float lo, float hi)
    {
        for (int i = 0; i < images * groups; i++)
        {
            nint image = i / groups, g = i % groups;
            new Dense
            {
                X = x.F32 + image * xImage + g * xGroup, Weights = weights.F32 + g * weightsGroup, Y = y.F32 + image * yImage + g * channels,
                Bias = bias.F32 == null ? null : bias.F32 + g * channels,
                Residual = residual.F32 == null ? null : residual.F32 + image * residualImage + g * channels,
                Rows = height * width, RowsPerLine = width, Columns = channels, K = depth, TapRows = tapRows, TapColumns = tapColumns,
                XLine = xLine, XRow = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YRow = yPixel,
                ResidualLine = residualLine, ResidualRow = residualPixel, Lo = lo, Hi = hi,
            }.Run();
        }
    }

    /// <summary>
    /// Matrix product: y[m, n] = clamp(Σk x[m, k]·w[k, n] + bias[n] + residual[m, n], lo, hi). <paramref name="weightsRow"/> = 0: weights in panels;
    /// otherwise the elements between two rows of a row-major [k, n] matrix.
    /// </summary>
    public static void MatMulF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y,
        int rows, int depth, int columns, int xRow, int weightsRow, int yRow, int residualRow, float lo, float hi)
    {
        new Dense
        {
            X = x.F32, Weights = weights.F32, Bias = bias.F32, Residual = residual.F32, Y = y.F32,
            Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1,
            XRow = xRow, WeightsRow = weightsRow, YRow = yRow, ResidualRow = residualRow, Lo = lo, Hi = hi,
        }.Run();
    }

    /// <summary>Products of many matrices, both at run time: weights [depth, columns] row-major. The batch's axes step through x, weights and y by their strides.</summary>
    public static void BatchMatMulF32F32(
        in Frame frame, Place x, Place weights, Place y, int rows, int depth, int columns, int xRow, int weightsRow,
        ReadOnlySpan<int> shape, ReadOnlySpan<int> xStrides, ReadOnlySpan<int> weightsStrides, ReadOnlySpan<int> yStrides, float lo, float hi)
    {
        if (shape.Length > 1)
        {
            for (nint i = 0; i < shape[0]; i++)
            {
                BatchMatMulF32F32(frame, new((byte*)(x.F32 + i * xStrides[0])), new((byte*)(weights.F32 + i * weightsStrides[0])), new((byte*)(y.F32 + i * yStrides[0])),
                    rows, depth, columns, xRow, weightsRow, shape[1..], xStrides[1..], weightsStrides[1..], yStrides[1..], lo, hi);
            }
            return;
        }
        for (nint i = 0; i < shape[0]; i++)
        {
            new Dense
            {
                X = x.F32 + i * xStrides[0], Weights = weights.F32 + i * weightsStrides[0], Y = y.F32 + i * yStrides[0],
                Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1,
                XRow = xRow, WeightsRow = weightsRow, YRow = columns, Lo = lo, Hi = hi,
            }.Run();
        }
    }
}

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// Integer convolution over channels-last u8 data whose border (of the zero point) is part of <paramref name="x"/>'s storage:
    /// y = round(clamp((Σ x·w + bias)·scale)) + zero. Weights s8 [group][panel of 32][tap][k / 4][output][4]; bias int32 with the input's zero point
    /// worked in; scales float32, one an output. Distances in elements.
    /// </summary>
    public static void ConvU8S8(
        in Frame frame, Place x, Place weights, Place bias, Place scales, Place y,
        int images, int height, int width, int channels, int depth, int tapRows, int tapColumns,
        int xImage, int xLine, int xPixel, int tapRow, int tapColumn, int yImage, int yLine, int yPixel,
        int groups, int xGroup, int weightsGroup, int zero, int lo, int hi) =>
        new Groups<DenseU8>(new()
        {
            X = x.Address, Weights = (sbyte*)weights.Address, Y = y.Address, Bias = bias.I32, Scales = scales.F32,
            Rows = height * width, RowsPerLine = width, Columns = channels, K = depth, TapRows = tapRows, TapColumns = tapColumns,
            XLine = xLine, XRow = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YRow = yPixel,
            XImage = xImage, YImage = yImage, XGroup = xGroup, WeightsGroup = weightsGroup, To = new(zero, lo, hi),
        }, images, groups).Run(frame);

    /// <summary>As <see cref="ConvU8S8"/>, with the int32 sums themselves as the result: y = Σ x·w + bias (bias may be absent).</summary>
    public static void ConvU8S8I32(
        in Frame frame, Place x, Place weights, Place bias, Place y,
        int images, int height, int width, int channels, int depth, int tapRows, int tapColumns,
        int xImage, int xLine, int xPixel, int tapRow, int tapColumn, int yImage, int yLine, int yPixel, int groups, int xGroup, int weightsGroup) =>
        new Groups<DenseU8>(new()
        {
            X = x.Address, Weights = (sbyte*)weights.Address, Sums = y.I32, Bias = bias.I32,
            Rows = height * width, RowsPerLine = width, Columns = channels, K = depth, TapRows = tapRows, TapColumns = tapColumns,
            XLine = xLine, XRow = xPixel, TapRow = tapRow, TapColumn = tapColumn, YLine = yLine, YRow = yPixel,
            XImage = xImage, YImage = yImage, XGroup = xGroup, WeightsGroup = weightsGroup,
        }, images, groups).Run(frame);

    /// <summary>Integer matrix product: y[m, n] = round(clamp((Σk x[m, k]·w[k, n] + bias[n])·scale[n])) + zero; weights s8 in panels.</summary>
    public static void MatMulU8S8(
        in Frame frame, Place x, Place weights, Place bias, Place scales, Place y, int rows, int depth, int columns, int xRow, int yRow, int zero, int lo, int hi) =>
        new DenseU8
        {
            X = x.Address, Weights = (sbyte*)weights.Address, Bias = bias.I32, Scales = scales.F32, Y = y.Address,
            Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1, XRow = xRow, YRow = yRow, To = new(zero, lo, hi),
        }.Run(frame);

    /// <summary>As <see cref="MatMulU8S8"/>, with the int32 sums themselves as the result.</summary>
    public static void MatMulU8S8I32(in Frame frame, Place x, Place weights, Place bias, Place y, int rows, int depth, int columns, int xRow, int yRow) =>
        new DenseU8
        {
            X = x.Address, Weights = (sbyte*)weights.Address, Bias = bias.I32, Sums = y.I32,
            Rows = rows, RowsPerLine = rows, Columns = columns, K = depth, TapRows = 1, TapColumns = 1, XRow = xRow, YRow = yRow,
        }.Run(frame);
}

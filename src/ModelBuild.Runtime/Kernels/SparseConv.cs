using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// 1×1 convolution, or a matrix product whose rows are pixels, by weights that are mostly zero: y = clamp(w·x + bias + residual, lo, hi). x's pixels lie side by side in planes, one a channel, or its channels
    /// do; y and the residual lie in planes. Planes have room for whole registers, or their pixels are one. Weights are of the form that <see cref="Expansion.SparseF32"/> makes, for blocks of
    /// <paramref name="rows"/> outputs (1, 2 or 4; outputs are a multiple). What is zero isn't multiplied: an infinity or a NaN in x makes no NaN there.
    /// </summary>
    public static void SparseConvF32F32(
        in Frame frame, Place x, Place weights, Place bias, Place residual, Place y,
        int images, int pixels, int outputs, int depth, int rows, int xImage, int xPixel, int xChannel, int yImage, int yChannel, int residualImage, int residualChannel, float lo, float hi) =>
        new Sparse
        {
            X = x.F32, Weights = weights.I32, Bias = bias.F32, Residual = residual.F32, Y = y.F32,
            Images = images, Pixels = pixels, Blocks = outputs / rows, Rows = rows, Depth = depth,
            XImage = xImage, XPixel = xPixel, XChannel = xChannel, YImage = yImage, YChannel = yChannel, ResidualImage = residualImage, ResidualChannel = residualChannel, Lo = lo, Hi = hi,
        }.Run(frame);
}

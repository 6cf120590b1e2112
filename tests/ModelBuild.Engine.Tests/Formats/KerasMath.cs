namespace ModelBuild.Engine.Tests;

/// <summary>What Keras's layers compute, written from its documentation in its own order of axes (rows, columns, channels), in double precision; one sample.</summary>
internal static class KerasMath
{
    /// <summary>An image [h, w, c].</summary>
    public readonly record struct Image(int Height, int Width, int Channels, double[] Values)
    {
        public double this[int h, int w, int c] => h < 0 || h >= Height || w < 0 || w >= Width ? 0 : Values[(h * Width + w) * Channels + c];

        public static Image Of(Tensor x) => x.Shape.Rank == 4 ? new(x.Shape[1], x.Shape[2], x.Shape[3], x.Doubles()) : new(1, x.Shape[1], x.Shape[2], x.Doubles());

        public static Image Of(int height, int width, int channels, Func<int, int, int, double> value) => new(height, width, channels,
            [.. from h in Enumerable.Range(0, height) from w in Enumerable.Range(0, width) from c in Enumerable.Range(0, channels) select value(h, w, c)]);

        /// <summary>[h, w, c] as [c, h, w], or back.</summary>
        public double[] ChannelsFirst() { Image self = this; return [.. from c in Enumerable.Range(0, Channels) from h in Enumerable.Range(0, self.Height) from w in Enumerable.Range(0, self.Width) select self[h, w, c]]; }
    }

    /// <summary>How long an axis becomes, and how many zeros stand before it.</summary>
    public static (int Length, int Before) Window(int length, int kernel, int stride, int dilation, string padding)
    {
        int reach = (kernel - 1) * dilation + 1;
        if (padding == "valid")
            return ((length - reach) / stride + 1, 0);
        if (padding == "causal")
            return ((length - 1) / stride + 1, reach - 1);
        int outputs = (length + stride - 1) / stride;
        return (outputs, Math.Max(0, (outputs - 1) * stride + reach - length) / 2);
    }

    /// <summary>kernel [kh, kw, channels/groups, filters].</summary>
    public static Image Conv(Image x, float[] kernel, int kh, int kw, int filters, float[]? bias, (int H, int W) strides, (int H, int W) dilations, string padding, int groups = 1)
    {
        var (height, top) = Window(x.Height, kh, strides.H, dilations.H, x.Height == 1 && kh == 1 ? "valid" : padding);
        var (width, left) = Window(x.Width, kw, strides.W, dilations.W, padding);
        int each = x.Channels / groups, perGroup = filters / groups;
        return Image.Of(height, width, filters, (h, w, f) =>
        {
            double sum = bias?[f] ?? 0;
            for (int p = 0; p < kh; p++)
            for (int q = 0; q < kw; q++)
            for (int c = 0; c < each; c++)
                sum += x[h * strides.H + p * dilations.H - top, w * strides.W + q * dilations.W - left, f / perGroup * each + c] * kernel[((p * kw + q) * each + c) * filters + f];
            return sum;
        });
    }

    /// <summary>kernel [kh, kw, channels, multiplier].</summary>
    public static Image Depthwise(Image x, float[] kernel, int kh, int kw, int multiplier, float[]? bias, (int H, int W) strides, (int H, int W) dilations, string padding)
    {
        var (height, top) = Window(x.Height, kh, strides.H, dilations.H, x.Height == 1 && kh == 1 ? "valid" : padding);
        var (width, left) = Window(x.Width, kw, strides.W, dilations.W, padding);
        return Image.Of(height, width, x.Channels * multiplier, (h, w, f) =>
        {
            double sum = bias?[f] ?? 0;
            for (int p = 0; p < kh; p++)
            for (int q = 0; q < kw; q++)
                sum += x[h * strides.H + p * dilations.H - top, w * strides.W + q * dilations.W - left, f / multiplier] * kernel[((p * kw + q) * x.Channels + f / multiplier) * multiplier + f % multiplier];
            return sum;
        });
    }

    /// <summary>
    /// The gradient of a convolution by its input, which is what a transposed one is: a convolution with these strides and this padding, of an image of the wanted
    /// size, sees x. kernel [kh, kw, filters, channels].
    /// </summary>
    public static Image ConvTranspose(Image x, float[] kernel, int kh, int kw, int filters, float[]? bias, (int H, int W) strides, string padding, int height, int width)
    {
        var (rows, top) = Window(height, kh, strides.H, 1, padding);
        var (columns, left) = Window(width, kw, strides.W, 1, padding);
        Assert.AreEqual((x.Height, x.Width), (rows, columns), "the wanted size is none that gives this input");
        return Image.Of(height, width, filters, (h, w, f) =>
        {
            double sum = bias?[f] ?? 0;
            for (int i = 0; i < x.Height; i++)
            for (int j = 0; j < x.Width; j++)
            {
                int p = h + top - i * strides.H, q = w + left - j * strides.W;
                for (int c = 0; c < x.Channels && p >= 0 && p < kh && q >= 0 && q < kw; c++)
                    sum += x[i, j, c] * kernel[((p * kw + q) * filters + f) * x.Channels + c];
            }
            return sum;
        });
    }

    public static Image Pool(Image x, (int H, int W) size, (int H, int W) strides, string padding, bool average)
    {
        var (height, top) = Window(x.Height, size.H, strides.H, 1, padding);
        var (width, left) = Window(x.Width, size.W, strides.W, 1, padding);
        return Image.Of(height, width, x.Channels, (h, w, c) =>
        {
            var cells = new List<double>();
            for (int p = 0; p < size.H; p++)
            for (int q = 0; q < size.W; q++)
            {
                int row = h * strides.H + p - top, column = w * strides.W + q - left;
                if (row >= 0 && row < x.Height && column >= 0 && column < x.Width)
                    cells.Add(x[row, column, c]);
            }
            return average ? cells.Average() : cells.Max();
        });
    }
}

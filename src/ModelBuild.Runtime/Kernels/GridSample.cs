using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// Pixels of x at the places of a row-major grid [images, height, width, 2], across and down, from −1 to 1. mode: 0 the nearest, 1 linear, 2 cubic; padding: 0 zeros,
    /// 1 the border, 2 reflection. Strides of image, channel, line and pixel, in elements.
    /// </summary>
    public static void GridSampleF32(
        in Frame frame, Place x, Place grid, Place y, int images, int channels, int height, int width, int xHeight, int xWidth,
        ReadOnlySpan<int> xStrides, ReadOnlySpan<int> yStrides, int mode, int padding, int alignCorners)
    {
        fixed (int* xs = xStrides, ys = yStrides)
            frame.Run(new GridSample(x.F32, grid.F32, y.F32, channels, height, width, xHeight, xWidth, xs, ys, mode, padding, alignCorners != 0), images * height, 64L * images * height * width * channels);
    }
}

/// <summary>One iteration is a line of the result.</summary>
internal readonly unsafe struct GridSample(
    float* x, float* grid, float* y, int channels, int height, int width, int xHeight, int xWidth, int* xStrides, int* yStrides, int mode, int padding, bool alignCorners) : ILoop
{
    private const float Cubic = -0.75f;

    // Pixels along an axis that one of the result is made of.
    private const int MostTaps = 4;

    private int Taps => mode == 0 ? 1 : 2 * mode;

    public void Run(int from, int to)
    {
        nint* rows = stackalloc nint[MostTaps], columns = stackalloc nint[MostTaps];
        float* down = stackalloc float[MostTaps], across = stackalloc float[MostTaps];
        for (int line = from; line < to; line++)
        {
            int image = line / height;
            float* place = grid + (nint)line * width * 2, source = x + (nint)image * xStrides[0], target = y + (nint)image * yStrides[0] + (nint)(line % height) * yStrides[2];
            for (int pixel = 0; pixel < width; pixel++, place += 2, target += yStrides[3])
            {
                Along(place[0], xWidth, xStrides[3], columns, across);
                Along(place[1], xHeight, xStrides[2], rows, down);
                for (nint c = 0; c < channels; c++)
                    target[c * yStrides[1]] = Sum(source + c * xStrides[1], rows, down, columns, across);
            }
        }
    }

    private float Sum(float* plane, nint* rows, float* down, nint* columns, float* across)
    {
        float sum = 0;
        for (int r = 0; r < Taps; r++)
        {
            float row = 0;
            for (int c = 0; c < Taps; c++)
                row += across[c] * plane[rows[r] + columns[c]];
            sum += down[r] * row;
        }
        return sum;
    }

    /// <summary>Where the taps along an axis lie, and what they weigh: nothing outside, where that is zeros.</summary>
    private void Along(float at, int length, nint step, nint* places, float* weights)
    {
        float place = alignCorners ? (at + 1) / 2 * (length - 1) : ((at + 1) * length - 1) / 2;
        // What is no number, or far outside, is as good as just outside.
        place = padding == 2 ? Reflected(place, length) : Math.Clamp(float.IsNaN(place) ? -8 : place, padding == 1 ? 0 : -8, padding == 1 ? length - 1 : length + 8);
        float first = mode == 0 ? MathF.Round(place) : MathF.Floor(place), t = place - first;
        if (mode == 2)
        {
            weights[0] = Far(t + 1);
            weights[1] = Near(t);
            weights[2] = Near(1 - t);
            weights[3] = Far(2 - t);
        }
        else
        {
            weights[0] = mode == 0 ? 1 : 1 - t;
            weights[1] = t;
        }
        for (int tap = 0; tap < Taps; tap++)
        {
            int index = (int)first + tap - (mode == 2 ? 1 : 0);
            if ((uint)index >= (uint)length)
            {
                if (padding == 0)
                    weights[tap] = 0;
                index = padding == 2 ? Math.Clamp((int)Reflected(index, length), 0, length - 1) : Math.Clamp(index, 0, length - 1);
            }
            places[tap] = index * step;
        }
    }

    private float Reflected(float place, int length)
    {
        float least = alignCorners ? 0 : -0.5f, span = alignCorners ? length - 1 : length;
        if (span == 0 || !float.IsFinite(place))
            return 0;
        float over = MathF.Abs(place - least) % (2 * span);
        return least + (over > span ? 2 * span - over : over);
    }

    private static float Near(float t) => ((Cubic + 2) * t - (Cubic + 3)) * t * t + 1;

    private static float Far(float t) => ((Cubic * t - 5 * Cubic) * t + 8 * Cubic) * t - 4 * Cubic;
}

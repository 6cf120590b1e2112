namespace ModelBuild.Generated;

public static unsafe partial class Kernels
{
    /// <summary>
    /// The largest cell of each window of row-major float32 planes, and the first place (int64, in the whole of x) where it stands: row by row, or with
    /// <paramref name="columnMajor"/> = 1 column by column within a plane. A window of NaN alone, or of nothing, has no place but its first cell's.
    /// </summary>
    public static void MaxPoolPlacesF32(
        in Frame frame, Place x, Place y, Place places, int planes, int height, int width, int xHeight, int xWidth, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int top, int left, int columnMajor)
    {
        float* plane = x.F32, to = y.F32;
        long* place = places.I64;
        for (long p = 0; p < planes; p++, plane += (nint)xHeight * xWidth)
        for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
        {
            float largest = float.NegativeInfinity;
            long found = -1;
            for (int r = i * strideHeight - top, rows = kernelHeight; rows > 0; rows--, r += dilationHeight)
            {
                for (int c = j * strideWidth - left, columns = kernelWidth; columns > 0; columns--, c += dilationWidth)
                {
                    if (r < 0 || r >= xHeight || c < 0 || c >= xWidth)
                        continue;
                    float cell = plane[(nint)r * xWidth + c];
                    if (found >= 0 && !(cell > largest))
                        continue;
                    largest = cell;
                    found = p * xHeight * xWidth + (columnMajor != 0 ? (long)c * xHeight + r : (long)r * xWidth + c);
                }
            }
            *to++ = largest;
            *place++ = found;
        }
    }
}

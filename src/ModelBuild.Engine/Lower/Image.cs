namespace ModelBuild.Engine;

/// <summary>A channels-last view as a kernel sees it: distances in elements between images, lines and pixels.</summary>
internal readonly record struct Image(int Images, int Height, int Width, int Channels, int Stride, int Line, int Pixel)
{
    public static Image Of(View view) => view.Shape.Rank == 4
        ? new(view.Shape[0], view.Shape[2], view.Shape[3], view.Shape[1], view.Strides[0], view.Strides[2], view.Strides[3])
        : new(view.Shape[0], 1, view.Shape[2], view.Shape[1], view.Strides[0], 0, view.Strides[2]);
}

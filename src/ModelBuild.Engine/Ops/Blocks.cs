namespace ModelBuild.Engine;

/// <summary>Blocks of <paramref name="Blocksize"/>² pixels to channels, or the way back: images [N, C, H, W].</summary>
internal abstract record Blocks(int Blocksize) : Assembly
{
    protected static Shape Image(TensorType x) => x.Shape.Rank == 4 ? x.Shape : throw new OperatorException($"{x.Shape} is not an image [N, C, H, W]");

    /// <summary>x [N, C, H·b, W·b] as [N, b, b, C, H, W].</summary>
    protected View Apart(View x) => x.Split(3, x.Shape[3] / Blocksize).Split(2, x.Shape[2] / Blocksize).Permute(new([0, 3, 5, 1, 2, 4]));
}

namespace ModelBuild.Engine;

/// <summary>[N, C, H·b, W·b] → [N, b²·C, H, W]: the pixels of a block become channels.</summary>
internal sealed record SpaceToDepth(int Blocksize) : Blocks(Blocksize)
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape x = Image(Need(inputs[0]));
        if (Blocksize < 1 || x[2] % Blocksize != 0 || x[3] % Blocksize != 0)
            throw new OperatorException($"{x[2]}×{x[3]} pixels in blocks of {Blocksize}×{Blocksize}");
        return [inputs[0]! with { Shape = [x[0], x[1] * Blocksize * Blocksize, x[2] / Blocksize, x[3] / Blocksize] }];
    }

    protected override IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant)
    {
        yield return (Apart(inputs[0]), output.Split(1, Blocksize).Split(2, Blocksize));
    }
}

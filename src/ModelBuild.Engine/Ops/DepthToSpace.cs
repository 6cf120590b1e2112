namespace ModelBuild.Engine;

/// <summary>
/// [N, C·b², H, W] → [N, C, H·b, W·b]: channels become pixels. The input's channels are blocks of C (DCR), or with
/// <paramref name="ColumnRow"/> (CRD) each output channel's b² lie together.
/// </summary>
internal sealed record DepthToSpace(int Blocksize, bool ColumnRow = false) : Blocks(Blocksize)
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape x = Image(Need(inputs[0]));
        if (Blocksize < 1 || x[1] % (Blocksize * Blocksize) != 0)
            throw new OperatorException($"{x[1]} channels in blocks of {Blocksize}×{Blocksize}");
        return [inputs[0]! with { Shape = [x[0], x[1] / (Blocksize * Blocksize), x[2] * Blocksize, x[3] * Blocksize] }];
    }

    protected override IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant)
    {
        int channels = output.Shape[1];
        yield return (ColumnRow
            ? inputs[0].Split(1, channels).Split(2, Blocksize).Permute(new([0, 2, 3, 1, 4, 5]))
            : inputs[0].Split(1, Blocksize).Split(2, Blocksize), Apart(output));
    }
}

namespace ModelBuild.Engine;

/// <summary>What was found for a layer: integers in the shape of its weights, a scale and a bias for each output; no biases where the layer can't have any.</summary>
internal sealed record SolvedLayer(Tensor Integers, float[] Scales, float[] Biases)
{
    /// <summary>Weights as numbers, the same that integers and scales stand for.</summary>
    public Tensor Weights(PatchProduct product)
    {
        ReadOnlySpan<sbyte> integers = Integers.Span<sbyte>();
        var weights = new float[integers.Length];
        for (int g = 0; g < product.Groups; g++)
        for (int r = 0; r < product.Rows; r++)
        for (int k = 0; k < product.Depth; k++)
        {
            int at = product.Weight(g, r, k);
            weights[at] = integers[at] * Scales[g * product.Rows + r];
        }
        return Tensor.Of(Integers.Shape, weights);
    }
}

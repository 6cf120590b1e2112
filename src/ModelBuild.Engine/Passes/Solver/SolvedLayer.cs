namespace ModelBuild.Engine;

/// <summary>What was found for a layer: a level for each weight, in the shape of its weights, a scale for each block of an output's weights, and a bias for each output; no biases where the layer can't have any.</summary>
internal sealed record SolvedLayer(PatchProduct Product, Shape Shape, float[] Levels, float[] Scales, float[] Biases, int Block = int.MaxValue)
{
    /// <summary>The levels of a grid.</summary>
    public Tensor Integers => Tensor.Of(Shape, Array.ConvertAll(Levels, v => (sbyte)v));

    /// <summary>The numbers that levels and scales stand for.</summary>
    public Tensor Weights
    {
        get
        {
            var weights = new float[Levels.Length];
            int blocks = Scales.Length / (Product.Groups * Product.Rows);
            for (int g = 0; g < Product.Groups; g++)
            for (int r = 0; r < Product.Rows; r++)
            for (int k = 0; k < Product.Depth; k++)
            {
                int at = Product.Weight(g, r, k);
                // Never −0, which is no level.
                weights[at] = Levels[at] * Scales[(g * Product.Rows + r) * blocks + k / Block] + 0f;
            }
            return Tensor.Of(Shape, weights);
        }
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ModelBuild.Engine;

[Description("weights that share a codebook of float16 values, one for each tensor: k-means, then each weight's place solved for layer by layer (Han et al. 2016, Deep Compression)")]
internal sealed record Palettize(
    [Description("a codebook has at most two to the power of this values"), Range(1, 8)] int Bits,
    [Description("layerwise keeps what layers give on calibration data; nearest looks at weights alone")] WeightSolver Solve = WeightSolver.Layerwise,
    [Description("what has int8 with a scale for each output instead: the first and last layer and those under 2,048 weights, or nothing")] WideLayers Wide = WideLayers.Ends,
    [Description("how much of a layer's squared error a bit of each weight is worth; above 0, weights are chosen for the size that encode() then gives"), Range(0.0, 1000.0)] double Rate = 0) : LowBits(Solve, Wide, Rate)
{
    protected override LevelsChoice Choice => (weights, counts) => [LevelSet.Codebook(Codebook.Of(weights, counts, 1 << Bits))];

    public override Graph Apply(Graph graph, PassContext context) => WithFloats(graph, context);
}

using System.ComponentModel;

namespace ModelBuild.Engine;

/// <summary>
/// Rounds the weights of products to floats of eight bits times a float16 scale of their output, and all other constants to float16: small weights, biases and tables are few, and
/// results show what they lose. As with float16, the weights writer then sees that a byte each says all.
/// </summary>
internal abstract record StoreFloat8(Float8Type Type) : Pass
{
    /// <summary>
    /// Smaller tensors are first layers and kernels of a channel each: of ResNet8 the first layer alone, half a percent of its bytes, brings 6 % of its answers back.
    /// </summary>
    private const int Small = 512;

    // Steps between a scale and its double: beyond, roundings repeat.
    private const int Candidates = 16;

    /// <summary>The smallest normal float16: below, scales lose digits.</summary>
    private const float LeastScale = 6.103515625e-5f;

    public override bool Applies(Graph graph, Node node) => node.Inputs.Any(v => v.Length > 0 && graph.Constant(v) is { Element: ElementType.Float32 } t && StoreFloat16.Fits(t));

    public override Graph Apply(Graph graph, PassContext context)
    {
        Graph halves = new StoreFloat16 { Nodes = Nodes }.Apply(graph, context);
        return WeightTensors.With(halves, WeightTensors.Of(graph, Nodes).Where(t => (t.Named || t.Tensor.Shape.Size >= Small) && StoreFloat16.Fits(t.Tensor)).Select(t => (t, Rounded(graph, t)!)).Where(t => t.Item2 != null));
    }

    /// <summary>The weights as floats of eight bits; null where they are of no product, so that no output is theirs.</summary>
    private float[]? Rounded(Graph graph, WeightTensor weights)
    {
        if (LayerSolver.Product(graph, graph.Nodes.First(n => n.Inputs.Contains(weights.Value))) is not { } product)
            return null;
        var rounded = new float[weights.Tensor.Shape.Size];
        var places = new int[product.Depth];
        for (int row = 0; row < product.Groups * product.Rows; row++)
        {
            for (int k = 0; k < places.Length; k++)
                places[k] = product.Weight(row / product.Rows, row % product.Rows, k);
            float[] w = Array.ConvertAll(places, p => weights.Tensor.F32[p]);
            float scale = Scale(w);
            for (int k = 0; k < places.Length; k++)
                rounded[places[k]] = Round(w[k], scale);
        }
        return rounded;
    }

    // Never −0, which says no more.
    private float Round(float w, float scale) => w == 0 ? 0 : Type.Round(w / scale) * scale + 0f;

    /// <summary>From the scale at which the largest weight is the largest float, or the smallest scale that there is, to the double of that: the one of least squared error.</summary>
    private float Scale(float[] w)
    {
        float full = Math.Max(w.Max(Math.Abs) / Type.Largest, LeastScale), best = full;
        double least = double.PositiveInfinity;
        for (int i = 0; i < Candidates; i++)
        {
            float scale = (float)(Half)(full * (1 + (float)i / Candidates));
            double error = 0;
            foreach (float v in w)
                error += Square(v - Round(v, scale));
            if (error < least)
                (best, least) = (scale, error);
        }
        return best;

        static double Square(double x) => x * x;
    }
}

[Description("stores weights as floats of eight bits, four of exponent and three of fraction, times a float16 scale of their output; biases, tables and weights under 512 values that only: doesn't name as float16; computes in float32")]
internal sealed record StoreFloat8E4M3() : StoreFloat8(Float8Type.E4M3);

[Description("as fp8-e4m3fn, with five bits of exponent and two of fraction: for weights of very different magnitudes")]
internal sealed record StoreFloat8E5M2() : StoreFloat8(Float8Type.E5M2);

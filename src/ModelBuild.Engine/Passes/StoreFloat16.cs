using System.ComponentModel;

namespace ModelBuild.Engine;

/// <summary>
/// Rounds constants to what float16 can say. They stay float32 in the graph and in the kernels: the weights writer sees that nothing is lost by two bytes
/// each and stores them so.
/// </summary>
[Description("stores weights, biases and tables as float16, computes in float32")]
internal sealed record StoreFloat16 : Pass
{
    /// <summary>Below this a tensor is a parameter (an epsilon, an exponent), and nothing is to be saved.</summary>
    private const int Least = 32;

    public override bool Applies(Graph graph, Node node) => node.Inputs.Any(v => v.Length > 0 && graph.Constant(v) is { Element: ElementType.Float32 } t && Fits(t));

    public override Graph Apply(Graph graph, PassContext context) =>
        WeightTensors.With(graph, WeightTensors.All(graph, Nodes).Where(t => Fits(t.Tensor)).Select(t => (t, Array.ConvertAll(t.Tensor.F32.ToArray(), w => (float)(Half)w))));

    /// <summary>Whether the tensor's largest magnitude is among float16's normal numbers: larger ones become infinite, smaller ones lose digits.</summary>
    public static bool Fits(Tensor tensor)
    {
        if (tensor.Shape.Size < Least)
            return false;
        float largest = 0;
        foreach (float w in tensor.F32)
            largest = float.IsFinite(w) ? Math.Max(largest, Math.Abs(w)) : float.PositiveInfinity;
        return largest == 0 || (largest >= 6.103515625e-5f && largest <= (float)Half.MaxValue);
    }
}

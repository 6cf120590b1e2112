using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ModelBuild.Engine;

internal enum PruneScope
{
    /// <summary>The same share of every tensor.</summary>
    Local,

    /// <summary>The share of all tensors together: layers with many weights near zero lose more.</summary>
    Global,
}

[Description("sets the weights of smallest magnitude to zero; tensors under 2,048 values are left alone unless only: names them")]
internal sealed record Prune(
    [Description("the share of the weights that become zero"), Range(0.0, 1.0)] double Sparsity,
    [Description("the share is of each tensor, or of all together, each measured against its own root mean square")] PruneScope Scope = PruneScope.Local) : Pass
{
    public override bool Applies(Graph graph, Node node) => WeightTensors.Has(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        WeightTensor[] tensors = [.. WeightTensors.Of(graph, Nodes).Where(t => t.Named || t.Tensor.Shape.Size >= WeightTensors.Small)];
        IEnumerable<WeightTensor[]> groups = Scope == PruneScope.Global ? [tensors] : tensors.Select(t => new[] { t });
        return WeightTensors.With(graph, groups.SelectMany(Zero));
    }

    /// <summary>The weights of a group of tensors, the smallest ones zero; of equal ones, those that come first.</summary>
    private IEnumerable<(WeightTensor, float[])> Zero(WeightTensor[] group)
    {
        float[][] weights = [.. group.Select(t => t.Tensor.F32.ToArray())];
        int[] starts = [.. weights.Select((_, i) => weights.Take(i).Sum(w => w.Length))];
        // Positive floats order as their bits do; the place behind them decides between equal ones.
        var order = new ulong[weights.Sum(w => w.Length)];
        for (int tensor = 0; tensor < weights.Length; tensor++)
        {
            double scale = group.Length == 1 ? 1 : Scale(weights[tensor]);
            for (int i = 0; i < weights[tensor].Length; i++)
            {
                // What isn't a number sorts last.
                uint score = BitConverter.SingleToUInt32Bits((float)(Math.Abs(weights[tensor][i]) * scale)) & 0x7fffffff;
                order[starts[tensor] + i] = (ulong)score << 32 | (uint)(starts[tensor] + i);
            }
        }
        Array.Sort(order);
        // Never more than was asked for; the last digits of a decimal share (0.3 of 10) aren't the user's.
        int zeros = (int)Math.Min(order.Length, Math.Floor(Sparsity * order.Length + 1e-6));
        foreach (ulong least in order.AsSpan(0, zeros))
        {
            int place = (int)(uint)least, tensor = Array.FindLastIndex(starts, s => s <= place);
            weights[tensor][place - starts[tensor]] = 0;
        }
        return group.Select((t, i) => (t, weights[i]));
    }

    /// <summary>One over the root mean square, summed in one order.</summary>
    private static double Scale(float[] weights)
    {
        double sum = 0;
        foreach (float w in weights)
            sum += (double)w * w;
        return sum > 0 && double.IsFinite(sum) ? Math.Sqrt(weights.Length / sum) : 1;
    }
}

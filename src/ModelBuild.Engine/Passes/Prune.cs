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

internal enum PruneStructure
{
    /// <summary>Each weight for itself.</summary>
    Unstructured,

    /// <summary>Those of some outputs in a row, for one input, together.</summary>
    Block,
}

[Description("sets the weights of smallest magnitude to zero; tensors under 2,048 values are left alone unless only: names them")]
internal sealed record Prune(
    [Description("the share of the weights that become zero"), Range(0.0, 1.0)] double Sparsity,
    [Description("the share is of each tensor, or of all together, each measured against its own root mean square")] PruneScope Scope = PruneScope.Local,
    [Description("single weights, or blocks of them: rows outputs in a row × one input, by their mean magnitude")] PruneStructure Structure = PruneStructure.Unstructured,
    [Description("outputs of a block: 4, 8, 16 or 32 are what kernels gain by"), Range(1, 1024)] int Rows = 4) : Pass
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
        WeightBlocks[] blocks = [.. group.Select(t => WeightBlocks.Of(t, Structure == PruneStructure.Block ? Rows : 1))];
        int[] starts = [.. blocks.Select((_, i) => blocks.Take(i).Sum(b => b.Count))];
        // Positive floats order as their bits do; the place behind them decides between equal ones.
        var order = new ulong[blocks.Sum(b => b.Count)];
        for (int tensor = 0; tensor < weights.Length; tensor++)
        {
            double scale = group.Length == 1 ? 1 : Scale(weights[tensor]);
            for (int i = 0; i < blocks[tensor].Count; i++)
            {
                // What isn't a number sorts last.
                uint score = BitConverter.SingleToUInt32Bits((float)(blocks[tensor].Magnitude(i, weights[tensor]) * scale)) & 0x7fffffff;
                order[starts[tensor] + i] = (ulong)score << 32 | (uint)(starts[tensor] + i);
            }
        }
        Array.Sort(order);
        // Never more than was asked for; the last digits of a decimal share (0.3 of 10) aren't the user's.
        long zeros = (long)Math.Floor(Sparsity * weights.Sum(w => (long)w.Length) + 1e-6);
        foreach (ulong least in order)
        {
            int place = (int)(uint)least, tensor = Array.FindLastIndex(starts, s => s <= place);
            int block = place - starts[tensor];
            if ((zeros -= blocks[tensor].Size(block)) < 0)
                break;
            blocks[tensor].Clear(block, weights[tensor]);
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

/// <summary>
/// A tensor [.., <paramref name="length"/>, <paramref name="inner"/>] cut into blocks of <paramref name="rows"/> neighbours on its axis of outputs, the last ones smaller
/// where it doesn't come out even.
/// </summary>
internal readonly struct WeightBlocks(int size, int length, int inner, int rows)
{
    private readonly int _each = (length + rows - 1) / rows;

    public static WeightBlocks Of(WeightTensor weights, int rows)
    {
        Shape shape = weights.Tensor.Shape;
        return new(shape.Size, shape[weights.Axis], shape.Skip(weights.Axis + 1).Aggregate(1, (a, b) => a * b), rows);
    }

    public int Count => size / (length * inner) * _each * inner;

    public int Size(int block) => Math.Min(rows, length - block / inner % _each * rows);

    /// <summary>The mean of the absolute values.</summary>
    public double Magnitude(int block, float[] weights)
    {
        double sum = 0;
        for (int i = 0; i < Size(block); i++)
            sum += Math.Abs(weights[Start(block) + i * inner]);
        return sum / Size(block);
    }

    public void Clear(int block, float[] weights)
    {
        for (int i = 0; i < Size(block); i++)
            weights[Start(block) + i * inner] = 0;
    }

    private int Start(int block) => (block / (_each * inner) * length + block / inner % _each * rows) * inner + block % inner;
}

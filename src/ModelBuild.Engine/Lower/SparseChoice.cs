using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>
/// Sparse or dense, for weights of which a part is zero: <paramref name="Zeros"/> is the share of the blocks of <paramref name="Rows"/> outputs (of one input)
/// that are all zero, <paramref name="BreakEven"/> the share from which on the sparse kernel is the faster one.
/// </summary>
internal sealed record SparseChoice(int Rows, double Zeros, double BreakEven)
{
    /// <summary>With fewer zeros there is nothing to choose.</summary>
    private const double LeastZeros = 0.05;

    /// <summary>Fewer weights aren't worth a second form.</summary>
    private const int LeastWeights = 1024;

    /// <summary>The share of the zeros that blocks have to hold for the zeros to be in blocks.</summary>
    private const double MostlyBlocks = 0.9;

    /// <summary>What it takes to gather an element of channels-last x, and to bring one of y from planes to channels last, in multiply-accumulates of the dense kernel.</summary>
    private const double Gather = 6, Copy = 10;

    /// <summary>
    /// Where both kernels took equally long on one core of an AMD EPYC (Zen 5, 512-bit registers), by outputs of a block, for images of at least so many
    /// pixels that lie in planes. The first row that fits counts.
    /// </summary>
    private static readonly (int Rows, int Pixels, double BreakEven)[] Table =
    [
        (1, 128, 0.48), (1, 32, 0.58), (1, 16, 0.75), (1, 8, 0.85), (1, 1, 0.92),
        (2, 128, 0.28), (2, 32, 0.38), (2, 16, 0.60), (2, 8, 0.75),
        (4, 128, 0.12), (4, 32, 0.28), (4, 16, 0.50), (4, 8, 0.65), (4, 1, 0.82),
    ];

    public bool IsSparse => Zeros >= BreakEven;

    /// <summary>Why, for readers of the plan and the report.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Zeros * 100:0.#} % zeros{(Rows > 1 ? $" in {Rows}×1 blocks" : "")} {(IsSparse ? "≥" : "<")} {Math.Min(BreakEven, 1) * 100:0.#} % break-even: {(IsSparse ? "sparse" : "dense")}");

    /// <summary>The best choice for weights [outputs, depth] over some pixels; null where they have no zeros to speak of.</summary>
    /// <param name="weights">Row by row.</param>
    /// <param name="outputs">Rows of the weights.</param>
    /// <param name="depth">Columns of the weights.</param>
    /// <param name="pixels">Of an image.</param>
    /// <param name="gathers">Whether x has channels last.</param>
    /// <param name="copies">Whether y is read with channels last.</param>
    public static SparseChoice? Of(ReadOnlySpan<float> weights, int outputs, int depth, int pixels, bool gathers, bool copies)
    {
        if (weights.Length < LeastWeights || weights.Count(0f) < LeastZeros * weights.Length)
            return null;
        double moves = Math.Min(1, ((gathers ? Gather / outputs : 0) + (copies ? Copy / depth : 0)));
        var choices = new List<SparseChoice>();
        foreach (int rows in (int[])[1, 2, 4])
        {
            if (outputs % rows != 0)
                continue;
            double even = Table.FirstOrDefault(t => t.Rows == rows && pixels >= t.Pixels) is { Rows: > 0 } found ? found.BreakEven : 1;
            choices.Add(new SparseChoice(rows, Zero(weights, outputs, depth, rows), 1 - (1 - even) * (1 - moves)));
        }
        // Where none pays, that of the blocks that the zeros form.
        return choices.Where(c => c.IsSparse).MinBy(c => c.Time) ?? choices.Last(c => c.Zeros >= MostlyBlocks * choices[0].Zeros);
    }

    // Of the dense kernel's, about.
    private double Time => BreakEven < 1 ? (1 - Zeros) / (1 - BreakEven) : 0;

    private static double Zero(ReadOnlySpan<float> weights, int outputs, int depth, int rows)
    {
        int zero = 0;
        for (int block = 0; block < outputs; block += rows)
        for (int k = 0; k < depth; k++)
        {
            int row = block;
            while (row < block + rows && weights[row * depth + k] == 0)
                row++;
            zero += row == block + rows ? 1 : 0;
        }
        return (double)zero * rows / weights.Length;
    }
}

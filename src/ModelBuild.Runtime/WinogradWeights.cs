using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>What becomes of decoded weights.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum WeightsForm
{
    /// <summary>As they are stored.</summary>
    Same,

    /// <summary>Frequencies of 3×3 filters for F(2×2, 3×3).</summary>
    Winograd2,

    /// <summary>Frequencies of 3×3 filters for F(4×4, 3×3).</summary>
    Winograd4,

    /// <summary>The same of s8 filters for F(2×2, 3×3), as int16, without the fractions.</summary>
    Winograd2I16,

    /// <summary>The same of s8 filters for F(4×4, 3×3), as int16, without the fractions.</summary>
    Winograd4I16,

    /// <summary>What the sparse kernel reads, of weights whose layout the decoder knows.</summary>
    Sparse,
}

/// <summary>Filters g to frequencies G g Gᵀ, by Winograd's minimal filtering (Lavin and Gray 2016). [tap of 3×3][any] becomes [frequency][any].</summary>
internal static class WinogradWeights
{
    private static readonly double[][] s_two = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]];

    private static readonly double[][] s_four =
        [[1 / 4.0, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1]];

    // G without fractions.
    private static readonly int[][] s_twoWhole = [[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]];

    private static readonly int[][] s_fourWhole = [[1, 0, 0], [-1, -1, -1], [-1, 1, -1], [1, 2, 4], [1, -2, 4], [0, 0, 1]];

    /// <summary>How many frequencies so many elements of filters have.</summary>
    public static int Elements(WeightsForm form, int elements) => checked(elements / 9 * (form is WeightsForm.Winograd2 or WeightsForm.Winograd2I16 ? 16 : 36));

    public static void Write(WeightsForm form, ReadOnlySpan<sbyte> filters, Span<short> frequencies)
    {
        int[][] g = form == WeightsForm.Winograd2I16 ? s_twoWhole : s_fourWhole;
        int side = g.Length, count = filters.Length / 9;
        Span<int> columns = stackalloc int[6 * 3];
        for (int i = 0; i < count; i++)
        {
            for (int f = 0; f < side; f++)
            {
                for (int k = 0; k < 3; k++)
                    columns[f * 3 + k] = g[f][0] * filters[k * count + i] + g[f][1] * filters[(3 + k) * count + i] + g[f][2] * filters[(6 + k) * count + i];
            }
            for (int f = 0; f < side * side; f++)
            {
                ReadOnlySpan<int> row = columns.Slice(f / side * 3, 3);
                frequencies[f * count + i] = (short)(row[0] * g[f % side][0] + row[1] * g[f % side][1] + row[2] * g[f % side][2]);
            }
        }
    }

    public static void Write(WeightsForm form, ReadOnlySpan<float> filters, Span<float> frequencies)
    {
        double[][] g = form == WeightsForm.Winograd2 ? s_two : s_four;
        int side = g.Length, count = filters.Length / 9;
        Span<double> columns = stackalloc double[6 * 3];
        for (int i = 0; i < count; i++)
        {
            for (int f = 0; f < side; f++)
            {
                for (int k = 0; k < 3; k++)
                    columns[f * 3 + k] = g[f][0] * filters[k * count + i] + g[f][1] * filters[(3 + k) * count + i] + g[f][2] * filters[(6 + k) * count + i];
            }
            for (int f = 0; f < side * side; f++)
            {
                ReadOnlySpan<double> row = columns.Slice(f / side * 3, 3);
                frequencies[f * count + i] = (float)(row[0] * g[f % side][0] + row[1] * g[f % side][1] + row[2] * g[f % side][2]);
            }
        }
    }
}

namespace ModelBuild.Engine;

/// <summary>Products of matrices with constant weights of which many are zero: the sparse kernel, where the rows of x are pixels.</summary>
internal static class SparseProducts
{
    /// <summary>Whether the product was lowered, with the clamp after <paramref name="value"/>. Says why, where there was a choice.</summary>
    /// <param name="lowering">Where calls go.</param>
    /// <param name="value">The product, with its bias.</param>
    /// <param name="x">Row-major, [rows, depth].</param>
    /// <param name="weights">[depth, columns], or [columns, depth] if <paramref name="transposed"/>.</param>
    /// <param name="transposed">Which of the two.</param>
    /// <param name="depth">Elements of a row of x.</param>
    /// <param name="columns">Elements of a row of the product.</param>
    /// <param name="channels">As a layout has them.</param>
    /// <param name="bias">One for each column, or none.</param>
    public static bool TryLower(Lowering lowering, string value, View x, ReadOnlySpan<float> weights, bool transposed, int depth, int columns, int channels, View? bias)
    {
        float[] w = transposed ? weights.ToArray() : Transposed(weights, depth, columns);
        int rows = x.Shape.Size / depth;
        if (SparseChoice.Of(w, columns, depth, rows, gathers: rows > 1, copies: rows > 1) is not { } choice)
            return false;
        lowering.Choose(choice);
        if (!choice.IsSparse)
            return false;
        var (result, lo, hi) = lowering.AbsorbClamp(value);
        View y = lowering.Write(result, Layout.RowMajor);
        // The product of one row lies as it should; that of more is in planes, one a column.
        View planes = rows == 1 ? y : lowering.Allocate(new(ElementType.Float32, [1, columns, rows]), Layout.Planes);
        int plane = rows == 1 ? 1 : planes.Strides[1];
        lowering.Emit("SparseConvF32F32", ("x", x), ("weights", lowering.PlaceSparse(w, columns, depth, choice.Rows, channels)), ("bias", bias), ("residual", null), ("y", planes),
            ("images", 1), ("pixels", rows), ("outputs", columns), ("depth", depth), ("rows", choice.Rows), ("xImage", 0), ("xPixel", depth), ("xChannel", 1),
            ("yImage", 0), ("yChannel", plane), ("residualImage", 0), ("residualChannel", 0), ("lo", lo), ("hi", hi));
        if (rows > 1)
            lowering.Copy(planes.At(0, 0).Permute(new([1, 0])), y with { Type = y.Type with { Shape = [rows, columns] }, Strides = new([columns, 1]) });
        return true;
    }

    private static float[] Transposed(ReadOnlySpan<float> matrix, int depth, int columns)
    {
        var rows = new float[matrix.Length];
        for (int i = 0; i < rows.Length; i++)
            rows[i % columns * depth + i / columns] = matrix[i];
        return rows;
    }
}

namespace ModelBuild.Engine;

/// <summary>
/// A product with constant weights as a matrix times vectors: y[r] = Σk w[r, k]·x[k] + b[r] for each patch of the input, group by group. What the solver of weights
/// asks of an operator; nothing else is needed to prune, quantize or palettize it.
/// </summary>
internal abstract record PatchProduct(int Groups, int Rows, int Depth)
{
    /// <summary>Patches of one sample, the same for all groups.</summary>
    public abstract int Patches { get; }

    /// <summary>Whether the operator has room for a bias, its third input.</summary>
    public abstract bool TakesBias { get; }

    /// <summary>The axis that counts channels, of what is read and of what is made.</summary>
    public abstract int Axis(int rank);

    /// <summary>Where weight [group, row, k] lies in the tensor.</summary>
    public abstract int Weight(int group, int row, int k);

    /// <summary>Where output [patch, group, row] lies in the tensor.</summary>
    public abstract int Output(int patch, int group, int row);

    /// <summary>The input of one patch, all groups: [group][k].</summary>
    public abstract void Unfold(ReadOnlySpan<float> x, int patch, Span<float> to);
}

/// <summary>Rows of the last axis times a matrix [K, N], or its transpose.</summary>
internal sealed record MatrixPatches(int Count, int Columns, int Length, bool Transposed, bool Biased) : PatchProduct(1, Columns, Length)
{
    public override bool TakesBias => Biased;

    public override int Axis(int rank) => rank - 1;

    public override int Patches => Count;

    public override int Weight(int group, int row, int k) => Transposed ? row * Depth + k : k * Rows + row;

    public override int Output(int patch, int group, int row) => patch * Rows + row;

    public override void Unfold(ReadOnlySpan<float> x, int patch, Span<float> to) => x.Slice(patch * Depth, Depth).CopyTo(to);
}

/// <summary>A window over images [N, C, H, W]; k counts channels, then lines and columns of the kernel.</summary>
internal sealed record WindowPatches(Shape X, Shape Y, Shape W, int Group, Ints Strides, Ints Dilations, Ints Begins)
    : PatchProduct(Group, W[0] / Group, W[1] * W[2] * W[3])
{
    public override bool TakesBias => true;

    public override int Axis(int rank) => 1;

    public override int Patches => Y[0] * Y[2] * Y[3];

    public override int Weight(int group, int row, int k) => (group * Rows + row) * Depth + k;

    public override int Output(int patch, int group, int row)
    {
        int pixels = Y[2] * Y[3];
        return (patch / pixels * Y[1] + group * Rows + row) * pixels + patch % pixels;
    }

    public override void Unfold(ReadOnlySpan<float> x, int patch, Span<float> to)
    {
        int pixels = Y[2] * Y[3], image = patch / pixels, top = patch % pixels / Y[3] * Strides[0] - Begins[0], left = patch % Y[3] * Strides[1] - Begins[1], at = 0;
        for (int c = 0; c < X[1]; c++)
        {
            ReadOnlySpan<float> plane = x.Slice((image * X[1] + c) * X[2] * X[3], X[2] * X[3]);
            for (int i = 0; i < W[2]; i++)
            {
                int row = top + i * Dilations[0];
                for (int j = 0; j < W[3]; j++, at++)
                {
                    int column = left + j * Dilations[1];
                    to[at] = (uint)row < (uint)X[2] && (uint)column < (uint)X[3] ? plane[row * X[3] + column] : 0;
                }
            }
        }
    }
}

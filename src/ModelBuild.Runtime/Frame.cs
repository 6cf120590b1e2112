using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>What one call of <c>Run</c> works on: its arena, the model's weights and the expanded block. Addresses are bytes from the start of each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Frame
{
    private readonly byte* _scratch, _weights, _expanded;

    internal Frame(byte* scratch, byte* weights, byte* expanded)
    {
        _scratch = scratch;
        _weights = weights;
        _expanded = expanded;
    }

    public Place Scratch(int offset) => new(_scratch + offset);

    public Place Weights(int offset) => new(_weights + offset);

    public Place Expanded(int offset) => new(_expanded + offset);
}

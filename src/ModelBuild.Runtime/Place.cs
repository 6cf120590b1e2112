using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>An address in the arena, the weights or the expanded block. Opaque, so that generated code needs no unsafe context.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Place
{
    internal readonly byte* Address;

    internal Place(byte* address) => Address = address;

    internal bool IsNone => Address == null;

    internal float* F32 => (float*)Address;
}

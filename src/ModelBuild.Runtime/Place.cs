using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>An address in the arena, the weights or the expanded block. Opaque, so that generated code needs no unsafe context; <c>default</c> is an absent operand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Place
{
    internal readonly byte* Address;

    internal Place(byte* address) => Address = address;

    internal float* F32 => (float*)Address;

    internal int* I32 => (int*)Address;

    internal long* I64 => (long*)Address;
}

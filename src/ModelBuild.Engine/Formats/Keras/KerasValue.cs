namespace ModelBuild.Engine;

/// <summary>
/// A tensor between layers. Keras has channels last, the graph has them first; what a convolution gives stays as the graph has it (<see cref="Planes"/>) for as
/// long as layers don't care, so that transposes stand only where a layer needs Keras's own order (<see cref="Plain"/>). Either is made of the other once, when
/// it is asked for.
/// </summary>
internal sealed class KerasValue
{
    /// <summary>The value in Keras's order of axes; null while only the other exists.</summary>
    public string? Plain { get; set; }

    /// <summary>The value with the last axis behind the first; null while only the other exists.</summary>
    public string? Planes { get; set; }

    /// <summary>Whether some steps of some samples don't count, which only layers that look at each step alone can ignore.</summary>
    public bool Masked { get; init; }
}

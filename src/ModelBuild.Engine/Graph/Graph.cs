using System.Collections.Immutable;

namespace ModelBuild.Engine;

/// <summary>An operator at work: names of the values it reads ("" where an optional one is absent) and writes.</summary>
internal sealed record Node(string Name, Op Op, EquatableArray<string> Inputs, EquatableArray<string> Outputs)
{
    public override string ToString() => $"{Op.Name} '{Name}'";
}

/// <summary>
/// A model, as ONNX means it: NCHW, explicit pads, no fused activations. Immutable; nodes are in an order in which each reads only what came
/// before. All shapes are static: a leading symbolic axis is <see cref="Batch"/>, and one sample long here.
/// </summary>
internal sealed record Graph(
    string Name,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    ImmutableArray<Node> Nodes,
    ImmutableDictionary<string, Tensor> Constants,
    ImmutableDictionary<string, TensorType> Types,
    bool Batch)
{
    /// <summary>The names of nodes whose constants are stored by their entropy.</summary>
    public ImmutableHashSet<string> Coded { get; init; } = [];

    /// <summary>The names of nodes that further steps of the recipe leave as they are.</summary>
    public ImmutableHashSet<string> Kept { get; init; } = [];

    public Tensor? Constant(string value) => Constants.GetValueOrDefault(value);
}

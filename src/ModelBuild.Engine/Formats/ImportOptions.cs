namespace ModelBuild.Engine;

/// <summary>What an import may be told: lengths of symbolic dimensions, inputs that are to be constants, and whole shapes of inputs, whatever the file says of them.</summary>
internal sealed record ImportOptions(IReadOnlyDictionary<string, int> Dimensions, IReadOnlyDictionary<string, Tensor> Bound, IReadOnlyDictionary<string, Shape>? Shapes = null)
{
    public static ImportOptions None { get; } = new(new Dictionary<string, int>(), new Dictionary<string, Tensor>());
}

using System.ComponentModel;
using ModelBuild.Generated;

namespace ModelBuild;

/// <summary>Where a generated class comes from, and what it costs.</summary>
public sealed class ModelInfo
{
    private readonly ModelWeights _weights;

    [EditorBrowsable(EditorBrowsableState.Never)]
    public ModelInfo(ModelWeights weights) => _weights = weights;

    /// <summary>The model file that was compiled: its name without folders.</summary>
    public required string SourceFile { get; init; }

    /// <summary>The SHA-256 of the model file, in hexadecimal.</summary>
    public required string SourceHash { get; init; }

    /// <summary>The version of ModelBuild that compiled it.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The steps that compressed it; empty where it was only simplified.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>Bytes of the weights inside the assembly.</summary>
    public required int WeightsBytes { get; init; }

    /// <summary>Bytes that stored forms expand to, once per process.</summary>
    public required int ExpandedBytes { get; init; }

    /// <summary>Bytes of scratch memory for each call that is under way at the same time.</summary>
    public required int ScratchBytes { get; init; }

    /// <summary>Top-1 accuracy of the model file on the evaluation data, 0 to 1; null where there was none.</summary>
    public double? AccuracyBefore { get; init; }

    /// <summary>Top-1 accuracy of the compressed model, as it runs here.</summary>
    public double? AccuracyAfter { get; init; }

    /// <summary>Everything that the build noted about the model, in its order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>Hashes the weights and says whether they are, to the byte, those that the class was generated for. Construction checks only their length and id.</summary>
    /// <exception cref="InvalidOperationException">The weights are missing, or belong to another build.</exception>
    public bool Verify() => _weights.Open().Verify();
}

namespace ModelBuild.Engine;

/// <summary>The integer end of a group: <paramref name="Nodes"/> are its clamp, if any, and its quantization; bounds are integers.</summary>
internal sealed record QuantizedEnd(string Value, Quantization As, int Lo, int Hi, IReadOnlyList<Node> Nodes);

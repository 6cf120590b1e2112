namespace ModelBuild.Engine;

/// <summary>What lowering yields.</summary>
internal sealed record Lowered(EquatableArray<PlanCall> Calls, EquatableArray<PlanExpansion> Expansions, int ExpandedBytes, WeightsWriter Weights, int ScratchBytes, EquatableArray<string> Choices);

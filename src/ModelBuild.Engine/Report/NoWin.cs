namespace ModelBuild.Engine;

/// <summary>
/// Steps that gain nothing: of each, the layers that it changed and that end with as many bytes and in the same kernel as they would without it. Numbers stay as the step made them; who wrote the
/// recipe is told.
/// </summary>
internal static class NoWin
{
    /// <param name="results">The model before the first step, then after each.</param>
    public static IEnumerable<Diagnostic> Of(RecipeRun run, IReadOnlyList<BoundStep> steps, IReadOnlyList<StepResult> results)
    {
        for (int s = 0; s < steps.Count; s++)
        {
            string[] changed = steps[s].Pass.Shrinks ? [.. results[s].Layers.Select(l => l.Name).Distinct().Where(l => Differs(results[s].Graph, results[s + 1].Graph, l))] : [];
            if (changed.Length == 0)
                continue;
            bool last = s == steps.Count - 1;
            BoundStep[] others = [.. steps.Where((_, i) => i != s)];
            var losers = Losers(changed, results[^1].Layers, last ? results[s].Layers : run.Layers(others, quick: true));
            // What is said is what the other steps really give.
            if (losers.Count > 0 && !last)
                losers = Losers([.. losers.Select(l => l.Layer)], results[^1].Layers, run.Layers(others, quick: false));
            if (losers.Count > 0)
                yield return Diagnostics.NoWin(steps[s].Source, steps[s].Step.At, steps[s].Text, losers, changed.Length, steps[s].Pass.IsLossy);
        }
    }

    private static List<(string Layer, long With, long Without)> Losers(string[] changed, IReadOnlyList<ReportLayer> with, IReadOnlyList<ReportLayer>? without)
    {
        var losers = new List<(string, long, long)>();
        foreach (string layer in without == null ? [] : changed)
        {
            ReportLayer[] one = [.. with.Where(l => l.Name == layer)], other = [.. without!.Where(l => l.Name == layer)];
            if (one.Length > 0 && one.Length == other.Length && one.Sum(l => l.Bytes) >= other.Sum(l => l.Bytes) && one.Zip(other).All(p => p.First.Kernel == p.Second.Kernel && p.First.Macs >= p.Second.Macs))
                losers.Add((layer, one.Sum(l => (long)l.Bytes), other.Sum(l => (long)l.Bytes)));
        }
        return losers;
    }

    private static bool Differs(Graph before, Graph after, string layer) =>
        LayerWeights.Of(before, layer) is { } one && LayerWeights.Of(after, layer) is { } other && (!one.AsSpan().SequenceEqual(other) || before.Coded.Contains(layer) != after.Coded.Contains(layer));
}

using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>Results of <c>verify</c> as lines, as a table and as JSON.</summary>
internal static class CaseText
{
    /// <summary><c>PASS test_reshape bound: shape</c>.</summary>
    public static string Line(CaseResult result) => string.Join(" ", new[] { Word(result), result.Name, result.Bound.Count == 0 ? "" : $"bound: {string.Join(", ", result.Bound)}", result.Reason }.Where(w => w.Length > 0));

    public static string Summary(IReadOnlyCollection<CaseResult> results) =>
        $"{Count(results, Verdict.Pass)} passed, {Count(results, Verdict.Fail)} failed, {Count(results, Verdict.Unsupported)} unsupported";

    public static string Table(IEnumerable<CaseResult> results) =>
        string.Concat(results.Select(r => $"{Word(r)}\t{r.Name}\t{string.Join(", ", r.Bound)}\t{r.Reason}\n"));

    public static object ForJson(IReadOnlyCollection<CaseResult> results) => new
    {
        Passed = Count(results, Verdict.Pass),
        Failed = Count(results, Verdict.Fail),
        Unsupported = Count(results, Verdict.Unsupported),
        Cases = results.Select(r => new { r.Name, Verdict = Word(r), r.Bound, r.Reason }),
    };

    private static int Count(IEnumerable<CaseResult> results, Verdict verdict) => results.Count(r => r.Verdict == verdict);

    private static string Word(CaseResult result) => result.Verdict.ToString().ToUpperInvariant();
}

using System.Text.RegularExpressions;
using ModelBuild.Benchmarks;

namespace ModelBuild.Engine.Tests;

/// <summary>The README's tables are those of the code; <c>UPDATE_GOLDENS=1</c> writes them.</summary>
[TestClass]
public partial class ReadmeTests
{
    private static readonly string File = Path.Combine(Fixtures.Repository, "README.md");

    [TestMethod]
    public void Tables_SayWhatTheCodeDoes()
    {
        string text = System.IO.File.ReadAllText(File), expected = Table().Replace(text, m => $"{m.Groups[1].Value}\n{Rows(m.Groups[2].Value) ?? m.Groups[3].Value}{m.Groups[4].Value}");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
            System.IO.File.WriteAllText(File, expected);
        else
            Assert.AreEqual(expected, text);
    }

    [TestMethod]
    public void TheSpeedTable_IsOfCommittedResults()
    {
        if (!Results.Files.Any())
            Assert.Inconclusive("no results are committed: 'models --write' of ModelBuild.Benchmarks makes them");
        Assert.Contains("<!-- table: speed -->", System.IO.File.ReadAllText(File));
    }

    [TestMethod]
    public void EveryDiagnostic_HasItsPlace()
    {
        string readme = System.IO.File.ReadAllText(File);
        string[] sources = [.. new[] { "src", "build" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, f), "*", SearchOption.AllDirectories))
            .Where(f => Path.GetExtension(f) is ".cs" or ".targets" or ".props" && !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"))];
        string[] ids = [.. sources.SelectMany(f => Id().Matches(System.IO.File.ReadAllText(f))).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.IsGreaterThan(40, ids.Length);
        CollectionAssert.AreEqual(Array.Empty<string>(), ids.Where(id => !readme.Contains($"<a id=\"{id.ToLowerInvariant()}\"></a>{id}", StringComparison.Ordinal)).ToArray());
    }

    /// <summary>A table's text; null where what is there stays.</summary>
    private static string? Rows(string table) => table switch
    {
        "steps" => Lines("step | key | values | default | what it does", PassTable.Rows.SelectMany(row => new[] { $"`{row.Title}` | | | | {row.Doc}" }
            .Concat(row.Parameters.Select(p => $"| `{p.Key}` | {p.Valid} | {(p.DefaultText.Length == 0 ? "" : $"`{p.DefaultText}`")} | {p.Doc}")))
            .Concat(PassRow.Common.Select(p => $"every step | `{p.Key}` | {p.Valid} | | {p.Doc}"))),
        "recipes" => Lines("name | steps | for", RecipeTable.BuiltIn.Select(r => $"`{r.Name}` | `{r.Steps.Replace("|", "\\|")}` | {r.Doc}")),
        "tflite" => string.Join(", ", TFLiteOperators.All.Select(o => o.Name)) + ".\n",
        "operators" => string.Join(", ", OnnxOperators.All.Select(o => o.Name)) + ".\n",
        "layers" => string.Join(", ", KerasLayers.All.Where(l => l.Read != null && !l.TrainingOnly && !l.Class.StartsWith("ops.", StringComparison.Ordinal)).Select(l => l.Class).Prepend("InputLayer").Order(StringComparer.Ordinal)) + ".\n",
        "formats" => Lines("format | names end in | what is read", ModelFormat.Table.Select(f => $"{f.Name} | {string.Join(", ", f.Extensions.Select(e => $"`{e}`"))} | {f.Doc}")),
        "diagnostics" => Lines("ID | what is wrong | it says", Diagnostics.Table.Select(d => $"<a id=\"{d.Id.ToLowerInvariant()}\"></a>{d.Id} | {d.Title} | {d.Format.Replace("|", "\\|").Replace("<", "&lt;")}")),
        "speed" => Results.Files.Any() ? string.Join("\n", Results.Files.Select(f => SpeedTable.Of(Results.Read(f)))) : null,
        _ => throw new ArgumentException(table),
    };

    private static string Lines(string head, IEnumerable<string> rows) =>
        $"| {head} |\n|{string.Concat(head.Split('|').Select(_ => "---|"))}\n{string.Concat(rows.Select(r => $"| {r} |\n"))}";

    [GeneratedRegex(@"(<!-- table: (\w+) -->)\n((?:(?!<!--).*\n)*)(<!-- end -->)")]
    private static partial Regex Table();

    [GeneratedRegex("MB[0-9]{4}")]
    private static partial Regex Id();
}

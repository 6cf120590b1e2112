namespace ModelBuild.Benchmarks;

/// <summary>A model compiled in one way: a row of the results.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Recipe">How it is compiled, in words.</param>
/// <param name="Arguments">What <c>modelbuild bench</c> is told, but for threads.</param>
/// <param name="Missing">The first file that it needs and that isn't there; else empty.</param>
internal sealed record ModelCase(string Model, string Recipe, string[] Arguments, string Missing)
{
    private const string Int8 = "quantize(int8)";

    /// <summary>What is measured beyond every model in float and in int8.</summary>
    private static readonly (string Model, string Recipe, string Numerics)[] s_more =
    [
        ("--builtin resnet18", "", "Strict"), ("--builtin resnet18", "", "Fast"),
        ("--builtin pointwise", "prune(80%)", ""), ("--builtin pointwise", "prune(90%)", ""), ("--builtin pointwise", "prune(80%, structure: block)", ""),
    ];

    public static IReadOnlyList<ModelCase> All { get; } =
        [.. BenchModel.All.SelectMany(m => new[] { ("", ""), (Int8, "") }.Concat(s_more.Where(v => v.Model == m.Name).Select(v => (v.Recipe, v.Numerics))).Select(v => Of(m, v.Item1, v.Item2)))];

    public string Name => $"{Model} {Recipe}";

    private static ModelCase Of(BenchModel model, string recipe, string numerics)
    {
        (string Option, string Value)[] options =
        [
            ("--recipe", recipe), ("--numerics", numerics), ("--calibration", model.Calibration), ("--scale", model.Scale), ("--mean", model.Mean), ("--std", model.Std), ("--dimensions", model.Dimensions),
        ];
        string[] source = model.Name.StartsWith("--builtin ", StringComparison.Ordinal) ? model.Name.Split(' ') : [model.File];
        string words = string.Join(", ", new[] { recipe.Length > 0 ? recipe : "float", numerics }.Where(w => w.Length > 0));
        string? missing = new[] { model.File, model.Calibration.Split('[')[0] }.FirstOrDefault(f => f.Length > 0 && !File.Exists(f));
        return new(model.Name, words, [.. source, .. options.Where(o => o.Value.Length > 0).SelectMany(o => new[] { o.Option, o.Value })], missing ?? "");
    }
}

namespace ModelBuild.Engine;

/// <summary>Recipes by name: the project's and the built-in ones.</summary>
internal sealed class RecipeTable
{
    /// <summary>The recipes that need no declaration.</summary>
    public static readonly (string Name, string Steps, string Doc)[] BuiltIn =
    [
        ("Default", "quantize(int8)", "8-bit integers, with what helps accuracy"),
        ("Smallest", "quantize(int4, activations: int8, rate: 0.05) | encode()", "the fewest bytes at about the accuracy: weights of few bits chosen for their entropy"),
        ("Float16", "quantize(fp16)", "half the bytes, nearly the same numbers"),
    ];

    // Recipes that each name the next one twice would grow by powers of two.
    private const int MostExpanded = 1000;

    private readonly Dictionary<string, RecipeSource> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Site _site;
    private int _expanded;

    /// <exception cref="DiagnosticException">MB1005: a name that means something else.</exception>
    public RecipeTable(IReadOnlyDictionary<string, string> recipes, Site site)
    {
        _site = site;
        foreach (var (name, steps, _) in BuiltIn)
            _byName.Add(name, new RecipeSource(site, steps, name));
        foreach (var (name, steps) in recipes.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (!IsWord(name))
                throw Diagnostics.RecipeName(site, name, "a name is a letter, then letters, digits and '-'");
            if (PassTable.Rows.FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } row)
                throw Diagnostics.RecipeName(site, name, $"'{row.Name}' is a step; give the recipe another name");
            if (BuiltIn.Any(b => b.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw Diagnostics.RecipeName(site, name, "a recipe of this name is built in; give it another name");
            if (!_byName.TryAdd(name, new RecipeSource(site, steps, name)))
                throw Diagnostics.RecipeName(site, name, "another recipe's name differs only in case");
        }
    }

    /// <summary>The steps of a recipe, names replaced by what they stand for.</summary>
    public IEnumerable<(RecipeSource Source, Step Step)> Expand(string recipe) => Expand(new RecipeSource(_site, recipe, ""), []);

    private List<(RecipeSource, Step)> Expand(RecipeSource source, string[] within)
    {
        var steps = new List<(RecipeSource, Step)>();
        foreach (Step step in RecipeParser.Parse(source).Steps)
        {
            if (PassTable.Rows.Any(r => r.Name.Equals(step.Name, StringComparison.OrdinalIgnoreCase)))
            {
                steps.Add((source, step));
                continue;
            }
            if (!_byName.TryGetValue(step.Name, out RecipeSource? named))
                throw Diagnostics.RecipeStep(source, step.At, step.Name, PassTable.Rows.Select(r => r.Name).Distinct(), _byName.Keys.Order(StringComparer.OrdinalIgnoreCase));
            if (step.Arguments.Count > 0)
                throw Diagnostics.RecipeArgument(source, step.Arguments[0].At, step.Name, "a recipe takes no arguments");
            if (within.Contains(named.Name))
                throw Diagnostics.RecipeName(_site, named.Name, $"it contains itself: {string.Join(" → ", within.SkipWhile(n => n != named.Name).Append(named.Name))}");
            if (++_expanded > MostExpanded)
                throw Diagnostics.RecipeName(_site, named.Name, $"recipes that name recipes come to more than {MostExpanded} here");
            steps.AddRange(Expand(named, [.. within, named.Name]));
        }
        return steps;
    }

    private static bool IsWord(string name) => name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}

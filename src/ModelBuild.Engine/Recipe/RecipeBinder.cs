namespace ModelBuild.Engine;

/// <summary>Steps as written → passes, by the pass table.</summary>
internal static class RecipeBinder
{
    /// <summary>The passes of a request's recipe, in order; named recipes are replaced by their steps.</summary>
    /// <exception cref="DiagnosticException">MB1001 to MB1005.</exception>
    public static EquatableArray<BoundStep> Bind(CompileRequest request)
    {
        var recipes = new RecipeTable(request.Recipes ?? new Dictionary<string, string>(), request.Site);
        return new(recipes.Expand(request.Recipe).Select(step => Bind(step.Source, step.Step)));
    }

    private static BoundStep Bind(RecipeSource source, Step step)
    {
        var (row, arguments) = Row(source, step);
        PassParameter[] known = [.. row.Parameters, .. PassRow.Common];
        var values = new Dictionary<PassParameter, object>();
        foreach (Argument argument in arguments)
        {
            // A word that is the key of what is true or false says that it's true.
            PassParameter? flag = argument is { Key: "", Value: WordValue word } ? row.Parameters.FirstOrDefault(p => p.Type == typeof(bool) && p.Is(word.Text)) : null;
            if (argument.Key.Length == 0 && flag == null && !ReferenceEquals(argument, step.Arguments[0]))
                throw RecipeParser.NeedsKey(source, argument.At, argument.Value);
            PassParameter parameter = flag ?? (argument.Key.Length == 0
                ? row.Parameters.Count > 0 ? row.Parameters[0] : throw Diagnostics.RecipeArgument(source, argument.Value.At, row.Title, $"{argument.Value} needs a key: {Keys(known)}")
                : known.FirstOrDefault(p => p.Is(argument.Key))
                    ?? throw Diagnostics.RecipeArgument(source, argument.At, row.Title, $"there is no key '{argument.Key}'; keys: {Keys(known)}{Near.Hint(argument.Key, known.Select(p => p.Key))}"));
            object value = flag != null ? true : parameter.Read(argument.Value) ?? throw Wrong(source, row, parameter, argument);
            if (!values.TryAdd(parameter, value))
                throw Diagnostics.RecipeArgument(source, argument.At, row.Title, $"'{parameter.Key}' is given twice");
        }
        if (row.Parameters.FirstOrDefault(p => p.Required && !values.ContainsKey(p)) is { } missing)
            throw Diagnostics.RecipeArgument(source, step.At, row.Title, $"'{missing.Key}' is missing: {missing.Valid} ({missing.Doc})");
        Pass pass = row.Make(values);
        return pass.Conflict is { } conflict ? throw Diagnostics.RecipeArgument(source, step.At, row.Title, conflict) : new BoundStep(pass, step.ToString(), source, step);
    }

    private static (PassRow Row, IEnumerable<Argument> Arguments) Row(RecipeSource source, Step step)
    {
        PassRow[] rows = [.. PassTable.Rows.Where(r => r.Name.Equals(step.Name, StringComparison.OrdinalIgnoreCase))];
        PassRow? plain = rows.FirstOrDefault(r => r.Form.Length == 0);
        if (rows.Length == 1 && plain != null)
            return (plain, step.Arguments);
        Argument? first = step.Arguments.FirstOrDefault();
        if (first is { Key.Length: > 0 } && plain != null)
            return (plain, step.Arguments);
        // A word that is no form may be the plain form's first value.
        string[] valid = [.. rows.Where(r => r.Form.Length > 0).Select(r => r.Form), .. plain is { Parameters: [{ Type.IsEnum: true } values, ..] } ? values.Valid.Split(" or ") : []];
        if (first is not { Key: "", Value: WordValue word })
            throw Diagnostics.RecipeArgument(source, step.At, step.Name, $"the first argument says which: {string.Join(", ", valid.Distinct())}");
        if (rows.FirstOrDefault(r => r.Form.Equals(word.Text, StringComparison.OrdinalIgnoreCase)) is { } row)
            return (row, step.Arguments.Skip(1));
        return plain != null && valid.Contains(word.Text, StringComparer.OrdinalIgnoreCase)
            ? (plain, step.Arguments)
            : throw Diagnostics.RecipeValue(source, word.At, step.Name, $"'{word.Text}' is unknown; valid: {string.Join(", ", valid.Distinct())}{Near.Hint(word.Text, valid)}");
    }

    private static DiagnosticException Wrong(RecipeSource source, PassRow row, PassParameter parameter, Argument argument)
    {
        Value value = argument.Value;
        if (argument.Key.Length == 0 && parameter.Type == typeof(bool))
        {
            string[] flags = [.. row.Parameters.Where(p => p.Type == typeof(bool)).Select(p => p.Key)];
            return Diagnostics.RecipeValue(source, value.At, row.Title, $"{value} is unknown; valid: {string.Join(", ", flags)}{(value is WordValue wrong ? Near.Hint(wrong.Text, flags) : "")}");
        }
        string near = value is WordValue word && parameter.Type.IsEnum ? Near.Hint(word.Text, parameter.Valid.Split(" or ")) : "";
        return Diagnostics.RecipeValue(source, value.At, row.Title, $"'{parameter.Key}' is {parameter.Valid}, not {value}{near}");
    }

    private static string Keys(IEnumerable<PassParameter> parameters) => string.Join(", ", parameters.Select(p => p.Key));
}

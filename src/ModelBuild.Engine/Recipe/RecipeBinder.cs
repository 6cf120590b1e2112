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
            PassParameter parameter = argument.Key.Length == 0
                ? row.Parameters.Count > 0 ? row.Parameters[0] : throw Diagnostics.RecipeArgument(source, argument.Value.At, row.Title, $"{argument.Value} needs a key: {Keys(known)}")
                : known.FirstOrDefault(p => p.Key.Equals(argument.Key, StringComparison.OrdinalIgnoreCase))
                    ?? throw Diagnostics.RecipeArgument(source, argument.At, row.Title, $"there is no key '{argument.Key}'; keys: {Keys(known)}{Near.Hint(argument.Key, known.Select(p => p.Key))}");
            object value = parameter.Read(argument.Value) ?? throw Wrong(source, row, parameter, argument.Value);
            if (!values.TryAdd(parameter, value))
                throw Diagnostics.RecipeArgument(source, argument.At, row.Title, $"'{parameter.Key}' is given twice");
        }
        if (row.Parameters.FirstOrDefault(p => p.Required && !values.ContainsKey(p)) is { } missing)
            throw Diagnostics.RecipeArgument(source, step.At, row.Title, $"'{missing.Key}' is missing: {missing.Valid} ({missing.Doc})");
        return new BoundStep(row.Make(values), step.ToString(), source, step);
    }

    private static (PassRow Row, IEnumerable<Argument> Arguments) Row(RecipeSource source, Step step)
    {
        PassRow[] rows = [.. PassTable.Rows.Where(r => r.Name.Equals(step.Name, StringComparison.OrdinalIgnoreCase))];
        if (rows is [{ Form: "" }])
            return (rows[0], step.Arguments);
        if (step.Arguments.FirstOrDefault() is not { Key: "", Value: WordValue word })
            throw Diagnostics.RecipeArgument(source, step.At, step.Name, $"the first argument says which: {Forms()}");
        PassRow? row = rows.FirstOrDefault(r => r.Form.Equals(word.Text, StringComparison.OrdinalIgnoreCase));
        return row != null
            ? (row, step.Arguments.Skip(1))
            : throw Diagnostics.RecipeValue(source, word.At, step.Name, $"'{word.Text}' is unknown; valid: {Forms()}{Near.Hint(word.Text, rows.Select(r => r.Form))}");

        string Forms() => string.Join(", ", rows.Select(r => r.Form));
    }

    private static DiagnosticException Wrong(RecipeSource source, PassRow row, PassParameter parameter, Value value)
    {
        string near = value is WordValue word && parameter.Type.IsEnum ? Near.Hint(word.Text, parameter.Valid.Split(" or ")) : "";
        return Diagnostics.RecipeValue(source, value.At, row.Title, $"'{parameter.Key}' is {parameter.Valid}, not {value}{near}");
    }

    private static string Keys(IEnumerable<PassParameter> parameters) => string.Join(", ", parameters.Select(p => p.Key));
}

namespace ModelBuild.Engine;

/// <summary>A step with its pass; <paramref name="Text"/> is how it is written.</summary>
internal sealed record BoundStep(Pass Pass, string Text, RecipeSource Source, Step Step)
{
    /// <summary>The pass, which leaves alone what steps before it keep.</summary>
    public Pass On(Graph graph) => Pass with { Nodes = Pass.Nodes with { Kept = graph.Kept } };

    /// <exception cref="DiagnosticException">An entry of <c>only:</c> or <c>except:</c> says nothing about this model.</exception>
    public Graph Apply(Graph graph, PassContext context)
    {
        foreach (string entry in Pass.Nodes.Only.Concat(Pass.Nodes.Except))
        {
            // A recipe for many models may name operators that this one lacks.
            if (!OnnxOperators.ByName.Keys.Contains(entry, StringComparer.OrdinalIgnoreCase) && !context.Source.Nodes.Any(n => Selection.Matches(entry, n)))
                throw Diagnostics.RecipePattern(Source, Where(entry), Step.Name, entry, [.. graph.Nodes.Where(n => Pass.Applies(graph, n)).Select(n => n.Name)]);
        }
        return On(graph).Apply(graph, context);
    }

    /// <exception cref="DiagnosticException">The step measures, and there is nothing to measure on.</exception>
    public void NeedCalibration(bool there)
    {
        if (Pass.NeedsCalibration && !there)
            throw Diagnostics.NeedsCalibration(Source, Step.At, Text);
    }

    private Extent Where(string entry)
    {
        IEnumerable<Value> values = Step.Arguments.SelectMany(a => a.Value is ListValue list ? list.Values : (IEnumerable<Value>)[a.Value]);
        return values.First(v => v is WordValue word && word.Text == entry || v is StringValue text && text.Text == entry).At;
    }
}

using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>What labels add: the classes by name, and the ways to ask for the best of them.</summary>
internal static class LabelMembers
{
    private const string Best = ClassSource.Runtime + "Best.";

    public static void Write(SourceWriter source, ClassModel model)
    {
        TensorModel output = model.Outputs[0];
        string scores = output.Parameter, order = model.Local("order"), found = model.Local("found"), i = model.Local("i");
        string[] inputs = [.. model.Inputs.Select(t => $"{t.Span} {t.Parameter}")];

        Summary(source, model, "The class with the highest score.");
        source.Call("public Label Classify", inputs, $") => Classify({string.Join(", ", model.Inputs.Select(t => t.Parameter).Append("out _"))});");
        source.Line();

        Summary(source, model, "The class with the highest score.");
        source.Parameter("score", $"The model's own number for that class, as it stands in <c>{Literals.Xml(output.Name)}</c>: a probability or a logit.");
        source.Method("public Label Classify", [.. inputs, "out float score"], () =>
        {
            Compute(source, model);
            source.Line($"int best = {Best}Of({scores});");
            source.Line($"score = {scores}[best];");
            source.Line("return (Label)best;");
        });
        source.Line();

        Summary(source, model, "The classes with the highest scores, highest first.");
        source.Parameter("best", "Filled as far as there are classes.");
        source.Line("/// <returns>How many were filled.</returns>");
        source.Method("public int Classify", [.. inputs, "global::System.Span<Prediction> best"], () =>
        {
            Compute(source, model);
            source.Line($"global::System.Span<int> {order} = {model.Local("lease")}.Span<int>({Literals.Number(model.ArenaOfOrder)}, global::System.Math.Min(best.Length, {output.Member}.Length));");
            source.Line($"int {found} = {Best}Select({scores}, {order});");
            source.Line($"for (int {i} = 0; {i} < {found}; {i}++)");
            source.Line($"    best[{i}] = new Prediction((Label){order}[{i}], {scores}[{order}[{i}]]);");
            source.Line($"return {found};");
        });
        source.Line();

        source.Summary("The classes; the value is the index in the model's output.");
        source.Line("public enum Label");
        source.Block("{", "}", () =>
        {
            for (int label = 0; label < model.Plan.Labels.Count; label++)
            {
                source.Summary(Literals.Xml(model.Plan.Labels[label]));
                source.Line($"{Identifiers.Label(model.Plan.Labels[label])} = {Literals.Number(label)},");
            }
        });
        source.Line();

        source.Summary("The label as the labels file writes it.");
        source.Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">There is no such class.</exception>");
        source.Line("public static string Text(Label label) => label switch");
        source.Block("{", "};", () =>
        {
            foreach (string text in model.Plan.Labels)
                source.Line($"Label.{Identifiers.Label(text)} => {Literals.String(text)},");
            source.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(label), label, \"There is no such class.\"),");
        });
        source.Line();

        source.Summary("A class and its score.");
        source.Parameter("Label", "The class.");
        source.Parameter("Score", "The model's own number for it.");
        source.Line("public readonly record struct Prediction(Label Label, float Score);");
    }

    private static void Summary(SourceWriter source, ClassModel model, string text)
    {
        source.Summary(text);
        foreach (TensorModel input in model.Inputs)
            source.Parameter(input.Parameter, $"<c>{Literals.Xml(input.Name)}</c>: {input.Description}, {input.Elements}.");
    }

    /// <summary>Runs the model with outputs in the arena; each gets its parameter's name.</summary>
    private static void Compute(SourceWriter source, ClassModel model)
    {
        foreach (TensorModel input in model.Inputs)
            RunMembers.Check(source, input);
        source.Line();
        RunMembers.Rent(source, model);
        foreach (TensorModel t in model.Outputs)
            source.Line($"global::System.Span<{t.Type}> {t.Parameter} = {model.Local("lease")}.Span<{t.Type}>({Literals.Number(model.ArenaOf(t))}, {t.Member}.Length);");
        RunMembers.Compute(source, model, model.Tensors.Select(t => t.Parameter));
    }
}

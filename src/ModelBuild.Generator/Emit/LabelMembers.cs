using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>What labels add: the classes by name, and the ways to ask for the best of them.</summary>
internal static class LabelMembers
{
    private const string Best = ClassSource.Runtime + "Best.";

    public static void Write(SourceWriter source, ClassModel model)
    {
        Classify(source, model, bytes: false);
        if (model.Pixels != null)
            Classify(source, model, bytes: true);

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

    private static void Classify(SourceWriter source, ClassModel model, bool bytes)
    {
        TensorModel output = model.Outputs[0];
        string scores = output.Parameter, order = model.Local("order"), found = model.Local("found"), i = model.Local("i");
        string[] inputs = [.. model.InputsOf(bytes).Select(t => $"{t.Span} {t.Name}")];

        Summary(source, model, "The class with the highest score.", bytes);
        source.Call("public Label Classify", inputs, $") => Classify({string.Join(", ", model.InputsOf(bytes).Select(t => t.Name).Append("out _"))});");
        source.Line();

        Summary(source, model, "The class with the highest score.", bytes);
        source.Parameter("score", $"The model's own number for that class, as it stands in <c>{Literals.Xml(output.Name)}</c>: a probability or a logit.");
        source.Method("public Label Classify", [.. inputs, "out float score"], () =>
        {
            Compute(source, model, bytes);
            source.Line($"int best = {Best}Of({scores});");
            source.Line($"score = {scores}[best];");
            source.Line("return (Label)best;");
        });
        source.Line();

        Summary(source, model, "The classes with the highest scores, highest first.", bytes);
        source.Parameter("best", "Filled as far as there are classes.");
        source.Line("/// <returns>How many were filled.</returns>");
        source.Method("public int Classify", [.. inputs, "global::System.Span<Prediction> best"], () =>
        {
            Compute(source, model, bytes);
            source.Line($"global::System.Span<int> {order} = {model.Local("lease")}.Span<int>({Literals.Number(model.ArenaOfOrder)}, global::System.Math.Min(best.Length, {output.Member}.Length));");
            source.Line($"int {found} = {Best}Select({scores}, {order});");
            source.Line($"for (int {i} = 0; {i} < {found}; {i}++)");
            source.Line($"    best[{i}] = new Prediction((Label){order}[{i}], {scores}[{order}[{i}]]);");
            source.Line($"return {found};");
        });
        source.Line();
    }

    private static void Summary(SourceWriter source, ClassModel model, string text, bool bytes)
    {
        source.Summary(text);
        foreach (var input in model.InputsOf(bytes))
            source.Parameter(input.Name, RunMembers.Text(model, input.Tensor, input.IsPixels));
    }

    /// <summary>Runs the model with outputs in the arena; each gets its parameter's name.</summary>
    private static void Compute(SourceWriter source, ClassModel model, bool bytes)
    {
        foreach (var input in model.InputsOf(bytes))
            RunMembers.Check(source, input.Tensor, input.Name);
        source.Line();
        RunMembers.Rent(source, model);
        if (bytes)
        {
            RunMembers.RoomForPixels(source, model);
            RunMembers.ReadPixels(source, model, model.PixelsParameter);
        }
        foreach (TensorModel t in model.Outputs)
            source.Line($"global::System.Span<{t.Type}> {t.Parameter} = {model.Local("lease")}.Span<{t.Type}>({Literals.Number(model.ArenaOf(t))}, {t.Member}.Length);");
        RunMembers.Compute(source, model, model.Tensors.Select(t => t.Parameter));
    }
}

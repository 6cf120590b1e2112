using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary><c>Run</c>, <c>RunBatch</c> and <c>Warmup</c>.</summary>
internal static class RunMembers
{
    private const string Spans = ClassSource.Runtime + "Spans.";

    public static void Write(SourceWriter source, ClassModel model)
    {
        Run(source, model);
        if (model.Plan.Batch)
        {
            source.Line();
            RunBatch(source, model);
        }
    }

    public static void Warmup(SourceWriter source, ClassModel model)
    {
        string[] all = [.. model.Tensors.Select(t => t.Parameter)], inputs = [.. model.Inputs.Select(t => t.Parameter)];
        source.Summary("Calls on zeros, of every kind, so that no call that matters waits for the just-in-time compiler.");
        source.Method("public void Warmup", [], () =>
        {
            foreach (TensorModel tensor in model.Tensors)
                source.Line($"var {tensor.Parameter} = new {tensor.Type}[{tensor.Member}.Length];");
            source.Line();
            source.Call("Run", all);
            source.Line("// Only a second call knows how much there is for threads to share.");
            source.Call("Run", all);
            if (model.Plan.Batch)
                source.Call("RunBatch", all.Prepend("count: 1"));
            if (model.HasLabels)
            {
                source.Call("Classify", inputs);
                source.Call("Classify", inputs.Append("new Prediction[1]"));
            }
        });
    }

    /// <summary>Rents an arena and runs the layers on spans of these names.</summary>
    public static void Compute(SourceWriter source, ClassModel model, IEnumerable<string> spans) =>
        source.Call("Compute", spans.Prepend($"in {model.Local("lease")}.Frame"));

    public static void Rent(SourceWriter source, ClassModel model) =>
        source.Line($"using {ClassSource.Runtime}Arenas.Lease {model.Local("lease")} = _arenas.Rent();");

    public static void Check(SourceWriter source, TensorModel tensor) =>
        source.Line($"{Spans}Check({tensor.Parameter}.Length, {tensor.Member}.Length, {tensor.Member}.Name, \"{tensor.Shape}\", nameof({tensor.Parameter}));");

    private static void Run(SourceWriter source, ClassModel model)
    {
        source.Summary("One sample. Allocates nothing, but for scratch memory when more calls run at once than ever before.");
        foreach (TensorModel tensor in model.Tensors)
            source.Parameter(tensor.Parameter, $"<c>{Literals.Xml(tensor.Name)}</c>: {tensor.Description}, {tensor.Elements}.");
        source.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length, or an output overlaps an input or an output.</exception>");
        source.Method("public void Run", model.Tensors.Select(t => $"{t.Span} {t.Parameter}"), () =>
        {
            foreach (TensorModel tensor in model.Tensors)
                Check(source, tensor);
            CheckApart(source, model, t => t.Parameter);
            source.Line();
            Rent(source, model);
            Compute(source, model, model.Tensors.Select(t => t.Parameter));
        });
    }

    private static void RunBatch(SourceWriter source, ClassModel model)
    {
        string i = model.Local("i");
        source.Summary("Many samples, one after the other: each span holds them without gaps.");
        source.Parameter("count", "How many.");
        foreach (TensorModel tensor in model.Tensors)
            source.Parameter(tensor.Plural, $"<c>{Literals.Xml(tensor.Name)}</c>: count times {tensor.Description}.");
        source.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length, or an output overlaps an input or an output.</exception>");
        source.Method("public void RunBatch", model.Tensors.Select(t => $"{t.Span} {t.Plural}").Prepend("int count"), () =>
        {
            source.Line("global::System.ArgumentOutOfRangeException.ThrowIfNegative(count);");
            foreach (TensorModel t in model.Tensors)
                source.Line($"{Spans}CheckBatch({t.Plural}.Length, count, {t.Member}.Length, {t.Member}.Name, \"{t.Shape}\", nameof({t.Plural}));");
            CheckApart(source, model, t => t.Plural);
            source.Line();
            Rent(source, model);
            source.Line($"for (int {i} = 0; {i} < count; {i}++)");
            source.Block("{", "}", () =>
                Compute(source, model, model.Tensors.Select(t => $"{t.Plural}.Slice({i} * {t.Member}.Length, {t.Member}.Length)")));
        });
    }

    private static void CheckApart(SourceWriter source, ClassModel model, System.Func<TensorModel, string> span)
    {
        foreach (TensorModel output in model.Outputs)
        {
            foreach (TensorModel other in model.Tensors.TakeWhile(t => t != output))
                source.Line($"{Spans}CheckApart<{output.Type}, {other.Type}>({span(output)}, {span(other)}, {output.Member}.Name, {other.Member}.Name, nameof({span(output)}));");
        }
    }
}

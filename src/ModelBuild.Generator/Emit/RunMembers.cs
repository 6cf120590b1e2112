using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary><c>Run</c>, <c>RunBatch</c> and <c>Warmup</c>; where one input may also come as bytes, each twice.</summary>
internal static class RunMembers
{
    private const string Spans = ClassSource.Runtime + "Spans.";

    public static void Write(SourceWriter source, ClassModel model)
    {
        Run(source, model, bytes: false);
        if (model.Pixels != null)
        {
            source.Line();
            Run(source, model, bytes: true);
        }
        if (!model.Plan.Batch)
            return;
        source.Line();
        RunBatch(source, model, bytes: false);
        if (model.Pixels != null)
        {
            source.Line();
            RunBatch(source, model, bytes: true);
        }
    }

    public static void Warmup(SourceWriter source, ClassModel model)
    {
        source.Summary("Calls on zeros, of every kind, so that no call that matters waits for the just-in-time compiler.");
        source.Method("public void Warmup", [], () =>
        {
            foreach (TensorModel tensor in model.Tensors)
                source.Line($"var {tensor.Parameter} = new {tensor.Type}[{tensor.Member}.Length];");
            if (model.Pixels is { } pixels)
                source.Line($"var {model.PixelsParameter} = new byte[{pixels.Member}.Length];");
            source.Line();
            Calls(bytes: false);
            if (model.Pixels != null)
                Calls(bytes: true);
        });

        void Calls(bool bytes)
        {
            string[] inputs = [.. model.InputsOf(bytes).Select(i => i.Name)], all = [.. inputs, .. model.Outputs.Select(t => t.Parameter)];
            source.Call("Run", all);
            if (!bytes)
            {
                source.Line("// Only a second call knows how much there is for threads to share.");
                source.Call("Run", all);
            }
            if (model.Plan.Batch)
                source.Call("RunBatch", all.Prepend("count: 1"));
            if (model.HasLabels)
            {
                source.Call("Classify", inputs);
                source.Call("Classify", inputs.Append("new Prediction[1]"));
            }
        }
    }

    /// <summary>Rents an arena and runs the layers on spans of these names.</summary>
    public static void Compute(SourceWriter source, ClassModel model, IEnumerable<string> spans) =>
        source.Call("Compute", spans.Prepend($"in {model.Local("lease")}.Frame"));

    public static void Rent(SourceWriter source, ClassModel model) =>
        source.Line($"using {ClassSource.Runtime}{model.Arenas}.Lease {model.Local("lease")} = _arenas.Rent();");

    public static void Check(SourceWriter source, TensorModel tensor, string name) =>
        source.Line($"{Spans}Check({name}.Length, {tensor.Member}.Length, {tensor.Member}.Name, \"{tensor.Shape}\", nameof({name}));");

    /// <summary>Makes numbers of bytes, in the arena, under the name that the input has as numbers.</summary>
    public static void ReadPixels(SourceWriter source, ClassModel model, string bytes)
    {
        TensorModel pixels = model.Pixels!;
        source.Line($"{ClassSource.Runtime}Pixels.Read({bytes}, {pixels.Parameter}, s_pixels, inner: {Literals.Number(model.Plan.Pixels!.Inner)});");
    }

    /// <summary>The room in the arena for those numbers.</summary>
    public static void RoomForPixels(SourceWriter source, ClassModel model) =>
        source.Line($"global::System.Span<float> {model.Pixels!.Parameter} = {model.Local("lease")}.Span<float>({Literals.Number(model.ArenaOfPixels)}, {model.Pixels.Member}.Length);");

    /// <summary>What the documentation says of a parameter.</summary>
    public static string Text(ClassModel model, TensorModel tensor, bool isPixels) =>
        isPixels ? $"<c>{Literals.Xml(tensor.Name)}</c> as bytes {tensor.Shape}, {tensor.Elements}: {Literals.Xml(Meaning(model.Plan.Pixels!))}." : $"<c>{Literals.Xml(tensor.Name)}</c>: {tensor.Description}, {tensor.Elements}.";

    private static string Meaning(PlanPixels pixels)
    {
        string scale = Of(pixels.Scale), mean = Of(pixels.Mean), std = Of(pixels.Std);
        string text = (scale == "1" ? "x" : "x · " + scale) + (mean == "0" ? "" : " − " + mean);
        return "each x becomes " + (std == "1" ? text : "(" + text + ") / " + std);

        // One number where all channels have the same.
        static string Of(EquatableArray<string> values) => values.Distinct().Count() == 1 ? values[0] : "[" + string.Join(", ", values) + "]";
    }

    private static void Run(SourceWriter source, ClassModel model, bool bytes)
    {
        var inputs = model.InputsOf(bytes).ToArray();
        source.Summary($"One sample{(bytes ? " of bytes" : "")}. Allocates nothing, but for scratch memory when more calls run at once than ever before.");
        foreach (var input in inputs)
            source.Parameter(input.Name, Text(model, input.Tensor, input.IsPixels));
        foreach (TensorModel tensor in model.Outputs)
            source.Parameter(tensor.Parameter, Text(model, tensor, isPixels: false));
        source.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length, or an output overlaps an input or an output.</exception>");
        source.Method("public void Run", [.. inputs.Select(i => $"{i.Span} {i.Name}"), .. model.Outputs.Select(t => $"{t.Span} {t.Parameter}")], () =>
        {
            foreach (var input in inputs)
                Check(source, input.Tensor, input.Name);
            foreach (TensorModel tensor in model.Outputs)
                Check(source, tensor, tensor.Parameter);
            CheckApart(source, model, bytes, many: false);
            source.Line();
            Rent(source, model);
            if (bytes)
            {
                RoomForPixels(source, model);
                ReadPixels(source, model, model.PixelsParameter);
            }
            Compute(source, model, model.Tensors.Select(t => t.Parameter));
        });
    }

    private static void RunBatch(SourceWriter source, ClassModel model, bool bytes)
    {
        string i = model.Local("i");
        var inputs = model.InputsOf(bytes, many: true).ToArray();
        source.Summary($"Many samples{(bytes ? " of bytes" : "")}, one after the other: each span holds them without gaps.");
        source.Parameter("count", "How many.");
        foreach (var input in inputs)
            source.Parameter(input.Name, input.IsPixels ? $"<c>{Literals.Xml(input.Tensor.Name)}</c>: count times bytes {input.Tensor.Shape}." : $"<c>{Literals.Xml(input.Tensor.Name)}</c>: count times {input.Tensor.Description}.");
        foreach (TensorModel tensor in model.Outputs)
            source.Parameter(tensor.Plural, $"<c>{Literals.Xml(tensor.Name)}</c>: count times {tensor.Description}.");
        source.Line("/// <exception cref=\"global::System.ArgumentException\">A span has another length, or an output overlaps an input or an output.</exception>");
        source.Method("public void RunBatch", [$"int count", .. inputs.Select(t => $"{t.Span} {t.Name}"), .. model.Outputs.Select(t => $"{t.Span} {t.Plural}")], () =>
        {
            source.Line("global::System.ArgumentOutOfRangeException.ThrowIfNegative(count);");
            foreach (var (t, name) in inputs.Select(t => (t.Tensor, t.Name)).Concat(model.Outputs.Select(t => (t, t.Plural))))
                source.Line($"{Spans}CheckBatch({name}.Length, count, {t.Member}.Length, {t.Member}.Name, \"{t.Shape}\", nameof({name}));");
            CheckApart(source, model, bytes, many: true);
            source.Line();
            Rent(source, model);
            if (bytes)
                RoomForPixels(source, model);
            source.Line($"for (int {i} = 0; {i} < count; {i}++)");
            source.Block("{", "}", () =>
            {
                string Slice(TensorModel t, string name) => $"{name}.Slice({i} * {t.Member}.Length, {t.Member}.Length)";
                if (bytes)
                    ReadPixels(source, model, Slice(model.Pixels!, model.PixelsParameter));
                Compute(source, model, [.. inputs.Select(t => t.IsPixels ? t.Tensor.Parameter : Slice(t.Tensor, t.Name)), .. model.Outputs.Select(t => Slice(t, t.Plural))]);
            });
        });
    }

    private static void CheckApart(SourceWriter source, ClassModel model, bool bytes, bool many)
    {
        (TensorModel Tensor, string Type, string Name)[] spans =
            [.. model.InputsOf(bytes, many).Select(i => (i.Tensor, i.IsPixels ? "byte" : i.Tensor.Type, i.Name)), .. model.Outputs.Select(t => (t, t.Type, many ? t.Plural : t.Parameter))];
        for (int output = model.Inputs.Length; output < spans.Length; output++)
        {
            for (int other = 0; other < output; other++)
                source.Line($"{Spans}CheckApart<{spans[output].Type}, {spans[other].Type}>({spans[output].Name}, {spans[other].Name}, {spans[output].Tensor.Member}.Name, {spans[other].Tensor.Member}.Name, nameof({spans[output].Name}));");
        }
    }
}

using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>A case of ONNX's backend suite: a folder with <c>model.onnx</c> and <c>test_data_set_N/input_M.pb, output_M.pb</c>.</summary>
internal static class BackendCase
{
    private const string Sets = "test_data_set_*";

    public static bool Is(string folder) => File.Exists(Path.Combine(folder, "model.onnx")) && Directory.EnumerateDirectories(folder, Sets).Any();

    public static CaseResult Run(string folder, Execution execution, CancellationToken cancellation)
    {
        string name = Path.GetFileName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder))), file = Path.Combine(folder, "model.onnx");
        var bound = new List<string>();
        return CaseResult.Of(name, bound, () =>
        {
            ModelProto model = OnnxReader.Parse(file);
            foreach (string set in Directory.GetDirectories(folder, Sets).Order(StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Run(file, model, set, bound, execution) is { } fault)
                    return (Verdict.Fail, $"{Path.GetFileName(set)}: {fault}");
            }
            return (Verdict.Pass, "");
        });
    }

    /// <summary>The case's graph, with what must be constant bound to the values of its first data set.</summary>
    public static Graph Import(string folder)
    {
        string file = Path.Combine(folder, "model.onnx");
        ModelProto model = OnnxReader.Parse(file);
        return Import(file, model, CaseTensors.Inputs(model, Path.Combine(folder, "test_data_set_0")), []);
    }

    private static string? Run(string file, ModelProto model, string set, List<string> bound, Execution execution)
    {
        Dictionary<string, Tensor> inputs = CaseTensors.Inputs(model, set), expected = CaseTensors.Outputs(model, set);
        Graph graph = Import(file, model, inputs, bound);
        foreach (string input in graph.Inputs.Where(i => graph.Types[i] != inputs[i].Type))
            throw Diagnostics.Input(file, input, $"it is {graph.Types[input]}, and the case's value {inputs[input].Type}");
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.Of(file), numerics: Numerics.Default);
        Tensor[] outputs = execution(emitted, [[.. graph.Inputs.Select(i => inputs[i])]])[0];
        for (int i = 0; i < outputs.Length; i++)
        {
            if (Comparison.Fault(outputs[i], expected[graph.Outputs[i]]) is { } fault)
                return $"output '{graph.Outputs[i]}': {fault}";
        }
        return null;
    }

    // What an operator needs while compiling is bound to the case's value, one input after the other, until nothing more is asked for.
    private static Graph Import(string file, ModelProto model, Dictionary<string, Tensor> inputs, List<string> bound)
    {
        ImportOptions options = ImportOptions.None with { Shapes = inputs.ToDictionary(i => i.Key, i => i.Value.Shape) };
        while (true)
        {
            try
            {
                return OnnxReader.Read(file, options with { Bound = bound.ToDictionary(b => b, b => inputs[b]) }).Graph;
            }
            catch (ImportException e) when (e.Needs != null && Sources(model, e.Needs, inputs).Except(bound).Any())
            {
                bound.AddRange(Sources(model, e.Needs, inputs).Except(bound));
            }
        }
    }

    /// <summary>The inputs that make a value known: the value itself or, where it is computed of integers only, what it is computed of.</summary>
    private static string[] Sources(ModelProto model, string value, Dictionary<string, Tensor> inputs)
    {
        if (inputs.ContainsKey(value))
            return [value];
        var needed = new HashSet<string> { value };
        foreach (NodeProto node in model.Graph.Node.Reverse().Where(n => n.Output.Any(needed.Contains)))
            needed.UnionWith(node.Input);
        string[] sources = [.. inputs.Keys.Where(needed.Contains)];
        return sources.Any(s => inputs[s].Element.IsFloat()) ? [] : sources;
    }
}

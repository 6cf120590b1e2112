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

    private static string? Run(string file, ModelProto model, string set, List<string> bound, Execution execution)
    {
        Dictionary<string, Tensor> inputs = CaseTensors.Inputs(model, set), expected = CaseTensors.Outputs(model, set);
        Graph graph = Import(file, inputs, bound);
        foreach (string input in graph.Inputs.Where(i => graph.Types[i] != inputs[i].Type))
            throw Diagnostics.Input(file, input, $"it is {graph.Types[input]}, and the case's value {inputs[input].Type}");
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.Of(file));
        Tensor[] outputs = execution(emitted, [[.. graph.Inputs.Select(i => inputs[i])]])[0];
        for (int i = 0; i < outputs.Length; i++)
        {
            if (Comparison.Fault(outputs[i], expected[graph.Outputs[i]]) is { } fault)
                return $"output '{graph.Outputs[i]}': {fault}";
        }
        return null;
    }

    // What an operator needs while compiling is bound to the case's value, one input after the other, until nothing more is asked for.
    private static Graph Import(string file, Dictionary<string, Tensor> inputs, List<string> bound)
    {
        Dictionary<string, Shape> shapes = inputs.ToDictionary(i => i.Key, i => i.Value.Shape);
        while (true)
        {
            try
            {
                return OnnxReader.Read(file, ImportOptions.None with { Shapes = shapes, Bound = bound.ToDictionary(b => b, b => inputs[b]) }).Graph;
            }
            catch (ImportException e) when (e.Needs != null && inputs.ContainsKey(e.Needs) && !bound.Contains(e.Needs))
            {
                bound.Add(e.Needs);
            }
        }
    }
}

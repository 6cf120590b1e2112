using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

internal enum Verdict { Pass, Fail, Unsupported }

/// <summary>What <c>verify</c> says of one case: the reason of a failure, or why it is not supported; which inputs were bound as constants.</summary>
internal sealed record CaseResult(string Name, Verdict Verdict, string Reason, IReadOnlyList<string> Bound);

/// <summary>A case of ONNX's backend suite: a folder with <c>model.onnx</c> and <c>test_data_set_N/input_M.pb, output_M.pb</c>.</summary>
internal static class BackendCase
{
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, "model.onnx")) && Directory.Exists(Path.Combine(folder, "test_data_set_0"));

    public static CaseResult Run(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), model = Path.Combine(folder, "model.onnx");
        var bound = new List<string>();
        try
        {
            foreach (string set in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
            {
                if (Run(model, set, bound) is { } fault)
                    return new(name, Verdict.Fail, $"{Path.GetFileName(set)}: {fault}", bound);
            }
            return new(name, Verdict.Pass, "", bound);
        }
        catch (DiagnosticException e) when (e.Diagnostic.Id.StartsWith("MB2", StringComparison.Ordinal))
        {
            return new(name, Verdict.Unsupported, e.Diagnostic.Text, bound);
        }
        catch (OperatorException e)
        {
            return new(name, Verdict.Unsupported, e.Message, bound);
        }
        catch (Exception e)
        {
            return new(name, Verdict.Fail, $"{e.GetType().Name}: {e.Message}", bound);
        }
    }

    /// <summary>The case's graph, with what must be constant bound to the values of its first data set.</summary>
    public static Graph Import(string folder)
    {
        string model = Path.Combine(folder, "model.onnx");
        return Import(model, Inputs(model, Path.Combine(folder, "test_data_set_0")), []);
    }

    private static string? Run(string model, string set, List<string> bound)
    {
        Dictionary<string, Tensor> inputs = Inputs(model, set);
        Dictionary<string, Tensor> expected = Tensors(model, set, "output", m => m.Graph.Output);
        Graph graph = Import(model, inputs, bound);
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.Of(model));
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Tensor[] outputs = runner.Run([.. graph.Inputs.Select(i => inputs[i])]);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (expected.TryGetValue(graph.Outputs[i], out Tensor? reference) && Comparison.Fault(outputs[i], reference) is { } fault)
                return $"output '{graph.Outputs[i]}': {fault}";
        }
        return null;
    }

    // What an operator needs while compiling is bound to the case's value, one input after the other, until nothing more is asked for.
    private static Graph Import(string model, Dictionary<string, Tensor> inputs, List<string> bound)
    {
        while (true)
        {
            try
            {
                return OnnxReader.Read(model, new ImportOptions(new Dictionary<string, int>(), bound.ToDictionary(b => b, b => inputs[b]), inputs.ToDictionary(i => i.Key, i => i.Value.Shape))).Graph;
            }
            catch (ImportException e) when (e.Needs != null && inputs.ContainsKey(e.Needs) && !bound.Contains(e.Needs))
            {
                bound.Add(e.Needs);
            }
        }
    }

    private static Dictionary<string, Tensor> Inputs(string model, string set) => Tensors(model, set, "input", m => m.Graph.Input.Where(i => m.Graph.Initializer.All(t => t.Name != i.Name)));

    private static Dictionary<string, Tensor> Tensors(string model, string set, string kind, Func<ModelProto, IEnumerable<ValueInfoProto>> values)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(model));
        var tensors = new Dictionary<string, Tensor>();
        int at = 0;
        foreach (ValueInfoProto value in values(proto))
        {
            string file = Path.Combine(set, $"{kind}_{at++}.pb");
            if (!File.Exists(file))
                continue;
            if (value.Type?.TensorType == null)
                throw Diagnostics.Input(model, value.Name, "only tensors are supported");
            tensors[value.Name] = new OnnxTensors(file).Tensor(TensorProto.Parser.ParseFrom(File.ReadAllBytes(file)), value.Name);
        }
        return tensors;
    }
}

using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>The tensors of one data set of a backend case, by the names of the model's inputs and outputs.</summary>
internal static class CaseTensors
{
    /// <summary>What the model is fed: <c>input_N.pb</c> is the N-th input that is no initializer.</summary>
    /// <exception cref="DiagnosticException">A file is missing or can't be read, or an input is no tensor.</exception>
    public static Dictionary<string, Tensor> Inputs(ModelProto model, string set)
    {
        var initializers = model.Graph.Initializer.Select(t => t.Name).Concat(model.Graph.SparseInitializer.Select(t => t.Values?.Name ?? "")).ToHashSet();
        return Read(set, "input", [.. model.Graph.Input.Where(i => !initializers.Contains(i.Name))]);
    }

    /// <summary>What it has to compute.</summary>
    /// <exception cref="DiagnosticException">A file is missing or can't be read, or an output is no tensor.</exception>
    public static Dictionary<string, Tensor> Outputs(ModelProto model, string set) => Read(set, "output", [.. model.Graph.Output]);

    private static Dictionary<string, Tensor> Read(string set, string kind, ValueInfoProto[] values)
    {
        var tensors = new Dictionary<string, Tensor>();
        for (int i = 0; i < values.Length; i++)
        {
            string file = Path.Combine(set, $"{kind}_{i}.pb"), name = values[i].Name;
            if (values[i].Type is { } type && type.TensorType == null)
                throw Diagnostics.Input(file, name, $"{kind}s that are no tensors ({type.ValueCase.ToString().Replace("Type", "").ToLowerInvariant()}) are not supported");
            if (!File.Exists(file))
                throw Diagnostics.Tensor(file, name, $"the case has no {Path.GetFileName(set)}/{Path.GetFileName(file)}");
            try
            {
                tensors[name] = new OnnxTensors(file).Tensor(TensorProto.Parser.ParseFrom(File.ReadAllBytes(file)), name);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw Diagnostics.Tensor(file, name, $"{Path.GetFileName(set)}/{Path.GetFileName(file)} is no tensor: {e.Message}");
            }
        }
        return tensors;
    }
}

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelBuild.Engine;

/// <summary>
/// A model in ONNX Runtime as one would time it: all graph optimizations, one session, and inputs and outputs bound once to memory that stays. What is set
/// beyond that are the threads.
/// </summary>
internal sealed class OnnxRuntimeBinding : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _values = [];
    private readonly (TensorType Type, OrtValue Value)[] _outputs;

    /// <exception cref="OnnxRuntimeException">It does not take the model.</exception>
    private OnnxRuntimeBinding(Func<SessionOptions, InferenceSession> open, IReadOnlyList<(string Name, Tensor Tensor)> inputs, IReadOnlyList<(string Name, TensorType Type)> outputs, int threads)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        _session = open(options);
        _binding = _session.CreateIoBinding();
        foreach (var (name, tensor) in inputs)
        {
            OrtValue value = Allocate(tensor.Type);
            tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
            _binding.BindInput(name, value);
        }
        _outputs = [.. outputs.Select(o => (o.Type, Allocate(o.Type)))];
        for (int i = 0; i < _outputs.Length; i++)
            _binding.BindOutput(outputs[i].Name, _outputs[i].Value);
    }

    /// <summary>A session that has run once; null, and why, where ONNX Runtime can't be loaded or can't run the model.</summary>
    public static OnnxRuntimeBinding? TryOpen(string file, IReadOnlyList<(string Name, Tensor Tensor)> inputs, IReadOnlyList<(string Name, TensorType Type)> outputs, int threads, out string why) =>
        TryOpen(options => new InferenceSession(file, options), inputs, outputs, threads, out why);

    /// <summary>The same of a model in memory.</summary>
    public static OnnxRuntimeBinding? TryOpen(byte[] model, IReadOnlyList<(string Name, Tensor Tensor)> inputs, IReadOnlyList<(string Name, TensorType Type)> outputs, int threads, out string why) =>
        TryOpen(options => new InferenceSession(model, options), inputs, outputs, threads, out why);

    private static OnnxRuntimeBinding? TryOpen(
        Func<SessionOptions, InferenceSession> open, IReadOnlyList<(string Name, Tensor Tensor)> inputs, IReadOnlyList<(string Name, TensorType Type)> outputs, int threads, out string why)
    {
        try
        {
            var binding = new OnnxRuntimeBinding(open, inputs, outputs, threads);
            binding.Run();
            why = "";
            return binding;
        }
        catch (Exception e) when (OnnxRuntimeModel.IsAbsence(e))
        {
            why = (e is TypeInitializationException ? e.InnerException ?? e : e).Message;
            return null;
        }
    }

    /// <summary>One call.</summary>
    public void Run() => _session.RunWithBinding(_run, _binding);

    /// <summary>What the last call computed.</summary>
    public Tensor[] Outputs() => [.. _outputs.Select(o => new Tensor(o.Type, o.Value.GetTensorMutableRawData().ToArray()))];

    private OrtValue Allocate(TensorType type)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)type.Element, [.. type.Shape.Select(d => (long)d)]);
        _values.Add(value);
        return value;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _values.ForEach(v => v.Dispose());
        _run.Dispose();
        _session.Dispose();
    }
}

using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Engine;

/// <summary>A model in ONNX Runtime, the independent judge: one thread, all graph optimisations.</summary>
internal sealed class OnnxRuntimeModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private OnnxRuntimeModel(InferenceSession session) => _session = session;

    /// <summary>Null, and why, where ONNX Runtime's library can't be loaded or does not take the model.</summary>
    public static OnnxRuntimeModel? TryOpen(string file, out string why) => TryOpen(options => new InferenceSession(file, options), out why);

    /// <summary>A model that was imported: the file, or our export of the graph where ONNX Runtime doesn't read such files.</summary>
    public static OnnxRuntimeModel? TryOpen(string file, Graph imported, out string why)
    {
        if (ModelFormat.Of(file).RunsInOnnxRuntime)
            return TryOpen(file, out why);
        try
        {
            byte[] export = OnnxWriter.Write(imported, "");
            return TryOpen(options => new InferenceSession(export, options), out why);
        }
        catch (OperatorException e)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>A model in memory.</summary>
    public static OnnxRuntimeModel? TryOpen(byte[] model, out string why) => TryOpen(options => new InferenceSession(model, options), out why);

    private static OnnxRuntimeModel? TryOpen(Func<SessionOptions, InferenceSession> open, out string why)
    {
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            // Without VNNI its 8-bit products saturate in between, unless told that digits matter.
            options.AddSessionConfigEntry("session.x64quantprecision", "1");
            why = "";
            return new OnnxRuntimeModel(open(options));
        }
        catch (Exception e) when (IsAbsence(e))
        {
            why = (e is TypeInitializationException ? e.InnerException ?? e : e).Message;
            return null;
        }
    }

    /// <summary>Whether ONNX Runtime's library can't be loaded or doesn't take a model, whichever of them throws.</summary>
    public static bool IsAbsence(Exception e) => e is OnnxRuntimeException or DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException;

    public IReadOnlyList<string> Inputs => _session.InputNames;

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>What the model says of an input; of symbolic axes the length is negative.</summary>
    public NodeMetadata Input(string name) => _session.InputMetadata[name];

    public NodeMetadata Output(string name) => _session.OutputMetadata[name];

    /// <summary>All outputs for one set of inputs, by the model's names.</summary>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime can't run the model on these.</exception>
    public Tensor[] Run(IReadOnlyList<(string Name, Tensor Tensor)> inputs)
    {
        OrtValue[] values = [.. inputs.Select(i => Value(i.Tensor))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, [.. inputs.Select(i => i.Name)], values, _session.OutputNames);
            return [.. outputs.Select(Tensor)];
        }
        finally
        {
            foreach (OrtValue value in values)
                value.Dispose();
        }
    }

    /// <summary>The graph's outputs for a sample of its inputs; both have their names in the model.</summary>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime can't run the model on these.</exception>
    public Tensor[] Run(Graph graph, Tensor[] sample)
    {
        Tensor[] all = Run([.. graph.Inputs.Zip(sample)]);
        List<string> names = [.. Outputs];
        return [.. graph.Outputs.Select(o => all[names.IndexOf(o)])];
    }

    private static OrtValue Value(Tensor tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)tensor.Element, [.. tensor.Shape.Select(d => (long)d)]);
        tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static Tensor Tensor(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return new Tensor(new((ElementType)info.ElementDataType, ModelBuild.Engine.Shape.Of(info.Shape.Select(d => (int)d))), value.GetTensorMutableRawData().ToArray());
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}

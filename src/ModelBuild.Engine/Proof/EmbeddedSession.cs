using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Engine;

/// <summary>The file that a class with Backend="OnnxRuntime" embeds, run by ONNX Runtime as the class does: what is measured is what ships.</summary>
/// <param name="source">The model file, for errors.</param>
/// <param name="signature">The inputs and outputs.</param>
/// <param name="file">What is embedded.</param>
internal sealed class EmbeddedSession(string source, Graph signature, byte[] file) : IDisposable
{
    private readonly OnnxRuntimeModel _model = OnnxRuntimeModel.TryOpen(file, out string why) ?? throw Diagnostics.Session(source, why);

    /// <summary>One sample.</summary>
    /// <exception cref="DiagnosticException">MB2016: ONNX Runtime can't run it, or its outputs are not of the types that the class has for them.</exception>
    public Tensor[] Run(Tensor[] sample)
    {
        Tensor[] outputs;
        try
        {
            outputs = _model.Run(signature, sample);
        }
        catch (OnnxRuntimeException e)
        {
            throw Diagnostics.Session(source, e.Message);
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Type != signature.Types[signature.Outputs[i]])
                throw Diagnostics.Session(source, $"output '{signature.Outputs[i]}' is {outputs[i].Type}, and was said to be {signature.Types[signature.Outputs[i]]}");
        }
        return outputs;
    }

    /// <summary>The same with everything bound, for who times it.</summary>
    /// <exception cref="DiagnosticException">MB2016: ONNX Runtime can't run it so.</exception>
    public OnnxRuntimeBinding Bound(Tensor[] sample) =>
        OnnxRuntimeBinding.TryOpen(file, [.. signature.Inputs.Zip(sample)], [.. signature.Outputs.Select(o => (o, signature.Types[o]))], threads: 1, out string why) ?? throw Diagnostics.Session(source, why);

    public void Dispose() => _model.Dispose();
}

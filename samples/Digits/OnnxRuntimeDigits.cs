using Microsoft.ML.OnnxRuntime;

namespace Samples;

/// <summary>The model file by ONNX Runtime, the cheapest way that it offers: bound buffers, one thread.</summary>
internal sealed class OnnxRuntimeDigits : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly float[] _image = new float[64], _scores = new float[10];
    private readonly OrtValue _input, _output;

    public OnnxRuntimeDigits(string file)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(file, options);
        _input = OrtValue.CreateTensorValueFromMemory(_image, [1, 1, 8, 8]);
        _output = OrtValue.CreateTensorValueFromMemory(_scores, [1, 10]);
        _binding = _session.CreateIoBinding();
        _binding.BindInput("image", _input);
        _binding.BindOutput("scores", _output);
    }

    public void Run(ReadOnlySpan<float> image, Span<float> scores)
    {
        image.CopyTo(_image);
        _session.RunWithBinding(_options, _binding);
        _scores.CopyTo(scores);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        _output.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}

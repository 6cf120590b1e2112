using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Generated;

/// <summary>What one call of <c>Run</c> works on: memory for inputs and outputs that is bound to the session once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OnnxFrame
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly OrtIoBinding _binding;
    private readonly Room[] _inputs, _outputs;

    internal OnnxFrame(InferenceSession session, OnnxTensor[] inputs, OnnxTensor[] outputs)
    {
        _session = session;
        _options = new RunOptions();
        _binding = session.CreateIoBinding();
        _inputs = Array.ConvertAll(inputs, t => new Room(t.Allocate()));
        _outputs = Array.ConvertAll(outputs, t => new Room(t.Allocate()));
        for (int i = 0; i < inputs.Length; i++)
            _binding.BindInput(inputs[i].Name, _inputs[i].Value);
        for (int i = 0; i < outputs.Length; i++)
            _binding.BindOutput(outputs[i].Name, _outputs[i].Value);
    }

    /// <summary>All elements of an input.</summary>
    public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).CopyTo(_inputs[input].Bytes);

    /// <summary>One call of the model.</summary>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime can't run it.</exception>
    public void Run() => _session.RunWithBinding(_options, _binding);

    /// <summary>All elements of an output, as the last call left them.</summary>
    public void Read<T>(int output, Span<T> values) where T : unmanaged => _outputs[output].Bytes.CopyTo(MemoryMarshal.AsBytes(values));

    /// <summary>A tensor and where it lies: asking ONNX Runtime each time would cost more than small models do.</summary>
    private readonly unsafe struct Room
    {
        private readonly byte* _start;
        private readonly int _length;

        public Room(OrtValue value)
        {
            Value = value;
            Span<byte> bytes = value.GetTensorMutableRawData();
            // Native memory: it stays where it is.
            fixed (byte* start = bytes)
                _start = start;
            _length = bytes.Length;
        }

        public OrtValue Value { get; }

        public Span<byte> Bytes => new(_start, _length);
    }
}

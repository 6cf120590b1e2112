using System.ComponentModel;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelBuild.Generated;

/// <summary>An input or output of a model that ONNX Runtime runs: the model's name for it, its element type and its shape, without symbolic axes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OnnxTensor
{
    private readonly TensorElementType _type;
    private readonly long[] _shape;

    private OnnxTensor(string name, TensorElementType type, long[] shape)
    {
        Name = name;
        _type = type;
        _shape = shape;
    }

    internal string Name { get; }

    /// <exception cref="NotSupportedException">No tensor has such elements.</exception>
    public static OnnxTensor Of<T>(string name, ReadOnlySpan<int> shape) where T : unmanaged
    {
        var axes = new long[shape.Length];
        for (int i = 0; i < axes.Length; i++)
            axes[i] = shape[i];
        return new(name, Element<T>(), axes);
    }

    /// <summary>Memory for it, zeroed.</summary>
    internal OrtValue Allocate()
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, _type, _shape);
        value.GetTensorMutableRawData().Clear();
        return value;
    }

    private static TensorElementType Element<T>() => default(T) switch
    {
        float => TensorElementType.Float,
        double => TensorElementType.Double,
        Half => TensorElementType.Float16,
        long => TensorElementType.Int64,
        int => TensorElementType.Int32,
        short => TensorElementType.Int16,
        sbyte => TensorElementType.Int8,
        ulong => TensorElementType.UInt64,
        uint => TensorElementType.UInt32,
        ushort => TensorElementType.UInt16,
        byte => TensorElementType.UInt8,
        bool => TensorElementType.Bool,
        _ => throw new NotSupportedException($"no tensor has elements of {typeof(T)}"),
    };
}

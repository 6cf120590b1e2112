using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>A node of the file while it is written: attributes, then the inputs that are parameters in our graph, in ONNX's order. Null is an attribute, or an input, that is absent.</summary>
internal sealed class OnnxNodeWriter(OnnxWriter file, Node node, NodeProto proto)
{
    /// <summary>Whether the leading axis of inputs and outputs stands for any number of samples.</summary>
    public bool Batch => file.Batch;

    public TensorType Input(int input) => file.Type(node.Inputs[input]);

    /// <summary>The file needs at least this opset.</summary>
    public OnnxNodeWriter Since(int opset)
    {
        file.Since(opset);
        return this;
    }

    public OnnxNodeWriter Int(string name, int? value) => value is { } i ? Add(new AttributeProto { Name = name, I = i, Type = AttributeProto.Types.AttributeType.Int }) : this;

    public OnnxNodeWriter Flag(string name, bool value) => Int(name, value ? 1 : 0);

    public OnnxNodeWriter Float(string name, float value) => Add(new AttributeProto { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float });

    public OnnxNodeWriter Text(string name, string value) => Add(new AttributeProto { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String });

    public OnnxNodeWriter Texts(string name, string[] values) =>
        Add(new AttributeProto { Name = name, Strings = { values.Select(ByteString.CopyFromUtf8) }, Type = AttributeProto.Types.AttributeType.Strings });

    public OnnxNodeWriter Floats(string name, float[] values) => Add(new AttributeProto { Name = name, Floats = { values }, Type = AttributeProto.Types.AttributeType.Floats });

    public OnnxNodeWriter Ints(string name, Ints? values) =>
        values is { } ints ? Add(new AttributeProto { Name = name, Ints = { ints.Select(i => (long)i) }, Type = AttributeProto.Types.AttributeType.Ints }) : this;

    public OnnxNodeWriter Constant(Ints? values) => Constant(values is { } ints ? Tensor.Of<long>([ints.Count], [.. ints.Select(i => (long)i)]) : null);

    /// <summary>A limit as a scalar; an infinite one is absent.</summary>
    public OnnxNodeWriter Bound(float value) => Constant(float.IsInfinity(value) ? null : Tensor.Scalar(value));

    public OnnxNodeWriter Constant(Tensor? tensor)
    {
        proto.Input.Add(tensor == null ? "" : file.Constant($"{node.Outputs[0]}.{proto.Input.Count}", tensor));
        return this;
    }

    private OnnxNodeWriter Add(AttributeProto attribute)
    {
        proto.Attribute.Add(attribute);
        return this;
    }
}

using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine.Tests;

/// <summary>ONNX models of one node, written as files and read back: what an importer makes of attributes and inputs.</summary>
internal sealed class OnnxNodes(string type, long opset)
{
    private readonly NodeProto _node = new() { Name = "node", OpType = type };
    private readonly GraphProto _graph = new() { Name = "graph" };

    public OnnxNodes Attribute(string name, float value) => Attribute(new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float });

    public OnnxNodes Attribute(string name, long value) => Attribute(new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int });

    public OnnxNodes Attribute(string name, string value) => Attribute(new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String });

    public OnnxNodes Attribute(string name, string[] values) => Attribute(new() { Name = name, Strings = { values.Select(ByteString.CopyFromUtf8) }, Type = AttributeProto.Types.AttributeType.Strings });

    public OnnxNodes Attribute(string name, float[] values) => Attribute(new() { Name = name, Floats = { values }, Type = AttributeProto.Types.AttributeType.Floats });

    public OnnxNodes Attribute(string name, long[] values) => Attribute(new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints });

    /// <summary>An input from outside.</summary>
    public OnnxNodes Input(string name, ElementType element, params int[] shape)
    {
        _node.Input.Add(name);
        _graph.Input.Add(Value(name, element, shape));
        return this;
    }

    /// <summary>A constant input.</summary>
    public OnnxNodes Constant(string name, Tensor tensor)
    {
        _node.Input.Add(name);
        _graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)tensor.Element, Dims = { tensor.Shape.Select(d => (long)d) }, RawData = ByteString.CopyFrom(tensor.Bytes.Span) });
        return this;
    }

    public OnnxNodes Absent()
    {
        _node.Input.Add("");
        return this;
    }

    public OnnxNodes Output(string name)
    {
        _node.Output.Add(name);
        _graph.Output.Add(new ValueInfoProto { Name = name });
        return this;
    }

    public Graph Read()
    {
        if (_node.Output.Count == 0)
            Output("y");
        _graph.Node.Add(_node);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, new ModelProto { IrVersion = 8, Graph = _graph, OpsetImport = { new OperatorSetIdProto { Version = opset } } }.ToByteArray());
            return OnnxReader.Read(file, ImportOptions.None).Graph;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private OnnxNodes Attribute(AttributeProto attribute)
    {
        _node.Attribute.Add(attribute);
        return this;
    }

    private static ValueInfoProto Value(string name, ElementType element, int[] shape)
    {
        var dims = new TensorShapeProto();
        dims.Dim.AddRange(shape.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)element, Shape = dims } } };
    }
}

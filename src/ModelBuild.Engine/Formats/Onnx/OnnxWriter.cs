using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>
/// A graph as an ONNX file: quantization as QuantizeLinear and DequantizeLinear around float operators, weights of few levels and constants that float16 can say behind what
/// makes float32 of them (<see cref="OnnxWeights"/>), all else as it is. The same graph gives the same bytes.
/// </summary>
internal sealed class OnnxWriter
{
    /// <summary>Newer ones only where an operator needs them: runtimes in the field are older than the format.</summary>
    private const int LeastOpset = 21;

    private readonly Graph _graph;
    private readonly GraphProto _proto = new();
    private readonly HashSet<string> _names, _nodes = [];
    private readonly HashSet<string> _written = [];
    private int _opset = LeastOpset;

    private OnnxWriter(Graph graph)
    {
        _graph = graph;
        _names = [.. graph.Types.Keys];
    }

    public bool Batch => _graph.Batch;

    /// <param name="graph">What to write.</param>
    /// <param name="producer">The version of the tool that writes.</param>
    /// <exception cref="OperatorException">ONNX has no operator that says the same.</exception>
    public static byte[] Write(Graph graph, string producer)
    {
        var writer = new OnnxWriter(graph);
        GraphProto proto = writer.Build();
        // Which version of the format came with which opset.
        int format = writer._opset <= 21 ? 10 : writer._opset <= 23 ? 11 : 12;
        var model = new ModelProto { IrVersion = format, ProducerName = "ModelBuild", ProducerVersion = producer, Graph = proto, OpsetImport = { new OperatorSetIdProto { Version = writer._opset } } };
        return model.ToByteArray();
    }

    public TensorType Type(string value) => _graph.Types[value];

    public void Since(int opset) => _opset = Math.Max(_opset, opset);

    /// <summary>A further constant, under this name or one like it.</summary>
    public string Constant(string hint, Tensor tensor)
    {
        string name = Fresh(_names, hint);
        _proto.Initializer.Add(Proto(name, tensor, tensor.Element, tensor.Bytes.Span));
        return name;
    }

    private GraphProto Build()
    {
        _proto.Name = _graph.Name.Length > 0 ? _graph.Name : "model";
        _proto.Input.AddRange(_graph.Inputs.Select(Value));
        _proto.Output.AddRange(_graph.Outputs.Select(Value));
        foreach (Node node in _graph.Nodes)
        {
            if (!OnnxOperators.ByOp.TryGetValue(node.Op.GetType(), out OnnxOperator? row))
                throw new OperatorException($"{node}: it can't be exported to ONNX");
            for (int i = 0; i < node.Inputs.Count; i++)
                Initializer(node.Inputs[i], i == 1 ? node.Op.WeightsAxis : null);
            var proto = new NodeProto { Name = Fresh(_nodes, node.Name), OpType = row.Name, Input = { node.Inputs }, Output = { node.Outputs } };
            row.Write!(new OnnxNodeWriter(this, node, proto), node.Op);
            while (proto.Input is [.., ""])
                proto.Input.RemoveAt(proto.Input.Count - 1);
            _proto.Node.Add(proto);
        }
        foreach (string output in _graph.Outputs)
            Initializer(output);
        return _proto;
    }

    private void Initializer(string value, int? outputs = null)
    {
        if (value.Length == 0 || _graph.Constant(value) is not { } tensor || !_written.Add(value))
            return;
        if (OnnxWeights.Smallest(tensor, outputs) is not { } small)
        {
            _proto.Initializer.Add(Proto(value, tensor, tensor.Element, tensor.Bytes.Span));
            return;
        }
        string last = Constant($"{value}.{small.Name}", small.Data);
        for (int s = 0; s < small.Steps.Length; s++)
        {
            OnnxStep step = small.Steps[s];
            string output = s == small.Steps.Length - 1 ? value : Fresh(_names, $"{value}.{step.Operator.ToLowerInvariant()}");
            string[] constants = [.. step.Constants.Select(c => Constant($"{value}.{c.Name}", c.Value))];
            var node = new NodeProto { Name = Fresh(_nodes, $"{value}.{step.Operator.ToLowerInvariant()}"), OpType = step.Operator, Input = { step.Last ? [.. constants, last] : (string[])[last, .. constants] }, Output = { output } };
            if (step.To is { } to)
                node.Attribute.Add(new AttributeProto { Name = "to", I = (int)to, Type = AttributeProto.Types.AttributeType.Int });
            _proto.Node.Add(node);
            last = output;
        }
    }

    /// <summary>How many bytes of the file a constant's numbers are.</summary>
    public static int Bytes(Tensor tensor, int? outputs) => OnnxWeights.Smallest(tensor, outputs) is { } small
        ? Packed(small.Data) + small.Steps.SelectMany(s => s.Constants).Sum(c => Packed(c.Value))
        : Packed(tensor);

    private static int Packed(Tensor tensor) => tensor.Element is ElementType.UInt4 or ElementType.Int4 ? (tensor.Bytes.Length + 1) / 2 : tensor.Bytes.Length;

    private static TensorProto Proto(string name, Tensor tensor, ElementType element, ReadOnlySpan<byte> bytes)
    {
        if (element is ElementType.UInt4 or ElementType.Int4)
            bytes = Nibbles.Pack(bytes);
        return new TensorProto { Name = name, DataType = (int)element, Dims = { tensor.Shape.Select(d => (long)d) }, RawData = ByteString.CopyFrom(bytes) };
    }

    private ValueInfoProto Value(string name)
    {
        TensorType type = _graph.Types[name];
        var shape = new TensorShapeProto();
        for (int i = 0; i < type.Shape.Rank; i++)
            shape.Dim.Add(i == 0 && Batch ? new TensorShapeProto.Types.Dimension { DimParam = "batch" } : new TensorShapeProto.Types.Dimension { DimValue = type.Shape[i] });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.Element, Shape = shape } } };
    }

    // ONNX Runtime wants nodes of one name as little as values of one name.
    private static string Fresh(HashSet<string> names, string hint)
    {
        string name = hint;
        for (int i = 1; !names.Add(name); i++)
            name = $"{hint}.{i}";
        return name;
    }
}

using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelBuild.Engine;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool;

/// <summary>A network under construction, one layer after the other, with seeded weights that keep activations about as large as they came in.</summary>
internal sealed class BuiltinNet
{
    private readonly GraphProto _graph = new() { Name = "builtin" };
    private readonly Random _random = new(1);

    public BuiltinNet(params long[] input) => _graph.Input.Add(Value(Last, input));

    /// <summary>The value that the next layer reads.</summary>
    public string Last { get; private set; } = "input";

    public void Relu() => Node("Relu", [Last]);

    public void Relu6() => Node("Clip", [Last, Constant([], [0]), Constant([], [6])]);

    public void Add(string other) => Node("Add", [Last, other]);

    public void Dense(int from, int to) => Node("Gemm", [Last, Weights([from, to], from), Weights([to], from)]);

    public void MaxPool(int kernel, int stride) => Node("MaxPool", [Last], ("kernel_shape", [kernel, kernel]), ("strides", [stride, stride]), ("pads", Pads(kernel)));

    /// <summary>Means of the channels, as a matrix.</summary>
    public void Pool()
    {
        Node("GlobalAveragePool", [Last]);
        Node("Flatten", [Last]);
    }

    /// <param name="from">The value to read, where it is not the last.</param>
    public void Conv(int channels, int to, int kernel, int stride = 1, int groups = 1, string? from = null)
    {
        int fanIn = channels / groups * kernel * kernel;
        NodeProto node = Node("Conv", [from ?? Last, Weights([to, channels / groups, kernel, kernel], fanIn), Weights([to], fanIn)], ("strides", [stride, stride]), ("pads", Pads(kernel)));
        node.Attribute.Add(new AttributeProto { Name = "group", Type = AttributeProto.Types.AttributeType.Int, I = groups });
    }

    public ModelProto Finish(params long[] output)
    {
        _graph.Output.Add(Value(Last, output));
        return new ModelProto { IrVersion = 8, ProducerName = "modelbuild bench", Graph = _graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } };
    }

    private static long[] Pads(int kernel) => [.. Enumerable.Repeat((long)kernel / 2, 4)];

    private NodeProto Node(string op, string[] inputs, params ReadOnlySpan<(string Name, long[] Values)> attributes)
    {
        Last = $"{op.ToLowerInvariant()}{_graph.Node.Count}";
        var node = new NodeProto { OpType = op, Name = Last, Output = { Last } };
        node.Input.AddRange(inputs);
        foreach (var (name, values) in attributes)
        {
            var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
            attribute.Ints.AddRange(values);
            node.Attribute.Add(attribute);
        }
        _graph.Node.Add(node);
        return node;
    }

    private string Weights(long[] shape, int fanIn)
    {
        double scale = Math.Sqrt(3.0 / fanIn);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((2 * _random.NextDouble() - 1) * scale);
        return Constant(shape, values);
    }

    private string Constant(long[] shape, float[] values)
    {
        var tensor = new TensorProto { Name = $"constant{_graph.Initializer.Count}", DataType = (int)ElementType.Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private static ValueInfoProto Value(string name, long[] shape)
    {
        var axes = new TensorShapeProto();
        axes.Dim.AddRange(shape.Select(s => new TensorShapeProto.Types.Dimension { DimValue = s }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float32, Shape = axes } } };
    }
}

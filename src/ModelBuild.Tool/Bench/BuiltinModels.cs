using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelBuild.Engine;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool;

/// <summary>Synthetic networks of well-known shapes, with seeded weights: for measurements that need no file.</summary>
internal static class BuiltinModels
{
    public static readonly (string Name, Func<ModelProto> Make)[] Table = [("mlp", Mlp), ("pointwise", Pointwise)];

    /// <summary>Dense layers 64 → 32 → 10, with a Relu between.</summary>
    private static ModelProto Mlp()
    {
        var net = new Net([1, 64]);
        net.Dense(64, 32);
        net.Relu();
        net.Dense(32, 10);
        return net.Finish([1, 10]);
    }

    /// <summary>Eight 1×1 convolutions of 256 channels over 28×28.</summary>
    private static ModelProto Pointwise()
    {
        var net = new Net([1, 256, 28, 28]);
        for (int i = 0; i < 8; i++)
            net.Conv(256, 256, 1);
        return net.Finish([1, 256, 28, 28]);
    }

    /// <summary>A network under construction, one layer after the other.</summary>
    private sealed class Net
    {
        private readonly GraphProto _graph = new() { Name = "builtin" };
        private readonly Random _random = new(1);
        private string _last = "input";

        public Net(long[] input) => _graph.Input.Add(Value("input", input));

        public void Relu() => Node("Relu");

        public void Dense(int from, int to) => Node("Gemm", Weights([from, to], from), Weights([to], from));

        public void Conv(int from, int to, int kernel)
        {
            NodeProto node = Node("Conv", Weights([to, from, kernel, kernel], from * kernel * kernel), Weights([to], from));
            var pads = new AttributeProto { Name = "pads", Type = AttributeProto.Types.AttributeType.Ints };
            pads.Ints.AddRange(Enumerable.Repeat((long)kernel / 2, 4));
            node.Attribute.Add(pads);
        }

        public ModelProto Finish(long[] output)
        {
            _graph.Output.Add(Value(_last, output));
            return new ModelProto { IrVersion = 8, ProducerName = "modelbuild bench", Graph = _graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } };
        }

        private NodeProto Node(string op, params ReadOnlySpan<string> constants)
        {
            string output = $"{op.ToLowerInvariant()}{_graph.Node.Count}";
            var node = new NodeProto { OpType = op, Name = output, Input = { _last }, Output = { output } };
            foreach (string constant in constants)
                node.Input.Add(constant);
            _graph.Node.Add(node);
            _last = output;
            return node;
        }

        // Of a size that keeps activations about as large as they came in.
        private string Weights(long[] shape, int fanIn)
        {
            double scale = Math.Sqrt(3.0 / fanIn);
            float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)((2 * _random.NextDouble() - 1) * scale))];
            var tensor = new TensorProto { Name = $"weights{_graph.Initializer.Count}", DataType = (int)ElementType.Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
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
}

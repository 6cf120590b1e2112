using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>
/// An ONNX file that can't be imported, as ONNX Runtime runs it: a signature, which is a graph without nodes, and a file of its own, into which data from files beside it has been moved.
/// </summary>
internal sealed record OnnxAsIs(Graph Signature, byte[] File, int Nodes, IReadOnlyList<string> Files)
{
    /// <summary>Of an input or output; what is measured holds several of them.</summary>
    private const int MostElements = 1 << 26;

    /// <exception cref="DiagnosticException">MB2xxx: it is no model, its external data can't be read, ONNX Runtime doesn't take it, or its signature isn't fixed.</exception>
    public static OnnxAsIs Read(string path, ImportOptions options)
    {
        path = Path.GetFullPath(path);
        ModelProto model = OnnxReader.Parse(path);
        var tensors = new OnnxTensors(path);
        byte[] file;
        if (Tensors(model).Any(t => t.DataLocation == TensorProto.Types.DataLocation.External))
        {
            foreach (TensorProto tensor in Tensors(model))
                tensors.Inline(tensor);
            file = model.ToByteArray();
        }
        else
            file = System.IO.File.ReadAllBytes(path);
        using OnnxRuntimeModel session = OnnxRuntimeModel.TryOpen(file, out string why) ?? throw Diagnostics.Session(path, why);
        return new(Read(path, session, options), file, model.Graph.Node.Count, [path, .. tensors.Read]);
    }

    private static Graph Read(string path, OnnxRuntimeModel session, ImportOptions options)
    {
        var builder = new GraphBuilder(Path.GetFileNameWithoutExtension(path));
        bool batch = session.Inputs.Count > 0;
        var ones = new HashSet<string>();
        foreach (string input in session.Inputs)
        {
            NodeMetadata type = session.Input(input);
            bool leading = false;
            if (Fault(type) is { } fault)
                throw Diagnostics.Input(path, input, fault);
            Shape shape = Shape(input, type, options, axis =>
            {
                if (axis > 0)
                    throw Diagnostics.Dimension(path, input, axis, type.SymbolicDimensions[axis]);
                leading = true;
                ones.Add(type.SymbolicDimensions[axis]);
                return 1;
            });
            if (Fault(shape) is { } tooLarge)
                throw Diagnostics.Input(path, input, tooLarge);
            builder.AddInput(input, new TensorType(Element(type)!.Value, shape));
            batch &= leading;
        }
        Graph graph = builder.Build([]);
        foreach (string output in session.Outputs)
        {
            NodeMetadata type = session.Output(output);
            bool leading = false;
            if (Fault(type) is { } fault)
                throw Diagnostics.Session(path, $"output '{output}': {fault}");
            // A symbolic axis is the samples', if it is called as theirs or leads.
            Shape shape = Shape(output, type, options, axis =>
            {
                string name = type.SymbolicDimensions[axis];
                leading |= axis == 0;
                return (axis == 0 && ones.Count > 0) || (name.Length > 0 && ones.Contains(name)) ? 1 : throw Diagnostics.OutputDimension(path, output, axis, name);
            });
            if (Fault(shape) is { } tooLarge)
                throw Diagnostics.Session(path, $"output '{output}': {tooLarge}");
            graph = graph with { Outputs = graph.Outputs.Add(output), Types = graph.Types.SetItem(output, new TensorType(Element(type)!.Value, shape)) };
            batch &= leading;
        }
        return graph with { Batch = batch };
    }

    private static string? Fault(NodeMetadata type) =>
        !type.IsTensor ? "only tensors are supported" : Element(type) == null ? $"its elements are {(ElementType)type.ElementDataType}, which a class has no span for" : null;

    private static string? Fault(Shape shape) => shape.Aggregate(1L, (size, length) => Math.Min(size * length, int.MaxValue)) > MostElements ? $"it is {shape}, and more than {MostElements} elements are not supported" : null;

    /// <summary>What the model says, else the item's Dimensions (by the axis's name, or as <c>tensor.axis</c>), else what <paramref name="otherwise"/> makes of the axis.</summary>
    private static Shape Shape(string tensor, NodeMetadata type, ImportOptions options, Func<int, int> otherwise) => ModelBuild.Engine.Shape.Of(type.Dimensions.Select((length, axis) =>
        length >= 0 ? length
        : options.Dimensions.TryGetValue(type.SymbolicDimensions[axis], out int named) || options.Dimensions.TryGetValue($"{tensor}.{axis}", out named) ? named
        : otherwise(axis)));

    // Those that a class can have as spans.
    private static ElementType? Element(NodeMetadata type) =>
        (ElementType)type.ElementDataType is var element and (ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.Bool or ElementType.Int8 or ElementType.Int16
            or ElementType.Int32 or ElementType.Int64 or ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64) ? element : null;

    private static IEnumerable<TensorProto> Tensors(ModelProto model) => [.. Tensors(model.Graph), .. model.Functions.SelectMany(f => f.Node).SelectMany(Tensors)];

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        [.. graph.Initializer, .. graph.SparseInitializer.SelectMany(s => new[] { s.Values, s.Indices }).OfType<TensorProto>(), .. graph.Node.SelectMany(Tensors)];

    private static IEnumerable<TensorProto> Tensors(NodeProto node) =>
        node.Attribute.SelectMany(a => (TensorProto[])[.. a.T is { } t ? new[] { t } : [], .. a.Tensors, .. a.G is { } g ? Tensors(g) : [], .. a.Graphs.SelectMany(Tensors)]);
}

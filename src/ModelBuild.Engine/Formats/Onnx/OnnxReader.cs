using Google.Protobuf;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>ONNX files → Graph, newest opset's meaning.</summary>
internal sealed class OnnxReader
{
    private const int LeastIr = 3, MostIr = 14, LeastOpset = 1, MostOpset = 28;

    private readonly string _file;
    private readonly ImportOptions _options;
    private readonly GraphBuilder _builder;
    private readonly OnnxTensors _tensors;
    private readonly GraphProto _graph;
    private readonly long _opset;

    private OnnxReader(string file, ModelProto model, ImportOptions options)
    {
        _file = file;
        _options = options;
        _graph = model.Graph;
        _builder = new GraphBuilder(_graph.Name);
        _tensors = new OnnxTensors(file);
        _opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 1;
        if (model.IrVersion is < LeastIr or > MostIr)
            throw Diagnostics.Version(file, "IR version", model.IrVersion, LeastIr, MostIr);
        if (_opset is < LeastOpset or > MostOpset)
            throw Diagnostics.Version(file, "opset", _opset, LeastOpset, MostOpset);
    }

    /// <exception cref="DiagnosticException">MB2xxx: the file is no model, or one that can't be read.</exception>
    public static Imported Read(string file, ImportOptions options)
    {
        file = Path.GetFullPath(file);
        var reader = new OnnxReader(file, Parse(file), options);
        return new Imported(reader.Build(), [file, .. reader._tensors.Read]);
    }

    /// <summary>The file as it is, with a graph in it.</summary>
    /// <exception cref="DiagnosticException">MB2001 to MB2003: there is no file, or it is no model.</exception>
    public static ModelProto Parse(string file)
    {
        if (!File.Exists(file))
            throw Diagnostics.NoFile(file);
        // As a stream: weights come into memory once.
        using FileStream stream = File.OpenRead(file);
        Span<byte> first = stackalloc byte[32];
        if (first[..stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)].StartsWith("version https://git-lfs"u8))
            throw Diagnostics.LargeFilePointer(file);
        stream.Position = 0;
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Diagnostics.NoModel(file, e.Message);
        }
        if (model.Graph == null || model.Graph.Node.Count + model.Graph.Output.Count == 0)
            throw Diagnostics.NoModel(file, stream.Length == 0 ? "the file is empty" : "it holds no graph");
        return model;
    }

    private Graph Build()
    {
        foreach (TensorProto initializer in _graph.Initializer)
            _builder.AddConstant(initializer.Name, _tensors.Tensor(initializer, initializer.Name));
        foreach (SparseTensorProto initializer in _graph.SparseInitializer)
            _builder.AddConstant(initializer.Values?.Name ?? "", _tensors.Sparse(initializer));
        bool batch = true;
        foreach (ValueInfoProto input in _graph.Input.Where(i => !_builder.Has(i.Name)))
        {
            if (_options.Bound.TryGetValue(input.Name, out Tensor? bound))
                _builder.AddConstant(input.Name, bound);
            else
                _builder.AddInput(input.Name, InputType(input, ref batch));
        }
        foreach (NodeProto node in InOrder())
            Add(node);
        foreach (ValueInfoProto output in _graph.Output)
        {
            if (!_builder.Has(output.Name))
                throw Diagnostics.Cycle(_file, "(output)", output.Name);
            Shape shape = _builder.Type(output.Name).Shape;
            bool fixedLength = output.Type?.TensorType?.Shape?.Dim is { Count: > 0 } dims && dims[0].ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dims[0].DimValue > 0;
            batch &= shape.Rank > 0 && shape[0] == 1 && !fixedLength;
        }
        _builder.Batch = batch && _graph.Input.Count > 0;
        return _builder.Build(_graph.Output.Select(o => o.Name));
    }

    private TensorType InputType(ValueInfoProto input, ref bool batch)
    {
        if (input.Type?.TensorType is not { } tensor)
            throw Diagnostics.Input(_file, input.Name, "only tensors are supported as inputs");
        if (!Enum.IsDefined((ElementType)tensor.ElemType))
            throw Diagnostics.Input(_file, input.Name, $"element type {tensor.ElemType} is unknown");
        if (_options.Shapes?.TryGetValue(input.Name, out Shape shape) == true)
            return new TensorType((ElementType)tensor.ElemType, shape);
        if (tensor.Shape == null)
            throw Diagnostics.Input(_file, input.Name, "it has no shape; export the model with one");
        var axes = new List<int>();
        bool leading = false;
        foreach (TensorShapeProto.Types.Dimension dim in tensor.Shape.Dim)
        {
            int axis = axes.Count;
            bool known = dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && (dim.DimValue > 0 || (dim.DimValue == 0 && axis > 0));
            if (known)
                axes.Add(dim.DimValue <= int.MaxValue ? (int)dim.DimValue : throw Diagnostics.Input(_file, input.Name, $"axis {axis} is {dim.DimValue} long"));
            else if (_options.Dimensions.TryGetValue(dim.DimParam, out int length))
                axes.Add(length);
            else if (axis == 0)
            {
                axes.Add(1);
                leading = true;
            }
            else
                throw Diagnostics.Dimension(_file, input.Name, axis, dim.DimParam);
        }
        batch &= leading;
        return new TensorType((ElementType)tensor.ElemType, Shape.Of(axes));
    }

    // The specification asks for topological order; some exporters don't keep it.
    private IEnumerable<NodeProto> InOrder()
    {
        var waiting = new LinkedList<NodeProto>(_graph.Node);
        var given = new HashSet<string>(_graph.Input.Select(i => i.Name)) { "" };
        given.UnionWith(_graph.Initializer.Select(i => i.Name));
        given.UnionWith(_graph.SparseInitializer.Select(i => i.Values?.Name ?? ""));
        while (waiting.Count > 0)
        {
            int before = waiting.Count;
            for (LinkedListNode<NodeProto>? at = waiting.First; at != null;)
            {
                LinkedListNode<NodeProto>? next = at.Next;
                if (at.Value.Input.All(given.Contains))
                {
                    given.UnionWith(at.Value.Output);
                    waiting.Remove(at);
                    yield return at.Value;
                }
                at = next;
            }
            if (waiting.Count == before)
            {
                NodeProto node = waiting.First!.Value;
                throw Diagnostics.Cycle(_file, node.Name.Length > 0 ? node.Name : node.OpType, node.Input.First(i => !given.Contains(i)));
            }
        }
    }

    private void Add(NodeProto proto)
    {
        var node = new OnnxNode(proto, _opset, _builder, _tensors);
        string op = proto.Domain is "" or "ai.onnx" ? proto.OpType : $"{proto.Domain}.{proto.OpType}";
        if (!OnnxOperators.ByName.TryGetValue(op, out OnnxOperator? row))
            throw Diagnostics.Operator(_file, node.Name, op, _opset, "");
        if (_opset < row.Since)
            throw Diagnostics.Operator(_file, node.Name, op, _opset, $", only as opset {row.Since} and newer ones define it");
        try
        {
            if (row.Read(node) is { } read)
                node.Add(read);
        }
        catch (Exception e) when (e is OperatorException or NotConstantException or OverflowException)
        {
            throw new ImportException(Diagnostics.Node(_file, node.Name, op, e.Message).Diagnostic, node.Name, op, (e as NotConstantException)?.Value);
        }
    }
}

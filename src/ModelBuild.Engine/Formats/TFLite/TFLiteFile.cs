namespace ModelBuild.Engine;

/// <summary>A tensor of the file: its shape as stored and, with −1 for what isn't fixed, as declared; what its integers mean; its data where it is constant.</summary>
internal sealed record TFLiteTensor(string Name, Shape Shape, Ints Signature, ElementType Element, Quantization? Quantization, bool IsVariable, Tensor? Constant)
{
    public bool IsFixed => !Signature.Contains(-1);
}

/// <summary>An operator of the file. Inputs and outputs are numbers of tensors, −1 where an optional one is absent.</summary>
internal sealed record TFLiteCall(string Name, FlatTable? Options, int[] Inputs, int[] Outputs);

/// <summary>TensorFlow Lite's file, by the field numbers of its schema (version 3).</summary>
internal sealed class TFLiteFile
{
    private const int SchemaVersion = 3;

    // A tensor that is stored sparse may become this many times as large.
    private const int MostGrowth = 256;

    // Field numbers of the tables that are read here.
    private static class Model { public const int Version = 0, Codes = 1, Subgraphs = 2, Buffers = 4, Signatures = 7; }
    private static class Subgraph { public const int Tensors = 0, Inputs = 1, Outputs = 2, Operators = 3, Name = 4; }
    private static class TensorField { public const int Shape = 0, Type = 1, Buffer = 2, Name = 3, Quantization = 4, IsVariable = 5, Sparsity = 6, Signature = 7, External = 10; }
    private static class Quantized { public const int Scale = 2, Zero = 3, Details = 4, Axis = 6; }
    private static class BufferField { public const int Data = 0, Offset = 1, Size = 2; }
    private static class Code { public const int Old = 0, Custom = 1, New = 3; }
    private static class Operator { public const int Code = 0, Inputs = 1, Outputs = 2, Options = 4; }
    private static class Signature { public const int Inputs = 0, Outputs = 1, Subgraph = 4; }

    /// <summary>Element types by the file's number; what has none is not read.</summary>
    private static readonly Dictionary<int, ElementType> Elements = new()
    {
        [0] = ElementType.Float32, [1] = ElementType.Float16, [2] = ElementType.Int32, [3] = ElementType.UInt8, [4] = ElementType.Int64, [6] = ElementType.Bool, [7] = ElementType.Int16,
        [9] = ElementType.Int8, [10] = ElementType.Float64, [12] = ElementType.UInt64, [15] = ElementType.UInt32, [16] = ElementType.UInt16, [17] = ElementType.Int4, [18] = ElementType.BFloat16, [20] = ElementType.UInt4,
    };

    private readonly string _path;
    private readonly FlatFile _file;
    private readonly FlatTables _tensors, _operators, _codes, _buffers;
    private readonly FlatTable _model, _graph;
    private readonly Dictionary<int, TFLiteTensor> _read = [];

    /// <exception cref="FlatException">The file breaks its own format.</exception>
    public TFLiteFile(string path, byte[] bytes)
    {
        _path = path;
        _file = new FlatFile(bytes);
        _model = _file.Root("TFL3");
        if (_model.Int(Model.Version) != SchemaVersion)
            throw Diagnostics.Version(path, "schema version", _model.Int(Model.Version), SchemaVersion, SchemaVersion);
        FlatTables graphs = _model.Tables(Model.Subgraphs);
        if (graphs.Count == 0)
            throw new FlatException("it holds no graph");
        _graph = graphs[0];
        (_tensors, _operators, _codes, _buffers) = (_graph.Tables(Subgraph.Tensors), _graph.Tables(Subgraph.Operators), _model.Tables(Model.Codes), _model.Tables(Model.Buffers));
        Subgraphs = graphs.Count;
        (Inputs, Outputs) = (_graph.Ints(Subgraph.Inputs), _graph.Ints(Subgraph.Outputs));
        Names = SignatureNames();
    }

    public long Bytes => _file.Length;

    public int Subgraphs { get; }

    public string Name => _graph.Text(Subgraph.Name);

    public int[] Inputs { get; }

    public int[] Outputs { get; }

    /// <summary>What the file's only signature calls inputs and outputs.</summary>
    public IReadOnlyDictionary<int, string> Names { get; }

    private Dictionary<int, string> SignatureNames()
    {
        FlatTables signatures = _model.Tables(Model.Signatures);
        var names = new Dictionary<int, string>();
        if (signatures.Count != 1 || signatures[0].Int(Signature.Subgraph) != 0)
            return names;
        foreach (int side in (int[])[Signature.Inputs, Signature.Outputs])
        {
            FlatTables map = signatures[0].Tables(side);
            for (int i = 0; i < map.Count; i++)
                names.TryAdd(map[i].Int(1), map[i].Text(0));
        }
        return names;
    }

    public IEnumerable<TFLiteCall> Calls()
    {
        for (int i = 0; i < _operators.Count; i++)
        {
            FlatTable call = _operators[i], code = _codes[call.Int(Operator.Code)];
            int number = Math.Max((sbyte)code.Byte(Code.Old), code.Int(Code.New));
            string name = number == TFLiteOperators.Custom ? $"CUSTOM '{code.Text(Code.Custom)}'" : TFLiteOperators.NameOf(number);
            yield return new TFLiteCall(name, call.Table(Operator.Options), call.Ints(Operator.Inputs), call.Ints(Operator.Outputs));
        }
    }

    /// <summary>An operator has no name of its own: that of what it writes. Converters join the names of all that they fused; the first is the last operator's.</summary>
    public string NameOf(TFLiteCall call) => call.Outputs.Length > 0 ? Tensor(call.Outputs[0]).Name.Split(';')[0] : call.Name;

    /// <exception cref="FlatException">There is no such tensor, or it breaks the format.</exception>
    /// <exception cref="DiagnosticException">MB2009: it can't be read.</exception>
    public TFLiteTensor Tensor(int index)
    {
        if (_read.TryGetValue(index, out TFLiteTensor? known))
            return known;
        FlatTable tensor = _tensors[index];
        string name = tensor.Text(TensorField.Name);
        if (name.Length == 0)
            name = $"tensor{index}";
        try
        {
            return _read[index] = Tensor(tensor, name);
        }
        catch (OperatorException e)
        {
            throw Diagnostics.Tensor(_path, name, e.Message);
        }
        catch (OverflowException)
        {
            throw Diagnostics.Tensor(_path, name, "it has more than 2,147,483,647 elements");
        }
    }

    private TFLiteTensor Tensor(FlatTable tensor, string name)
    {
        int[] shape = tensor.Ints(TensorField.Shape), signature = tensor.Ints(TensorField.Signature);
        if (signature.Length != shape.Length)
            signature = shape;
        if (shape.Length > 16 || shape.Any(d => d < 0))
            throw new OperatorException($"its shape is {new Ints(shape)}");
        if (!Elements.TryGetValue(tensor.Byte(TensorField.Type), out ElementType element))
            throw new OperatorException($"element type {tensor.Byte(TensorField.Type)} is not supported");
        if (tensor.Int(TensorField.External) != 0)
            throw new OperatorException("data in other files is not supported");
        var type = new TensorType(element, Shape.Of(shape));
        _ = type.Bytes;
        ReadOnlyMemory<byte> data = Data(tensor.Int(TensorField.Buffer));
        Tensor? constant = data.Length == 0 && type.Bytes > 0 ? null : tensor.Table(TensorField.Sparsity) is { } sparsity ? Dense(type, sparsity, data) : Constant(type, data);
        return new TFLiteTensor(name, type.Shape, new(signature), element, Meaning(tensor.Table(TensorField.Quantization), element), tensor.Flag(TensorField.IsVariable), constant);
    }

    private ReadOnlyMemory<byte> Data(int buffer)
    {
        if (buffer == 0)
            return default;
        FlatTable table = _buffers[buffer];
        long offset = table.Long(BufferField.Offset), size = table.Long(BufferField.Size);
        return offset <= 1 ? table.Data(BufferField.Data) : size >= 0 && size <= int.MaxValue ? _file.Memory(offset, size) : throw new FlatException($"a buffer of {size} bytes");
    }

    /// <summary>Integers of four bits lie two in a byte, the first one low.</summary>
    private static Tensor Constant(TensorType type, ReadOnlyMemory<byte> data)
    {
        bool nibbles = type.Element is ElementType.Int4 or ElementType.UInt4;
        int expected = nibbles ? (type.Bytes + 1) / 2 : type.Bytes;
        if (data.Length != expected)
            throw new OperatorException($"{type} takes {expected} bytes, and there are {data.Length}");
        if (!nibbles)
            return new Tensor(type, data);
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length; i++)
        {
            int nibble = data.Span[i / 2] >> (i % 2 * 4) & 15;
            bytes[i] = (byte)(type.Element == ElementType.Int4 ? (nibble ^ 8) - 8 : nibble);
        }
        return new Tensor(type, bytes);
    }

    private static Tensor Dense(TensorType type, FlatTable sparsity, ReadOnlyMemory<byte> data)
    {
        if (type.Bytes > (long)MostGrowth * data.Length)
            throw new OperatorException($"{type} of {data.Length} bytes of sparse data");
        return new TFLiteSparse(sparsity, type).Dense(data);
    }

    private static Quantization? Meaning(FlatTable? table, ElementType element)
    {
        if (table is not { } q || element.IsFloat() || q.Floats(Quantized.Scale) is not { Length: > 0 } scales)
            return table?.Byte(Quantized.Details) > 0 ? throw new OperatorException("quantization other than by scales and zero points is not supported") : null;
        long[] zeros = q.Longs(Quantized.Zero);
        if (zeros.Length == 0)
            zeros = new long[scales.Length];
        if (zeros.Length == 1)
            Array.Resize(ref zeros, scales.Length);
        if (scales.Any(s => !(s > 0) || float.IsInfinity(s)))
            throw new OperatorException("a scale of its quantization is not a positive number");
        var meaning = new Quantization(new(scales), new(Enumerable.Repeat(0, scales.Length)), element, scales.Length == 1 ? 1 : q.Int(Quantized.Axis));
        if (zeros.Length != scales.Length || zeros.Any(z => z < meaning.Range.Least || z > meaning.Range.Most))
            throw new OperatorException($"zero points [{string.Join(", ", zeros.Take(4))}…] for {scales.Length} scales of {element.Word()}");
        return meaning with { ZeroPoints = new(zeros.Select(z => (int)z)) };
    }
}

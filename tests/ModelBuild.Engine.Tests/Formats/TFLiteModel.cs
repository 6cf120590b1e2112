using Google.FlatBuffers;

namespace ModelBuild.Engine.Tests;

/// <summary>TensorFlow Lite models as files, put together field by field.</summary>
internal sealed class TFLiteModel
{
    private static readonly ElementType[] Types =
    [
        ElementType.Float32, ElementType.Float16, ElementType.Int32, ElementType.UInt8, ElementType.Int64, ElementType.String, ElementType.Bool, ElementType.Int16, ElementType.Complex64, ElementType.Int8,
    ];

    /// <summary>What the file says that an operator's options are, by number; others have none.</summary>
    private static readonly Dictionary<string, sbyte> Options = new()
    {
        ["CONV_2D"] = 1, ["DEPTHWISE_CONV_2D"] = 2, ["AVERAGE_POOL_2D"] = 5, ["L2_POOL_2D"] = 5, ["MAX_POOL_2D"] = 5, ["FULLY_CONNECTED"] = 8, ["SOFTMAX"] = 9, ["CONCATENATION"] = 10, ["ADD"] = 11, ["L2_NORMALIZATION"] = 12,
        ["LOCAL_RESPONSE_NORMALIZATION"] = 13, ["RESIZE_BILINEAR"] = 15, ["RESHAPE"] = 17, ["SPACE_TO_DEPTH"] = 19, ["MUL"] = 21, ["GATHER"] = 23, ["MEAN"] = 27, ["SUM"] = 27, ["REDUCE_MAX"] = 27, ["REDUCE_MIN"] = 27, ["REDUCE_PROD"] = 27,
        ["SUB"] = 28, ["DIV"] = 29, ["SQUEEZE"] = 30, ["UNIDIRECTIONAL_SEQUENCE_RNN"] = 31, ["STRIDED_SLICE"] = 32, ["SPLIT"] = 35, ["ARG_MAX"] = 40, ["TRANSPOSE_CONV"] = 49, ["FAKE_QUANT"] = 58, ["PACK"] = 59, ["ONE_HOT"] = 61, ["UNPACK"] = 64,
        ["BIDIRECTIONAL_SEQUENCE_LSTM"] = 69, ["UNIDIRECTIONAL_SEQUENCE_LSTM"] = 71, ["RESIZE_NEAREST_NEIGHBOR"] = 74, ["LEAKY_RELU"] = 75, ["MIRROR_PAD"] = 77, ["SPLIT_V"] = 79, ["REVERSE_SEQUENCE"] = 87, ["DEPTH_TO_SPACE"] = 94, ["BATCH_MATMUL"] = 101, ["CUMSUM"] = 102, ["GELU"] = 116,
    };

    private readonly FlatBufferBuilder _b = new(1024);
    private readonly List<int> _tensors = [], _buffers = [], _operators = [], _codes = [];

    public TFLiteModel() => _buffers.Add(Table(0, []));

    public int Graphs { get; init; } = 1;

    /// <summary>A tensor, constant where it has values; its number.</summary>
    public int Tensor(string name, ElementType element, int[] shape, Tensor? values = null, (float[] Scales, long[] Zeros, int Axis)? meaning = null, int[]? signature = null, int sparsity = 0, bool variable = false)
    {
        int buffer = 0;
        if (values != null)
        {
            buffer = _buffers.Count;
            _buffers.Add(Table(1, [(0, Vector(values.Bytes.ToArray(), 1, (b, v) => b.AddByte(v), 16))]));
        }
        int q = meaning is var (scales, zeros, axis) ? Table(7, [(2, Vector(scales, 4, (b, v) => b.AddFloat(v))), (3, Vector(zeros, 8, (b, v) => b.AddLong(v)))], [(6, axis)]) : 0;
        int text = _b.CreateString(name).Value, dims = Ints(shape), declared = signature == null ? 0 : Ints(signature);
        _tensors.Add(Table(8, [(0, dims), (3, text), (4, q), (6, sparsity), (7, declared)], [(1, (sbyte)Array.IndexOf(Types, element)), (2, buffer), (5, variable)]));
        return _tensors.Count - 1;
    }

    public int Constant(string name, Tensor values, (float[], long[], int)? meaning = null) => Tensor(name, values.Element, [.. values.Shape], values, meaning);

    /// <summary>An operator; options by field number: int, bool, byte (as sbyte), float or int[].</summary>
    public TFLiteModel Operator(string name, int[] inputs, int[] outputs, params (int Field, object Value)[] options)
    {
        int code = Enumerable.Range(0, 162).FirstOrDefault(c => TFLiteOperators.NameOf(c) == name, -1);
        _codes.Add(code < 0 ? Table(4, [(1, _b.CreateString(name).Value)], [(0, (sbyte)TFLiteOperators.Custom)]) : Table(4, [], [(0, (sbyte)Math.Min(code, 127)), (3, code)]));
        (int, int)[] vectors = [.. options.Where(o => o.Value is int[]).Select(o => (o.Field, Ints((int[])o.Value)))];
        int table = Table(8, vectors, [.. options.Where(o => o.Value is not int[])]), ins = Ints(inputs), outs = Ints(outputs);
        bool has = Options.TryGetValue(name, out sbyte type);
        _operators.Add(Table(6, [(1, ins), (2, outs), (4, has ? table : 0)], has ? [(0, _codes.Count - 1), (3, type)] : [(0, _codes.Count - 1)]));
        return this;
    }

    public int Sparsity(int[] order, int[] map, params (int Dense, int[]? Segments, int[]? Indices)[] axes)
    {
        int[] levels = [.. axes.Select(a => a.Segments == null ? Table(6, [], [(1, a.Dense)])
            : Table(6, [(3, Table(1, [(0, Ints(a.Segments))])), (5, Table(1, [(0, Ints(a.Indices!))]))], [(0, (sbyte)1), (2, (sbyte)1), (4, (sbyte)1)]))];
        return Table(3, [(0, Ints(order)), (1, Ints(map)), (2, Tables(levels))]);
    }

    public byte[] Build(int[] inputs, int[] outputs)
    {
        int tensors = Tables([.. _tensors]), operators = Tables([.. _operators]), ins = Ints(inputs), outs = Ints(outputs), name = _b.CreateString("main").Value;
        int graph = Table(5, [(0, tensors), (1, ins), (2, outs), (3, operators), (4, name)]);
        int codes = Tables([.. _codes]), graphs = Tables([.. Enumerable.Repeat(graph, Graphs)]), buffers = Tables([.. _buffers]);
        _b.Finish(Table(8, [(1, codes), (2, graphs), (4, buffers)], [(0, 3)]), "TFL3");
        return _b.SizedByteArray();
    }

    public Graph Read(int[] inputs, int[] outputs, ImportOptions? options = null) => Read(Build(inputs, outputs), options);

    public static Graph Read(byte[] file, ImportOptions? options = null)
    {
        using var scratch = new Scratch();
        return ModelFormat.Import(scratch.Write("model.tflite", file), options ?? ImportOptions.None).Graph;
    }

    private int Table(int fields, (int Field, int Offset)[] offsets, params (int Field, object Value)[] values)
    {
        _b.StartTable(fields);
        foreach (var (field, offset) in offsets.Where(o => o.Offset != 0))
            _b.AddOffset(field, offset, 0);
        foreach (var (field, value) in values)
        {
            switch (value)
            {
                case int i: _b.AddInt(field, i, i + 1); break;
                case sbyte i: _b.AddSbyte(field, i, (sbyte)(i + 1)); break;
                case bool flag: _b.AddBool(field, flag, !flag); break;
                case float f: _b.AddFloat(field, f, f + 1); break;
                default: throw new ArgumentException(value.ToString());
            }
        }
        return _b.EndTable();
    }

    private int Ints(int[] values) => Vector(values, 4, (b, v) => b.AddInt(v));

    private int Vector<T>(T[] values, int bytes, Action<FlatBufferBuilder, T> add, int alignment = 4)
    {
        _b.StartVector(bytes, values.Length, Math.Max(bytes, alignment));
        foreach (T value in values.Reverse())
            add(_b, value);
        return _b.EndVector().Value;
    }

    private int Tables(int[] offsets)
    {
        _b.StartVector(4, offsets.Length, 4);
        foreach (int offset in offsets.Reverse())
            _b.AddOffset(offset);
        return _b.EndVector().Value;
    }
}

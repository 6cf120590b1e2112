namespace ModelBuild.Engine;

/// <summary>One builtin operator of TensorFlow Lite, how it becomes nodes of the graph, and of which nodes it is written.</summary>
internal sealed record TFLiteOperator(string Name, Action<TFLiteNode> Read, params TFLiteWriting[] Writes)
{
    /// <summary>The file's number for the table of its options; 0 where it needs none.</summary>
    public int Options { get; init; }

    /// <summary>The version that knows signed bytes.</summary>
    public int IntegerVersion { get; init; } = 1;

    /// <summary>Whether bytes leave it with the meaning with which they come in.</summary>
    public bool KeepsMeaning { get; init; }

    /// <summary>What its bytes always mean, if that is fixed.</summary>
    public Quantization? Gives { get; init; }
}

/// <summary>What of TensorFlow Lite is supported: a row an operator, in alphabetical order, read and write side by side.</summary>
internal static class TFLiteOperators
{
    public const int Custom = 32;

    /// <summary>The builtin operators by the file's numbers.</summary>
    private static readonly string[] Names =
    [
        "ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE", "DEQUANTIZE", "EMBEDDING_LOOKUP", "FLOOR", "FULLY_CONNECTED",
        "HASHTABLE_LOOKUP", "L2_NORMALIZATION", "L2_POOL_2D", "LOCAL_RESPONSE_NORMALIZATION", "LOGISTIC", "LSH_PROJECTION", "LSTM", "MAX_POOL_2D", "MUL", "RELU",
        "RELU_N1_TO_1", "RELU6", "RESHAPE", "RESIZE_BILINEAR", "RNN", "SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH", "CONCAT_EMBEDDINGS",
        "SKIP_GRAM", "CALL", "CUSTOM", "EMBEDDING_LOOKUP_SPARSE", "PAD", "UNIDIRECTIONAL_SEQUENCE_RNN", "GATHER", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "TRANSPOSE",
        "MEAN", "SUB", "DIV", "SQUEEZE", "UNIDIRECTIONAL_SEQUENCE_LSTM", "STRIDED_SLICE", "BIDIRECTIONAL_SEQUENCE_RNN", "EXP", "TOPK_V2", "SPLIT",
        "LOG_SOFTMAX", "DELEGATE", "BIDIRECTIONAL_SEQUENCE_LSTM", "CAST", "PRELU", "MAXIMUM", "ARG_MAX", "MINIMUM", "LESS", "NEG",
        "PADV2", "GREATER", "GREATER_EQUAL", "LESS_EQUAL", "SELECT", "SLICE", "SIN", "TRANSPOSE_CONV", "SPARSE_TO_DENSE", "TILE",
        "EXPAND_DIMS", "EQUAL", "NOT_EQUAL", "LOG", "SUM", "SQRT", "RSQRT", "SHAPE", "POW", "ARG_MIN",
        "FAKE_QUANT", "REDUCE_PROD", "REDUCE_MAX", "PACK", "LOGICAL_OR", "ONE_HOT", "LOGICAL_AND", "LOGICAL_NOT", "UNPACK", "REDUCE_MIN",
        "FLOOR_DIV", "REDUCE_ANY", "SQUARE", "ZEROS_LIKE", "FILL", "FLOOR_MOD", "RANGE", "RESIZE_NEAREST_NEIGHBOR", "LEAKY_RELU", "SQUARED_DIFFERENCE",
        "MIRROR_PAD", "ABS", "SPLIT_V", "UNIQUE", "CEIL", "REVERSE_V2", "ADD_N", "GATHER_ND", "COS", "WHERE",
        "RANK", "ELU", "REVERSE_SEQUENCE", "MATRIX_DIAG", "QUANTIZE", "MATRIX_SET_DIAG", "ROUND", "HARD_SWISH", "IF", "WHILE",
        "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "SCATTER_ND", "SELECT_V2", "DENSIFY", "SEGMENT_SUM", "BATCH_MATMUL", "PLACEHOLDER_FOR_GREATER_OP_CODES", "CUMSUM", "CALL_ONCE",
        "BROADCAST_TO", "RFFT2D", "CONV_3D", "IMAG", "REAL", "COMPLEX_ABS", "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE",
        "REDUCE_ALL", "CONV_3D_TRANSPOSE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "BROADCAST_ARGS", "RANDOM_STANDARD_NORMAL", "BUCKETIZE", "RANDOM_UNIFORM", "MULTINOMIAL",
        "GELU", "DYNAMIC_UPDATE_SLICE", "RELU_0_TO_1", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_SUM", "ATAN2", "UNSORTED_SEGMENT_MIN", "SIGN", "BITCAST",
        "BITWISE_XOR", "RIGHT_SHIFT",
    ];

    // From here on operators are of another dialect, which are read as little as those that are newer than this table.
    private const int Stable = 162;

    public static int CodeOf(string name) => Array.IndexOf(Names, name);

    public static string NameOf(int code) => code >= 0 && code < Names.Length ? Names[code] : $"{(code >= Stable ? "STABLEHLO or newer " : "")}operator {code}";

    /// <summary>Whether an operator runs another graph of the file.</summary>
    public static bool HasGraphs(string name) => name is "IF" or "WHILE" or "CALL" or "CALL_ONCE" || name.StartsWith("STABLEHLO", StringComparison.Ordinal);

    public static IReadOnlyList<TFLiteOperator> All { get; } =
    [
        Each<Abs>("ABS", new Abs()),
        Two<Add>("ADD", new Add(), activation: 0, integers: true) with { Options = 11, IntegerVersion = 2 },
        new("ADD_N", TFLiteElementwise.Sum),
        new TFLiteOperator("ARG_MAX", n => TFLiteMovement.Arg(n, axis => new ArgMax(axis, false, false)), TFLiteWriting.For<ArgMax>((w, o) => TFLiteMovement.Write(w, "ARG_MAX", o))) with { Options = 40, IntegerVersion = 2 },
        new TFLiteOperator("ARG_MIN", n => TFLiteMovement.Arg(n, axis => new ArgMin(axis, false, false)), TFLiteWriting.For<ArgMin>((w, o) => TFLiteMovement.Write(w, "ARG_MIN", o))) with { Options = 57, IntegerVersion = 2 },
        new TFLiteOperator("AVERAGE_POOL_2D", n => TFLiteWindows.Pool(n, (k, s, d, p) => new AveragePool(k, s, d, p)), TFLiteWriting.For<AveragePool>(TFLiteWindows.Write, integers: true, fuses: true) with { OfIntegers = TFLiteWindows.IsOfIntegers }) with { Options = 5, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("BATCH_MATMUL", TFLiteProducts.BatchMatMul) with { Options = 101, IntegerVersion = 2 },
        new("BATCH_TO_SPACE_ND", TFLiteMovement.BatchToSpace),
        new("BIDIRECTIONAL_SEQUENCE_LSTM", TFLiteRecurrent.BidirectionalLstm),
        Two<BitwiseXor>("BITWISE_XOR", new BitwiseXor()),
        new("BROADCAST_ARGS", TFLiteMovement.BroadcastArguments),
        new TFLiteOperator("BROADCAST_TO", n => n.Put(n.Add(new Expand(n.NeedInts(1)), n.Data(0))), TFLiteWriting.For<Expand>(TFLiteMovement.Write)) with { IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("CAST", n => n.Put(n.Add(new Cast(n.Output(0).Element), n.Raw(0))), TFLiteWriting.For<Cast>((w, _) => w.Each("CAST"))) with { Options = 37 },
        Each<Ceil>("CEIL", new Ceil()),
        new TFLiteOperator("CONCATENATION", TFLiteMovement.Concatenation, TFLiteWriting.For<Concat>(TFLiteMovement.Write, integers: true)) with { Options = 10, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("CONV_2D", TFLiteWindows.Conv, TFLiteWriting.For<Conv>(TFLiteWindows.Write, integers: true, fuses: true)) with { Options = 1, IntegerVersion = 3 },
        Each<Cos>("COS", new Cos()),
        new TFLiteOperator("CUMSUM", n => n.Put(n.Add(new CumSum(n.NeedInt(1), n.Flag(0), n.Flag(1)), n.Data(0))), TFLiteWriting.For<CumSum>((w, o) => w.Put("CUMSUM", [w.Get(0), w.Number(w.Shape(0).Axis(o.Axis))], false, (0, o.Exclusive), (1, o.Reverse)))) with { Options = 102 },
        new("DENSIFY", TFLiteElementwise.Densify),
        new TFLiteOperator("DEPTHWISE_CONV_2D", TFLiteWindows.Depthwise) with { Options = 2, IntegerVersion = 3 },
        new TFLiteOperator("DEPTH_TO_SPACE", n => n.Put(n.Add(new DepthToSpace(n.Int(0)), n.Data(0, first: true)), first: true), TFLiteWriting.For<DepthToSpace>(TFLiteMovement.Write)) with { Options = 94, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("DEQUANTIZE", TFLiteElementwise.Dequantize) with { IntegerVersion = 2 },
        Two<Div>("DIV", new Div(), activation: 0) with { Options = 29 },
        new("ELU", n => n.Unary(new Elu()), TFLiteWriting.For<Elu>(TFLiteElementwise.Write), TFLiteWriting.For<Celu>(TFLiteElementwise.Write), TFLiteWriting.For<Selu>(TFLiteElementwise.Write)),
        new("EMBEDDING_LOOKUP", n => n.Put(n.Add(new Gather(0), n.Data(1), n.Raw(0)))),
        Two<Equal>("EQUAL", new Equal()),
        Each<Exp>("EXP", new Exp()),
        new("EXPAND_DIMS", n => n.Put(n.Add(new Unsqueeze(new([n.NeedInt(1)])), n.Data(0)))),
        new("FAKE_QUANT", TFLiteElementwise.FakeQuantize),
        new("FILL", n => n.Put(n.Add(new Expand(n.NeedInts(0)), n.Data(1)))),
        Each<Floor>("FLOOR", new Floor()),
        new("FLOOR_DIV", TFLiteElementwise.FloorDiv),
        new("FLOOR_MOD", TFLiteElementwise.FloorMod, TFLiteWriting.For<Mod>((w, o) => w.Calculate(o.Fmod && w.OutputElement.IsFloat() ? throw new OperatorException("a remainder with the sign of the dividend is not supported") : "FLOOR_MOD"))),
        new TFLiteOperator("FULLY_CONNECTED", TFLiteProducts.FullyConnected, TFLiteWriting.For<Gemm>(TFLiteProducts.Write, integers: true, fuses: true), TFLiteWriting.For<MatMul>(TFLiteProducts.Write, integers: true, fuses: true)) with { Options = 8, IntegerVersion = 4 },
        new TFLiteOperator("GATHER", TFLiteMovement.Gather, TFLiteWriting.For<Gather>(TFLiteMovement.Write)) with { Options = 23, IntegerVersion = 2, KeepsMeaning = true },
        new("GATHER_ND", n => n.Put(n.Add(new GatherND(), n.Data(0), n.Wide(1))), TFLiteWriting.For<GatherND>((w, o) => w.Put("GATHER_ND", o.BatchDims == 0 ? [w.Get(0), w.Get(1)] : throw new OperatorException("a batch is not supported"), false))),
        new TFLiteOperator("GELU", n => n.Unary(new Gelu(n.Flag(0))), TFLiteWriting.For<Gelu>((w, o) => w.Each("GELU", (0, o.Approximate)))) with { Options = 116 },
        Two<Greater>("GREATER", new Greater()),
        Two<GreaterOrEqual>("GREATER_EQUAL", new GreaterOrEqual()),
        Each<HardSwish>("HARD_SWISH", new HardSwish(), integers: true),
        new("L2_NORMALIZATION", n => n.Put(n.Activate(n.Graph.LpNormalization(n.Data(0), -1, 2), 0))),
        new("L2_POOL_2D", n => TFLiteWindows.Pool(n, (k, s, d, p) => new AveragePool(k, s, d, p), square: true)),
        new TFLiteOperator("LEAKY_RELU", n => n.Unary(new LeakyRelu(n.Float(0))), TFLiteWriting.For<LeakyRelu>((w, o) => w.Each("LEAKY_RELU", (0, o.Alpha)), integers: true)) with { Options = 75, IntegerVersion = 2 },
        Two<Less>("LESS", new Less()),
        Two<LessOrEqual>("LESS_EQUAL", new LessOrEqual()),
        new("LOCAL_RESPONSE_NORMALIZATION", n => n.Put(n.Graph.LocalResponse(n.Data(0, first: true), 2 * n.Int(0) + 1, n.Float(2) * (2 * n.Int(0) + 1), n.Float(3), n.Float(1)), first: true)),
        Each<Log>("LOG", new Log()),
        Two<And>("LOGICAL_AND", new And()),
        Each<Not>("LOGICAL_NOT", new Not()),
        Two<Or>("LOGICAL_OR", new Or()),
        Each<Sigmoid>("LOGISTIC", new Sigmoid(), integers: true) with { IntegerVersion = 2, Gives = Bytes(1f / 256, -128) },
        new TFLiteOperator("LOG_SOFTMAX", n => n.Put(n.Add(new LogSoftmax(), n.Data(0))), TFLiteWriting.For<LogSoftmax>((w, o) => TFLiteElementwise.Write(w, "LOG_SOFTMAX", o))) with { IntegerVersion = 2 },
        new("MATRIX_DIAG", TFLiteMovement.Diagonal),
        new TFLiteOperator("MAXIMUM", n => n.Binary(new Max()), TFLiteWriting.For<Max>((w, _) => w.Compare("MAXIMUM"), integers: true)) with { IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("MAX_POOL_2D", n => TFLiteWindows.Pool(n, (k, s, d, p) => new MaxPool(k, s, d, p)), TFLiteWriting.For<MaxPool>(TFLiteWindows.Write, integers: true, fuses: true)) with { Options = 5, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("MEAN", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceMean(axes, keep, true)), TFLiteWriting.For<ReduceMean>((w, o) => TFLiteMovement.Write(w, "MEAN", o), integers: true), TFLiteWriting.For<GlobalAveragePool>((w, o) => TFLiteMovement.Write(w, "MEAN", o), integers: true)) with { Options = 27, IntegerVersion = 2 },
        new TFLiteOperator("MINIMUM", n => n.Binary(new Min()), TFLiteWriting.For<Min>((w, _) => w.Compare("MINIMUM"), integers: true)) with { IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("MIRROR_PAD", TFLiteMovement.MirrorPad) with { Options = 77, IntegerVersion = 2, KeepsMeaning = true },
        Two<Mul>("MUL", new Mul(), activation: 0, integers: true) with { Options = 21, IntegerVersion = 2 },
        Each<Neg>("NEG", new Neg()),
        new("NOT_EQUAL", n => n.Put(n.Add(new Not(), n.Add(new Equal(), n.Data(0), n.Data(1)))), TFLiteWriting.For<Xor>((w, _) => w.Each("NOT_EQUAL"))),
        new("ONE_HOT", TFLiteMovement.OneHot),
        new("PACK", TFLiteMovement.Pack),
        new TFLiteOperator("PAD", n => TFLiteMovement.Pad(n, 0), TFLiteWriting.For<Pad>(TFLiteMovement.Write, integers: true)) with { Options = 22, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("PADV2", n => TFLiteMovement.Pad(n, n.Floats(2).F32[0])) with { Options = 43, IntegerVersion = 2, KeepsMeaning = true },
        Row<Pow>("POW", n => n.Binary(new Pow()), (w, _) => w.Calculate("POW")),
        Two<PRelu>("PRELU", new PRelu()),
        new TFLiteOperator("QUANTIZE", n => n.Unary(new Identity())) with { IntegerVersion = 2 },
        new("RANGE", TFLiteMovement.Range),
        new("RANK", n => n.Put(n.Constant(Tensor.Scalar(n.Shape(0).Rank)))),
        new("REDUCE_ALL", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceMin(axes, keep, true))),
        new("REDUCE_ANY", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceMax(axes, keep, true))),
        new TFLiteOperator("REDUCE_MAX", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceMax(axes, keep, true)), TFLiteWriting.For<ReduceMax>((w, o) => TFLiteMovement.Write(w, "REDUCE_MAX", o)), TFLiteWriting.For<GlobalMaxPool>((w, o) => TFLiteMovement.Write(w, "REDUCE_MAX", o))) with { Options = 27, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("REDUCE_MIN", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceMin(axes, keep, true)), TFLiteWriting.For<ReduceMin>((w, o) => TFLiteMovement.Write(w, "REDUCE_MIN", o))) with { Options = 27, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("REDUCE_PROD", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceProd(axes, keep, true)), TFLiteWriting.For<ReduceProd>((w, o) => TFLiteMovement.Write(w, "REDUCE_PROD", o))) with { Options = 27 },
        Each<Relu>("RELU", new Relu(), integers: true) with { IntegerVersion = 2 },
        new TFLiteOperator("RELU6", n => n.Unary(new Clip(0, 6)), TFLiteWriting.For<Clip>(TFLiteElementwise.Write, integers: true), TFLiteWriting.For<HardSigmoid>(TFLiteElementwise.Write), TFLiteWriting.For<Swish>(TFLiteElementwise.Write), TFLiteWriting.For<Softplus>(TFLiteElementwise.Write), TFLiteWriting.For<Mish>(TFLiteElementwise.Write), TFLiteWriting.For<Softsign>(TFLiteElementwise.Write), TFLiteWriting.For<Reciprocal>(TFLiteElementwise.Write)) with { IntegerVersion = 2 },
        new("RELU_0_TO_1", n => n.Unary(new Clip(0, 1))),
        new("RELU_N1_TO_1", n => n.Unary(new Clip(-1, 1))),
        new TFLiteOperator("RESHAPE", TFLiteMovement.Reshape, TFLiteWriting.For<Reshape>((w, _) => TFLiteMovement.WriteReshape(w), integers: true), TFLiteWriting.For<Flatten>((w, _) => TFLiteMovement.WriteReshape(w), integers: true), TFLiteWriting.For<Squeeze>((w, _) => TFLiteMovement.WriteReshape(w), integers: true), TFLiteWriting.For<Unsqueeze>((w, _) => TFLiteMovement.WriteReshape(w), integers: true)) with { Options = 17, KeepsMeaning = true },
        new TFLiteOperator("RESIZE_BILINEAR", n => TFLiteWindows.Resize(n, ResizeMode.Linear), TFLiteWriting.For<Resize>(TFLiteWindows.Write)) with { Options = 15, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("RESIZE_NEAREST_NEIGHBOR", n => TFLiteWindows.Resize(n, ResizeMode.Nearest)) with { Options = 74, IntegerVersion = 2, KeepsMeaning = true },
        new("REVERSE_SEQUENCE", n => n.Put(n.Graph.ReverseSequence(n.Data(0), n.Need(1).Int64s(), n.Int(1), n.Int(0)))),
        new("REVERSE_V2", TFLiteMovement.Reverse),
        Each<Round>("ROUND", new Round()),
        new("RSQRT", n => n.Put(n.Add(new Reciprocal(), n.Add(new Sqrt(), n.Data(0)))), TFLiteWriting.For<BatchNormalization>(TFLiteElementwise.Write), TFLiteWriting.For<LayerNormalization>(TFLiteElementwise.Write), TFLiteWriting.For<InstanceNormalization>(TFLiteElementwise.Write)),
        new("SCATTER_ND", TFLiteMovement.ScatterNd),
        new("SELECT", TFLiteElementwise.Select),
        new("SELECT_V2", TFLiteElementwise.Select, TFLiteWriting.For<Where>((w, _) => w.Each("SELECT_V2"))),
        new("SHAPE", n => n.Put(n.Constant(Tensor.From(new(n.Output(0).Element, [n.Shape(0).Rank]), [.. n.Shape(0).Select(d => (long)d)])))),
        Each<Sign>("SIGN", new Sign()),
        Each<Sin>("SIN", new Sin()),
        new TFLiteOperator("SLICE", TFLiteSlices.Slice, TFLiteWriting.For<Slice>(TFLiteSlices.Write)) with { IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("SOFTMAX", TFLiteElementwise.Softmax, TFLiteWriting.For<Softmax>((w, o) => TFLiteElementwise.Write(w, "SOFTMAX", o), integers: true)) with { Options = 9, IntegerVersion = 2, Gives = Bytes(1f / 256, -128) },
        new("SPACE_TO_BATCH_ND", TFLiteMovement.SpaceToBatch),
        new TFLiteOperator("SPACE_TO_DEPTH", n => n.Put(n.Add(new SpaceToDepth(n.Int(0)), n.Data(0, first: true)), first: true), TFLiteWriting.For<SpaceToDepth>((w, o) => w.Put("SPACE_TO_DEPTH", [w.Get(0, last: true)], true, (0, o.Blocksize)))) with { Options = 19, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("SPLIT", n => TFLiteSlices.Split(n, n.Data(1), n.NeedInt(0), null), TFLiteWriting.For<Split>(TFLiteSlices.Write)) with { Options = 35, IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("SPLIT_V", n => TFLiteSlices.Split(n, n.Data(0), n.NeedInt(2), n.NeedInts(1))) with { Options = 79, IntegerVersion = 2, KeepsMeaning = true },
        Each<Sqrt>("SQRT", new Sqrt()),
        new("SQUARE", n => n.Put(n.Add(new Mul(), n.Data(0), n.Data(0)))),
        new("SQUARED_DIFFERENCE", TFLiteElementwise.SquaredDifference),
        new("SQUEEZE", n => n.Put(n.Add(new Squeeze(n.Ints(0) is { Count: > 0 } axes ? axes : null), n.Data(0)))),
        new TFLiteOperator("STRIDED_SLICE", TFLiteSlices.StridedSlice) with { Options = 32, IntegerVersion = 2, KeepsMeaning = true },
        Two<Sub>("SUB", new Sub(), activation: 0, integers: true) with { Options = 28, IntegerVersion = 2 },
        new TFLiteOperator("SUM", n => TFLiteMovement.Reduce(n, (axes, keep) => new ReduceSum(axes, keep, true)), TFLiteWriting.For<ReduceSum>((w, o) => TFLiteMovement.Write(w, "SUM", o)), TFLiteWriting.For<ReduceL1>((w, o) => TFLiteMovement.Write(w, o, "ABS", "SUM", null)), TFLiteWriting.For<ReduceL2>((w, o) => TFLiteMovement.Write(w, o, "SQUARE", "SUM", "SQRT")), TFLiteWriting.For<ReduceSumSquare>((w, o) => TFLiteMovement.Write(w, o, "SQUARE", "SUM", null)), TFLiteWriting.For<ReduceLogSum>((w, o) => TFLiteMovement.Write(w, o, null, "SUM", "LOG"))) with { Options = 27 },
        Each<Tanh>("TANH", new Tanh(), integers: true) with { IntegerVersion = 2, Gives = Bytes(1f / 128, 0) },
        new TFLiteOperator("TILE", n => n.Put(n.Add(new Tile(n.NeedInts(1)), n.Data(0))), TFLiteWriting.For<Tile>((w, o) => w.Put("TILE", [w.Get(0), w.Numbers(o.Repeats)], false))) with { IntegerVersion = 2, KeepsMeaning = true },
        new("TOPK_V2", TFLiteMovement.TopK, TFLiteWriting.For<TopK>(TFLiteMovement.Write)),
        new TFLiteOperator("TRANSPOSE", n => n.Put(n.Add(new Transpose(n.NeedInts(1)), n.Data(0))), TFLiteWriting.For<Transpose>(TFLiteMovement.Write, integers: true)) with { IntegerVersion = 2, KeepsMeaning = true },
        new TFLiteOperator("TRANSPOSE_CONV", TFLiteWindows.TransposeConv, TFLiteWriting.For<ConvTranspose>(TFLiteWindows.Write)) with { Options = 49 },
        new("UNIDIRECTIONAL_SEQUENCE_LSTM", TFLiteRecurrent.Lstm),
        new("UNIDIRECTIONAL_SEQUENCE_RNN", TFLiteRecurrent.Rnn),
        new("UNPACK", TFLiteMovement.Unpack),
        new("ZEROS_LIKE", n => n.Put(n.Constant(new Tensor(new(n.Output(0).Element, n.Shape(0)), new byte[n.Shape(0).Size * n.Output(0).Element.Bytes()])))),
    ];

    public static IReadOnlyDictionary<string, TFLiteOperator> ByName { get; } = All.ToDictionary(o => o.Name);

    /// <summary>What can be written.</summary>
    public static IReadOnlyDictionary<Type, TFLiteWriting> ByOp { get; } = All.SelectMany(o => o.Writes).ToDictionary(w => w.Op);

    private static TFLiteOperator Row<T>(string name, Action<TFLiteNode> read, Action<TFLiteNodeWriter, T> write, bool integers = false, bool fuses = false) where T : Op =>
        new(name, read, TFLiteWriting.For(write, integers, fuses));

    /// <summary>Element by element, without options.</summary>
    private static TFLiteOperator Each<T>(string name, Op op, bool integers = false) where T : Op =>
        Row<T>(name, n => n.Unary(op), (w, _) => w.Each(name), integers);

    /// <summary>The same of two inputs; <paramref name="activation"/> is as in <see cref="TFLiteElementwise.Binary"/>.</summary>
    private static TFLiteOperator Two<T>(string name, Op op, int activation = -1, bool integers = false) where T : Op => activation < 0
        ? Row<T>(name, n => n.Binary(op), (w, _) => w.Each(name))
        : Row<T>(name, n => n.Binary(op, activation), (w, _) => w.Calculate(name, (activation, w.Activation)), integers, fuses: true);

    private static Quantization Bytes(float scale, int zero) => new(new([scale]), new([zero]), ElementType.Int8);
}

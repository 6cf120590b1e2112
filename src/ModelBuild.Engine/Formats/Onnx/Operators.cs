namespace ModelBuild.Engine;

/// <summary>One operator of ONNX: how it is read. A row that needs several of ours adds them itself and returns null.</summary>
internal sealed record OnnxOperator(string Name, Func<OnnxNode, Op?> Read);

/// <summary>What of ONNX is supported: a row an operator, in alphabetical order.</summary>
internal static partial class OnnxOperators
{
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Add", _ => new Add()),
        new("AveragePool", n => OnnxWindows.Pool(n, (k, s, d, p) => new AveragePool(k, s, d, p, n.Flag("ceil_mode"), n.Flag("count_include_pad")))),
        new("Concat", n => new Concat(n.Int("axis", 1))),
        new("Constant", OnnxMovement.Constant),
        new("Conv", OnnxWindows.Conv),
        new("ConvInteger", OnnxQuantization.ConvInteger),
        new("ConvTranspose", OnnxWindows.ConvTranspose),
        new("DequantizeLinear", OnnxQuantization.Dequantize),
        new("Flatten", n => new Flatten(n.Int("axis", 1))),
        new("Gather", n => new Gather(n.Int("axis", 0))),
        new("Gemm", n => new Gemm(n.Float("alpha", 1), n.Float("beta", 1), n.Flag("transA"), n.Flag("transB"))),
        new("LogSoftmax", n => OnnxMovement.Softmax(n, axis => new LogSoftmax(axis))),
        new("MatMul", _ => new MatMul()),
        new("MatMulInteger", OnnxQuantization.MatMulInteger),
        new("MaxPool", n => OnnxWindows.Pool(n, (k, s, d, p) => new MaxPool(k, s, d, p, n.Flag("ceil_mode")))),
        new("QLinearConv", OnnxQuantization.Conv),
        new("QLinearMatMul", OnnxQuantization.MatMul),
        new("QuantizeLinear", OnnxQuantization.Quantize),
        new("Relu", _ => new Relu()),
        new("Reshape", OnnxMovement.Reshape),
        new("Shape", n => new ShapeOf(n.Int("start", 0), n.Has("end") ? n.Int("end", 0) : null)),
        new("Slice", OnnxMovement.Slice),
        new("Softmax", n => OnnxMovement.Softmax(n, axis => new Softmax(axis))),
        new("Squeeze", n => new Squeeze(n.TakeInts("axes", 1))),
        new("Transpose", n => new Transpose(n.Ints("perm"))),
        new("Unsqueeze", n => new Unsqueeze(n.TakeInts("axes", 1) ?? throw new OperatorException("axes are missing"))),
    ];

    public static IReadOnlyDictionary<string, OnnxOperator> ByName { get; } = All.ToDictionary(o => o.Name);
}

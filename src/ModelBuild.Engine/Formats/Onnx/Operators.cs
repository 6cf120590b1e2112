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
        new("Conv", OnnxWindows.Conv),
        new("ConvInteger", OnnxQuantization.ConvInteger),
        new("ConvTranspose", OnnxWindows.ConvTranspose),
        new("DequantizeLinear", OnnxQuantization.Dequantize),
        new("Gemm", n => new Gemm(n.Float("alpha", 1), n.Float("beta", 1), n.Flag("transA"), n.Flag("transB"))),
        new("MatMul", _ => new MatMul()),
        new("MatMulInteger", OnnxQuantization.MatMulInteger),
        new("MaxPool", n => OnnxWindows.Pool(n, (k, s, d, p) => new MaxPool(k, s, d, p, n.Flag("ceil_mode")))),
        new("QLinearConv", OnnxQuantization.Conv),
        new("QLinearMatMul", OnnxQuantization.MatMul),
        new("QuantizeLinear", OnnxQuantization.Quantize),
        new("Relu", _ => new Relu()),
    ];

    public static IReadOnlyDictionary<string, OnnxOperator> ByName { get; } = All.ToDictionary(o => o.Name);
}

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
        new("Cast", n => new Cast(n.Element("to"))),
        new("Clip", OnnxElementwise.Clip),
        new("Conv", OnnxWindows.Conv),
        new("DequantizeLinear", OnnxQuantization.Dequantize),
        new("Div", _ => new Div()),
        new("Dropout", OnnxElementwise.Dropout),
        new("Gemm", n => new Gemm(n.Float("alpha", 1), n.Float("beta", 1), n.Flag("transA"), n.Flag("transB"))),
        new("Identity", _ => new Identity()),
        new("MatMul", _ => new MatMul()),
        new("Max", n => OnnxElementwise.Chain(n, new Max())),
        new("MaxPool", n => OnnxWindows.Pool(n, (k, s, d, p) => new MaxPool(k, s, d, p, n.Flag("ceil_mode")))),
        new("Min", n => OnnxElementwise.Chain(n, new Min())),
        new("Mul", _ => new Mul()),
        new("QLinearConv", OnnxQuantization.Conv),
        new("QLinearMatMul", OnnxQuantization.MatMul),
        new("QuantizeLinear", OnnxQuantization.Quantize),
        new("Relu", _ => new Relu()),
        new("Sigmoid", _ => new Sigmoid()),
        new("Sub", _ => new Sub()),
        new("Sum", n => OnnxElementwise.Chain(n, new Add())),
    ];

    public static IReadOnlyDictionary<string, OnnxOperator> ByName { get; } = All.ToDictionary(o => o.Name);
}

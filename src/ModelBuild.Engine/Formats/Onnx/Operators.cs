namespace ModelBuild.Engine;

/// <summary>One operator of ONNX: how it is read. A row that needs several of ours adds them itself and returns null.</summary>
internal sealed record OnnxOperator(string Name, Func<OnnxNode, Op?> Read);

/// <summary>What of ONNX is supported: a row an operator, in alphabetical order.</summary>
internal static partial class OnnxOperators
{
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Abs", _ => new Abs()),
        new("Add", _ => new Add()),
        new("And", _ => new And()),
        new("AveragePool", n => OnnxWindows.Pool(n, (k, s, d, p) => new AveragePool(k, s, d, p, n.Flag("ceil_mode"), n.Flag("count_include_pad")))),
        new("Cast", n => new Cast(n.Element("to"))),
        new("CastLike", OnnxElementwise.CastLike),
        new("Ceil", _ => new Ceil()),
        new("Celu", n => new Celu(n.Float("alpha", 1))),
        new("Clip", OnnxElementwise.Clip),
        new("Conv", OnnxWindows.Conv),
        new("DequantizeLinear", OnnxQuantization.Dequantize),
        new("Div", _ => new Div()),
        new("Dropout", OnnxElementwise.Dropout),
        new("Elu", n => new Elu(n.Float("alpha", 1))),
        new("Equal", _ => new Equal()),
        new("Erf", _ => new Erf()),
        new("Exp", _ => new Exp()),
        new("Floor", _ => new Floor()),
        new("Gelu", OnnxElementwise.Gelu),
        new("Gemm", n => new Gemm(n.Float("alpha", 1), n.Float("beta", 1), n.Flag("transA"), n.Flag("transB"))),
        new("Greater", _ => new Greater()),
        new("GreaterOrEqual", _ => new GreaterOrEqual()),
        new("HardSigmoid", n => new HardSigmoid(n.Float("alpha", 0.2f), n.Float("beta", 0.5f))),
        new("HardSwish", _ => new HardSwish()),
        new("Identity", _ => new Identity()),
        new("LeakyRelu", n => new LeakyRelu(n.Float("alpha", 0.01f))),
        new("Less", _ => new Less()),
        new("LessOrEqual", _ => new LessOrEqual()),
        new("Log", _ => new Log()),
        new("MatMul", _ => new MatMul()),
        new("Max", n => OnnxElementwise.Chain(n, new Max())),
        new("MaxPool", n => OnnxWindows.Pool(n, (k, s, d, p) => new MaxPool(k, s, d, p, n.Flag("ceil_mode")))),
        new("Mean", OnnxElementwise.Mean),
        new("Min", n => OnnxElementwise.Chain(n, new Min())),
        new("Mish", _ => new Mish()),
        new("Mul", _ => new Mul()),
        new("Neg", _ => new Neg()),
        new("Not", _ => new Not()),
        new("Or", _ => new Or()),
        new("PRelu", _ => new PRelu()),
        new("Pow", _ => new Pow()),
        new("QLinearConv", OnnxQuantization.Conv),
        new("QLinearMatMul", OnnxQuantization.MatMul),
        new("QuantizeLinear", OnnxQuantization.Quantize),
        new("Reciprocal", _ => new Reciprocal()),
        new("Relu", _ => new Relu()),
        new("Round", _ => new Round()),
        new("Selu", n => new Selu(n.Float("alpha", 1.67326319217681884765625f), n.Float("gamma", 1.05070102214813232421875f))),
        new("Sigmoid", _ => new Sigmoid()),
        new("Sign", _ => new Sign()),
        new("Softplus", _ => new Softplus()),
        new("Softsign", _ => new Softsign()),
        new("Sqrt", _ => new Sqrt()),
        new("Sub", _ => new Sub()),
        new("Sum", n => OnnxElementwise.Chain(n, new Add())),
        new("Swish", n => new Swish(n.Float("alpha", 1))),
        new("Tanh", _ => new Tanh()),
        new("ThresholdedRelu", n => new ThresholdedRelu(n.Float("alpha", 1))),
        new("Where", _ => new Where()),
        new("Xor", _ => new Xor()),
    ];

    public static IReadOnlyDictionary<string, OnnxOperator> ByName { get; } = All.ToDictionary(o => o.Name);
}

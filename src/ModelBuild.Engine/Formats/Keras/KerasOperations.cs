using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>
/// Keras 3's operations outside of layers, as <c>x + 3</c> leaves them in a functional model: their parameters are in the config, and what they are called with may be
/// numbers beside values.
/// </summary>
internal static class KerasOperations
{
    /// <summary>What an operation's class is called in the table of layers.</summary>
    public static string Class(string name) => $"ops.{name}";

    public static IEnumerable<KerasLayerRow> All { get; } =
    [
        Binary("Add", new Add()),
        Binary("Divide", new Div()),
        Binary("Maximum", new Max()),
        Binary("Minimum", new Min()),
        Binary("Multiply", new Mul()),
        Binary("Power", new Pow()),
        Binary("Subtract", new Sub()),
        Binary("TrueDivide", new Div()),
        Unary("Abs", new Abs()),
        Unary("Absolute", new Abs()),
        Unary("Exp", new Exp()),
        Unary("Log", new Log()),
        Unary("Negative", new Neg()),
        Unary("Sqrt", new Sqrt()),
        One("Square", (l, x) => l.Each(l.Numbers(x), v => l.Add(new Mul(), v, v))),
        .. Array.ConvertAll(["HardSigmoid", "HardSilu", "LogSigmoid", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "Softplus", "Softsign", "Tanh"],
            name => One(name, (l, x) => KerasFunctions.Named(l, KerasNestedWeights.Snake(name), x))),
        One("Elu", KerasFunctions.Elu),
        One("Gelu", (l, x) => l.Each(l.Numbers(x), v => l.Add(new Gelu(l.Config.Flag("approximate", true)), v))),
        One("Softmax", KerasFunctions.Softmax),
        Reduction("Max", (axes, keep) => new ReduceMax(axes, keep)),
        Reduction("Mean", (axes, keep) => new ReduceMean(axes, keep)),
        Reduction("Min", (axes, keep) => new ReduceMin(axes, keep)),
        Reduction("Sum", (axes, keep) => new ReduceSum(axes, keep)),
        new(Class("Concatenate"), (l, xs) => [KerasMerging.Concatenate(l, xs)]),
        One("ExpandDims", (l, x) => new KerasValue { Plain = l.Add(new Unsqueeze(new Ints(Axes(l, l.Shape(x).Rank + 1)!)), l.Plain(x)) }),
        One("Squeeze", (l, x) => new KerasValue { Plain = l.Add(new Squeeze(new Ints(Axes(l, l.Shape(x).Rank) ?? throw l.Fault("the config lacks axis"))), l.Plain(x)) }),
        One("Transpose", (l, x) => new KerasValue { Plain = l.Add(new Transpose(new Ints(l.Config.Ints("axes") ?? throw l.Fault("the config lacks axes"))), l.Plain(x)) }),
    ];

    private static KerasLayerRow One(string name, Func<KerasLayer, KerasValue, KerasValue> read) =>
        new(Class(name), (layer, inputs) => inputs.Length == 1 ? [read(layer, inputs[0])] : throw layer.Fault($"it takes one value, not {inputs.Length}"));

    private static KerasLayerRow Unary(string name, Op op) => One(name, (l, x) => l.Each(l.Numbers(x), v => l.Add(op, v)));

    /// <summary>Two values, or a value and a number on either side.</summary>
    private static KerasLayerRow Binary(string name, Op op) => new(Class(name), (layer, inputs) =>
    {
        if (inputs.Length == 2)
            return [KerasMerging.Chain(layer, inputs, op)];
        JsonElement[] operands = [.. layer.Arguments.Positional];
        if (inputs.Length != 1 || operands.Length != 2 || Array.FindIndex(operands, o => o.ValueKind == JsonValueKind.Number) is not (>= 0 and var at))
            throw layer.Fault("it takes two values, or a value and a number");
        string number = layer.Constant((float)operands[at].GetDouble());
        return [layer.Each(layer.Numbers(inputs[0]), v => at == 0 ? layer.Add(op, number, v) : layer.Add(op, v, number))];
    }) { Keywords = ["x1", "x2"] };

    private static KerasLayerRow Reduction(string name, Func<Ints, bool, Op> make) => One(name, (l, x) =>
    {
        string value = l.Plain(l.Numbers(x));
        int rank = l.TypeOf(value).Rank;
        int[] axes = Axes(l, rank) ?? [.. Enumerable.Range(0, rank)];
        if (axes.Contains(0))
            throw l.Fault("the axis of samples can't be reduced");
        return new KerasValue { Plain = l.Add(make(new(axes), l.Config.Flag("keepdims", false)), value) };
    });

    private static int[]? Axes(KerasLayer layer, int rank) => layer.Config.Ints("axis")?.Select(a => layer.Axis(a, rank)).ToArray();
}

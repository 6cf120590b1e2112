using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>Functions of each element, by Keras's names, and the layers that are such functions.</summary>
internal static class KerasFunctions
{
    private static readonly Dictionary<string, Func<KerasLayer, string, string>> s_functions = new()
    {
        ["linear"] = (_, x) => x,
        ["relu"] = (l, x) => l.Add(new Relu(), x),
        ["relu6"] = (l, x) => l.Add(new Clip(0, 6), x),
        ["leaky_relu"] = (l, x) => l.Add(new LeakyRelu(0.2f), x),
        ["sigmoid"] = (l, x) => l.Add(new Sigmoid(), x),
        ["log_sigmoid"] = (l, x) => l.Add(new Neg(), l.Add(new Softplus(), l.Add(new Neg(), x))),
        // Keras 3 has another one than all before.
        ["hard_sigmoid"] = (l, x) => l.Add(l.Version >= 3 ? new HardSigmoid(1f / 6, 0.5f) : new HardSigmoid(0.2f, 0.5f), x),
        ["sparse_sigmoid"] = (l, x) => l.Add(new HardSigmoid(0.5f, 0.5f), x),
        ["tanh"] = (l, x) => l.Add(new Tanh(), x),
        ["hard_tanh"] = (l, x) => l.Add(new Clip(-1, 1), x),
        ["tanh_shrink"] = (l, x) => l.Add(new Sub(), x, l.Add(new Tanh(), x)),
        ["soft_shrink"] = (l, x) => l.Add(new Sub(), l.Add(new Relu(), l.Add(new Sub(), x, l.Constant(0.5f))), l.Add(new Relu(), l.Add(new Sub(), l.Add(new Neg(), x), l.Constant(0.5f)))),
        ["hard_shrink"] = (l, x) => l.Add(new Where(), l.Add(new Greater(), l.Add(new Abs(), x), l.Constant(0.5f)), x, l.Constant(0)),
        ["softplus"] = (l, x) => l.Add(new Softplus(), x),
        ["softsign"] = (l, x) => l.Add(new Softsign(), x),
        ["squareplus"] = (l, x) => l.Add(new Mul(), l.Add(new Add(), x, l.Add(new Sqrt(), l.Add(new Add(), l.Add(new Mul(), x, x), l.Constant(4)))), l.Constant(0.5f)),
        ["elu"] = (l, x) => l.Add(new Elu(), x),
        ["celu"] = (l, x) => l.Add(new Celu(), x),
        ["selu"] = (l, x) => l.Add(new Selu(), x),
        ["gelu"] = (l, x) => l.Add(new Gelu(), x),
        ["silu"] = (l, x) => l.Add(new Swish(), x),
        ["swish"] = (l, x) => l.Add(new Swish(), x),
        ["hard_silu"] = (l, x) => l.Add(new HardSwish(), x),
        ["hard_swish"] = (l, x) => l.Add(new HardSwish(), x),
        ["mish"] = (l, x) => l.Add(new Mish(), x),
        ["exponential"] = (l, x) => l.Add(new Exp(), x),
    };

    /// <summary>A name, a function by its name, or a layer with a config of its own; nothing is the identity.</summary>
    public static KerasValue Apply(KerasLayer layer, JsonElement? activation, KerasValue x)
    {
        if (activation is not { } given)
            return x;
        if (given.ValueKind == JsonValueKind.String)
            return Named(layer, given.GetString()!, x);
        var entry = new KerasConfig(given);
        string @class = entry.Text("class_name", "");
        JsonElement config = entry.Find("config") ?? default;
        if (@class == "function")
            return config.ValueKind == JsonValueKind.String ? Named(layer, config.GetString()!, x) : throw entry.Fault("activation", given, "a function of Keras's own; code is not run");
        if (@class.Length == 0)
            throw entry.Fault("activation", given, "a name or a layer");
        return layer.Inner(@class, @class, new KerasConfig(config), layer.Weights).Run([x])[0];
    }

    /// <summary>The name of a function that has one, for operators that apply it themselves.</summary>
    public static string Name(KerasConfig config, string key, string otherwise) => config.Find(key) switch
    {
        null => config.Json.ValueKind == JsonValueKind.Object && config.Json.TryGetProperty(key, out _) ? "linear" : otherwise,
        { ValueKind: JsonValueKind.String } name => name.GetString()!,
        { } given when new KerasConfig(given).Find("config") is { ValueKind: JsonValueKind.String } name => name.GetString()!,
        { } given => throw config.Fault(key, given, "the name of a function"),
    };

    public static KerasValue Named(KerasLayer layer, string name, KerasValue x) => name switch
    {
        "softmax" => AlongLast(layer, x, axis => new Softmax(axis)),
        "log_softmax" => AlongLast(layer, x, axis => new LogSoftmax(axis)),
        _ => s_functions.TryGetValue(name, out var function)
            ? layer.Each(layer.Numbers(x), v => function(layer, v))
            : throw layer.Fault($"the activation '{name}' is not supported; valid: softmax, log_softmax, {string.Join(", ", s_functions.Keys)}{Near.Hint(name, s_functions.Keys)}"),
    };

    private static KerasValue AlongLast(KerasLayer layer, KerasValue x, Func<int, Op> op) => layer.Each(x, v => layer.Add(op(x.Plain == null ? 1 : -1), v));

    public static KerasValue Softmax(KerasLayer layer, KerasValue x)
    {
        int rank = layer.Shape(x).Rank;
        int[] axes = layer.Config.Ints("axis") ?? [-1];
        if (axes.Length != 1)
            throw layer.Fault("a softmax along several axes is not supported");
        if (layer.Arguments.Value("mask") != null)
            throw layer.Fault("a mask is not supported");
        int axis = layer.Axis(axes[0], rank);
        return axis == rank - 1 ? AlongLast(layer, x, a => new Softmax(a)) : new KerasValue { Plain = layer.Add(new Softmax(axis), layer.Plain(x)) };
    }

    public static KerasValue Elu(KerasLayer layer, KerasValue x) => layer.Each(x, v => layer.Add(new Elu(layer.Config.Float("alpha", 1)), v));

    public static KerasValue LeakyRelu(KerasLayer layer, KerasValue x) => layer.Each(x, v => layer.Add(new LeakyRelu(layer.Config.Float("negative_slope", layer.Config.Float("alpha", 0.3))), v));

    public static KerasValue PRelu(KerasLayer layer, KerasValue x)
    {
        int[] shape = [.. layer.Shape(x).Skip(1)];
        foreach (int axis in layer.Config.Ints("shared_axes") ?? [])
            shape[layer.Axis(axis, shape.Length + 1) is > 0 and var at ? at - 1 : throw layer.Fault("the first axis can't be shared")] = 1;
        return layer.Each(x, layer.Weight("alpha", 0, shape), "alpha", (v, slope) => layer.Add(new PRelu(), v, slope));
    }

    /// <summary>x from the threshold on, but at most the largest value; below, slope·(x − threshold).</summary>
    public static KerasValue Relu(KerasLayer layer, KerasValue x)
    {
        float slope = layer.Config.Float("negative_slope", 0), threshold = layer.Config.Float("threshold", 0), most = layer.Config.Float("max_value", double.PositiveInfinity);
        return layer.Each(x, v =>
        {
            string above = threshold != 0 ? Limited(layer.Add(new ThresholdedRelu(threshold), v))
                : slope == 0 ? layer.Add(float.IsInfinity(most) ? new Relu() : new Clip(0, most), v)
                : Limited(layer.Add(new LeakyRelu(slope), v));
            if (threshold == 0 || slope == 0)
                return above;
            string below = layer.Add(new Relu(), layer.Add(new Sub(), layer.Constant("threshold", Tensor.Scalar(threshold)), v));
            return layer.Add(new Sub(), above, layer.Add(new Mul(), below, layer.Constant("slope", Tensor.Scalar(slope))));
        });

        string Limited(string value) => float.IsInfinity(most) ? value : layer.Add(new Clip(float.NegativeInfinity, most), value);
    }
}

using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>Layers that go from step to step with a memory, over as many steps as the input has.</summary>
internal static class KerasRecurrent
{
    /// <summary>A class of them: which of Keras's gates each of ONNX's is.</summary>
    private sealed record Kind(int[] Order, int States);

    private static readonly Dictionary<string, Kind> s_kinds = new()
    {
        // Keras has i, f, c, o, and z, r, h.
        ["LSTM"] = new([0, 3, 1, 2], 2),
        ["GRU"] = new([0, 1, 2], 1),
        ["SimpleRNN"] = new([0], 1),
    };

    /// <summary>What a layer gives: all steps, in the order of the input's, the last one, and the states after it; [N, T, U] and [N, U].</summary>
    private readonly record struct Result(Func<string> Steps, string[] States);

    /// <summary>Inputs are x and perhaps first states; outputs the steps or the last one, and the states if the config says so.</summary>
    public static KerasValue[] Layer(KerasLayer layer, KerasValue[] inputs)
    {
        bool backwards = layer.Config.Flag("go_backwards", false);
        KerasValue[] first = First(layer, inputs);
        Result result = Run(layer, inputs[0], first, backwards);
        string y = result.States[0];
        if (layer.Config.Flag("return_sequences", false))
            // Steps come out in the order in which they were gone through.
            y = backwards ? layer.Add(new Slice(new([-1]), new([int.MinValue]), new Ints([1]), new Ints([-1])), result.Steps()) : result.Steps();
        return [new KerasValue { Plain = y }, .. layer.Config.Flag("return_state", false) ? result.States.Select(s => new KerasValue { Plain = s }) : []];
    }

    /// <summary>A layer, and another or the same with weights of its own that begins at the last step; their outputs become one, or stay two.</summary>
    public static KerasValue[] Bidirectional(KerasLayer layer, KerasValue[] inputs)
    {
        JsonElement ahead = layer.Config.Find("layer") ?? throw layer.Fault("the config lacks the layer"), back = layer.Config.Find("backward_layer") ?? ahead;
        KerasLayer forward = Inner(ahead, "forward"), backward = Inner(back, "backward");
        if (forward.Config.Flag("go_backwards", false) || (layer.Config.Has("backward_layer") && !backward.Config.Flag("go_backwards", false)))
            throw layer.Fault("the first layer must go forwards, and the second backwards");
        KerasValue[] first = First(layer, inputs);
        if (first.Length % 2 != 0)
            throw layer.Fault($"it takes first states for both ways, not {first.Length}");
        Result one = Run(forward, inputs[0], first[..(first.Length / 2)], false), two = Run(backward, inputs[0], first[(first.Length / 2)..], true);
        bool steps = forward.Config.Flag("return_sequences", false);
        var (a, b) = (steps ? one.Steps() : one.States[0], steps ? two.Steps() : two.States[0]);
        string[] y = layer.Config.Has("merge_mode") || !layer.Config.Json.TryGetProperty("merge_mode", out _) ? layer.Config.Text("merge_mode", "concat") switch
        {
            "concat" => [layer.Add(new Concat(steps ? 2 : 1), a, b)],
            "sum" => [layer.Add(new Add(), a, b)],
            "mul" => [layer.Add(new Mul(), a, b)],
            "ave" => [layer.Add(new Mul(), layer.Add(new Add(), a, b), layer.Constant(0.5f))],
            var other => throw layer.Fault($"merge_mode is '{other}' in the config; valid: concat, sum, mul, ave, null"),
        } : [a, b];
        return [.. y.Concat(forward.Config.Flag("return_state", false) ? [.. one.States, .. two.States] : []).Select(v => new KerasValue { Plain = v })];

        KerasLayer Inner(JsonElement json, string name)
        {
            var entry = new KerasConfig(json);
            string @class = entry.Text("class_name", "");
            return s_kinds.ContainsKey(@class)
                ? layer.Inner(name, @class, new KerasConfig(entry.Find("config") ?? default), layer.Weights.Inside(name, $"{name}_layer", $"_{name}_layer"))
                : throw layer.Fault($"a layer of class '{@class}' in it is not supported; valid: {string.Join(", ", s_kinds.Keys)}");
        }
    }

    private static KerasValue[] First(KerasLayer layer, KerasValue[] inputs)
    {
        if (inputs.Length == 0)
            throw layer.Fault("it has no input");
        if (layer.Arguments.Named?.ContainsKey("mask") == true)
            throw layer.Fault("a mask is not supported");
        return [.. inputs.Skip(1), .. layer.Arguments.All("initial_state")];
    }

    private static Result Run(KerasLayer layer, KerasValue x, KerasValue[] first, bool backwards)
    {
        KerasWindows.NoMask(layer, x);
        KerasConfig config = layer.Config;
        if (config.Flag("stateful", false) || config.Flag("time_major", false))
            throw layer.Fault("stateful and time_major layers are not supported: a class keeps nothing between calls");
        Kind kind = s_kinds[layer.Class];
        string input = layer.Plain(layer.Numbers(x));
        Shape shape = layer.TypeOf(input);
        if (shape.Rank != 3)
            throw layer.Fault($"its input {shape} has no steps");
        if (first.Length != 0 && first.Length != kind.States)
            throw layer.Fault($"it has {kind.States} states and is given {first.Length}");
        int units = KerasWindows.Positive(layer, "units"), depth = shape[2], rows = checked(kind.Order.Length * units);
        bool after = layer.Class == "GRU" && config.Flag("reset_after", false);
        // Newer files have the weights in the layer's cell.
        KerasLayer cell = layer.Inner("cell", layer.Class, config, layer.Weights.Inside(null, "cell"));
        string w = layer.Constant("kernel", Turned(cell.Weight("kernel", 0, depth, rows), depth, units, kind.Order));
        string r = layer.Constant("recurrent_kernel", Turned(cell.Weight("recurrent_kernel", 1, units, rows), units, units, kind.Order));
        string b = "";
        if (config.Flag("use_bias", true))
        {
            float[] bias = (after ? cell.Weight("bias", 2, 2, rows) : cell.Weight("bias", 2, rows)).F32.ToArray(), ordered = new float[2 * rows];
            for (int i = 0; i < bias.Length; i++)
                ordered[i] = bias[i / rows * rows + kind.Order[i % rows / units] * units + i % units];
            b = layer.Constant("bias", Tensor.Of<float>([1, 2 * rows], ordered));
        }
        CellFunction inner = Function(layer, "recurrent_activation", "sigmoid"), outer = Function(layer, "activation", "tanh");
        Direction direction = backwards ? Direction.Reverse : Direction.Forward;
        Op op = layer.Class switch
        {
            "LSTM" => new LSTM(units, direction, new([inner, outer, outer])),
            "GRU" => new GRU(units, direction, new([inner, outer]), LinearBeforeReset: after),
            _ => new RNN(units, direction, new([outer])),
        };
        string[] states = [.. first.Select(s => layer.Add(new Unsqueeze(new Ints([0])), layer.Plain(s)))];
        string[] inputs = [layer.Add(new Transpose(new Ints([1, 0, 2])), input), w, r, .. b.Length > 0 || states.Length > 0 ? new[] { b } : [], .. states.Length > 0 ? [.. states.Prepend("")] : Array.Empty<string>()];
        string[] outputs = layer.Add(op, 1 + kind.States, inputs);
        return new(() => layer.Add(new Transpose(new Ints([1, 0, 2])), layer.Add(new Squeeze(new Ints([1])), outputs[0])), [.. outputs.Skip(1).Select(o => layer.Add(new Squeeze(new Ints([0])), o))]);
    }

    /// <summary>[in, gates·units] in Keras's order of gates → [1, gates·units, in] in ONNX's.</summary>
    private static Tensor Turned(Tensor kernel, int depth, int units, int[] order)
    {
        int rows = order.Length * units;
        ReadOnlySpan<float> from = kernel.F32;
        var to = new float[rows * depth];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < depth; i++)
                to[row * depth + i] = from[i * rows + order[row / units] * units + row % units];
        }
        return Tensor.Of<float>([1, rows, depth], to);
    }

    private static CellFunction Function(KerasLayer layer, string key, string otherwise)
    {
        string name = KerasFunctions.Name(layer.Config, key, otherwise);
        return name switch
        {
            "sigmoid" => CellFunction.Sigmoid,
            "tanh" => CellFunction.Tanh,
            "relu" => new(CellKind.Relu),
            "linear" => new(CellKind.Affine, 1, 0),
            "leaky_relu" => new(CellKind.LeakyRelu, 0.2f),
            "hard_sigmoid" => new(CellKind.HardSigmoid, layer.Version >= 3 ? 1f / 6 : 0.2f, 0.5f),
            "elu" => new(CellKind.Elu, 1),
            "softsign" => new(CellKind.Softsign),
            "softplus" => new(CellKind.Softplus),
            _ => throw layer.Fault($"{key} is '{name}' in the config; valid: sigmoid, tanh, relu, linear, leaky_relu, hard_sigmoid, elu, softsign, softplus"),
        };
    }
}

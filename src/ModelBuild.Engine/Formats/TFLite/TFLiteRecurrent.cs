namespace ModelBuild.Engine;

/// <summary>Reads layers with a memory that begins anew with each call.</summary>
internal static class TFLiteRecurrent
{
    // Of the options that name an activation.
    private static CellFunction Function(TFLiteNode n, int field) => n.Byte(field) switch
    {
        0 => new(CellKind.Affine, 1, 0),
        1 => new(CellKind.Relu),
        4 => CellFunction.Tanh,
        var other => throw new OperatorException($"the activation {other} is not supported; none, relu and tanh are"),
    };

    /// <summary>
    /// Inputs: x; weights of i, f, z, o of x (1–4) and of h (5–8); peepholes of i, f, o (9–11); biases of i, f, z, o (12–15); a projection (16, 17); states (18, 19);
    /// normalization (20–23).
    /// </summary>
    public static void Lstm(TFLiteNode n)
    {
        if (Enumerable.Range(16, 2).Concat(Enumerable.Range(20, 4)).Any(n.Has))
            throw new OperatorException("a projection, or normalization of its gates, is not supported");
        bool major = n.Flag(3);
        n.Put(n.Add(new Squeeze(new([major ? 1 : 2])), Lstm(n, major, Direction.Forward, 0)));
    }

    /// <summary>Inputs: x; what a layer has (see above, but for the states), forwards (1–17) and backwards (18–34); states; another input of both, and its weights (39–47).</summary>
    public static void BidirectionalLstm(TFLiteNode n)
    {
        if (new[] { 16, 17, 33, 34 }.Concat(Enumerable.Range(39, 9)).Any(n.Has))
            throw new OperatorException("a projection, or a second input, is not supported");
        bool major = n.Flag(4, true);
        string y = Lstm(n, major, Direction.Bidirectional, 0, 17);
        if (n.Flag(3))
        {
            Shape shape = n.Type(y).Shape;
            // Directions behind the batch, and with it side by side.
            string merged = major ? n.Add(new Transpose(new([0, 2, 1, 3])), y) : y;
            n.Put(n.Add(new Reshape(new([n.Shape(0)[0], n.Shape(0)[1], 2 * shape[3]]), true), merged));
            return;
        }
        for (int d = 0; d < 2; d++)
            n.Put(n.Add(new Squeeze(new([major ? 1 : 2])), n.Add(new Slice(new([d]), new([d + 1]), new([major ? 1 : 2]), null), y)), output: d);
    }

    /// <summary>Y [steps, D, batch, H], or [batch, steps, D, H]; the inputs of each direction begin so many after the first's.</summary>
    private static string Lstm(TFLiteNode n, bool major, Direction direction, params int[] from)
    {
        if (n.Input(0).Element != ElementType.Float32)
            throw new OperatorException($"{n.Input(0).Element.Word()} is not supported; f32 is, with weights of any type");
        Shape x = n.Shape(0);
        int layout = major ? 0 : 1, hidden = n.Shape(2)[0], steps = x.Rank == 3 ? x[layout] : throw new OperatorException($"an input {x}");
        // Without weights of i, i = 1 − f, which is what a sigmoid of −f's sum is.
        bool coupled = !n.Has(1), looks = n.Has(10);
        string w = Stacked(4, x[2]), r = Stacked(8, hidden), b = n.Constant(Tensor.Of<float>([from.Length, 8 * hidden], [.. from.SelectMany(d => (float[])[.. Gates(d, 12, hidden), .. new float[4 * hidden]])]));
        string[] peepholes = !looks ? [] : ["", "", "", n.Constant(Tensor.Of<float>([from.Length, 3 * hidden],
            [.. from.SelectMany(d => (float[])[.. coupled ? Negative(Values(n, [d + 10], hidden)) : Values(n, [d + 9], hidden), .. Values(n, [d + 11, d + 10], hidden)])]))];
        float clip = n.Float(1);
        CellFunction function = Function(n, 0);
        // Within a step a memory grows by one at most: a limit that is further away than all steps is none.
        var op = new LSTM(hidden, direction, new(Enumerable.Repeat((CellFunction[])[CellFunction.Sigmoid, function, function], from.Length).SelectMany(f => f)), Layout: layout, InputForget: coupled,
            Memory: clip > 0 && (clip < steps || function.Kind != CellKind.Tanh) ? clip : float.PositiveInfinity);
        return n.Add(op, [n.Data(0), w, r, b, .. peepholes]);

        string Stacked(int last, int depth)
        {
            float[] values = [.. from.SelectMany(d => Gates(d, last - 3, hidden * depth))];
            return n.Constant(Tensor.Of([from.Length, 4 * hidden, depth], values));
        }

        // ONNX's order: i, o, f, z of i, f, z, o.
        float[] Gates(int d, int i, int length) =>
            [.. coupled ? Negative(Values(n, [d + i + 1], length)) : Values(n, [d + i], length), .. Values(n, [d + i + 3, d + i + 1, d + i + 2], length)];

        static float[] Negative(float[] values) => Array.ConvertAll(values, v => -v);
    }

    /// <summary>Inputs: x, its weights, those of h, a bias, the state.</summary>
    public static void Rnn(TFLiteNode n)
    {
        Shape x = n.Shape(0);
        int layout = n.Flag(0) ? 0 : 1, hidden = n.Shape(1)[0];
        if (x.Rank != 3)
            throw new OperatorException($"an input {x}");
        string b = n.Constant(Tensor.Of([1, 2 * hidden], [.. Values(n, [3], hidden), .. new float[hidden]]));
        string y = n.Add(new RNN(hidden, Direction.Forward, new([Function(n, 1)]), Layout: layout), n.Data(0), Stack(n, [1], [hidden, x[2]]), Stack(n, [2], [hidden, hidden]), b);
        n.Put(n.Add(new Squeeze(new([layout == 0 ? 1 : 2])), y));
    }

    private static string Stack(TFLiteNode n, int[] inputs, Shape shape)
    {
        float[] values = [.. inputs.SelectMany(i => n.Floats(i).F32.ToArray())];
        return values.Length == shape.Size ? n.Constant(Tensor.Of([1, .. shape], values)) : throw new OperatorException($"its weights {string.Join(", ", inputs.Select(n.Shape))} are not {shape} together");
    }

    private static float[] Values(TFLiteNode n, int[] inputs, int length) => [.. inputs.SelectMany(i =>
        !n.Has(i) ? new float[length] : n.Floats(i) is { } one && one.Shape.Size == length ? one.F32.ToArray() : throw new OperatorException($"input {i} is {n.Shape(i)}, not of {length} elements"))];
}

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
    /// normalization (20–23). Without the input gate's weights f = 1 − i, which here is i = 1 − f.
    /// </summary>
    public static void Lstm(TFLiteNode n)
    {
        if (Enumerable.Range(16, 2).Concat(Enumerable.Range(20, 4)).Any(n.Has))
            throw new OperatorException("a projection, or normalization of its gates, is not supported");
        if (n.Input(0).Element != ElementType.Float32)
            throw new OperatorException($"{n.Input(0).Element.Word()} is not supported; f32 is, with weights of any type");
        if (!n.Has(1))
            throw new OperatorException("coupled input and forget gates are not supported");
        Shape x = n.Shape(0);
        int layout = n.Flag(3) ? 0 : 1, hidden = n.Shape(2)[0], steps = x.Rank == 3 ? x[layout] : throw new OperatorException($"an input {x}");
        // ONNX's order: i, o, f, z.
        string w = Stack(n, [1, 4, 2, 3], [4 * hidden, x[2]]), r = Stack(n, [5, 8, 6, 7], [4 * hidden, hidden]);
        string b = n.Constant(Tensor.Of([1, 8 * hidden], [.. Values(n, [12, 15, 13, 14], hidden), .. new float[4 * hidden]]));
        string[] peepholes = n.Has(10) ? ["", "", "", n.Constant(Tensor.Of([1, 3 * hidden], Values(n, [9, 11, 10], hidden)))] : [];
        float clip = n.Float(1);
        // A state that grows by one at most a step stays within the limit for as many steps as that.
        if (clip > 0 && (clip < steps || n.Byte(0) != 4))
            throw new OperatorException($"a memory that is clipped to {clip} over {steps} steps is not supported");
        var op = new LSTM(hidden, Direction.Forward, new([CellFunction.Sigmoid, Function(n, 0), Function(n, 0)]), Layout: layout);
        string y = n.Add(op, [n.Data(0), w, r, b, .. peepholes]);
        n.Put(n.Add(new Squeeze(new([layout == 0 ? 1 : 2])), y));
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
        !n.Has(i) ? new float[length] : n.Floats(i) is { } one && one.Shape.Size == length ? one.F32.ToArray() : throw new OperatorException($"input {i} is {n.Shape(i)}, not [{length}]"))];
}

namespace ModelBuild.Engine;

/// <summary>Reads operators with a window that slides over images.</summary>
internal static class TFLiteWindows
{
    public static void Conv(TFLiteNode n)
    {
        Shape x = n.Shape(0), w = n.Shape(1);
        if (w.Rank != 4 || x.Rank != 4 || w[3] == 0 || x[3] % w[3] != 0)
            throw new OperatorException($"weights {w} for an input {x}");
        Add(n, x, new([w[1], w[2]]), new([n.Int(2), n.Int(1)]), new([n.Int(5, 1), n.Int(4, 1)]), group: x[3] / w[3], weights => new Transpose(TFLiteValues.ToFirst).Evaluate([weights])[0], outputsAxis: 0, activation: 3);
    }

    /// <summary>Weights [1, kH, kW, C·multiplier]: as many groups as there are channels.</summary>
    public static void Depthwise(TFLiteNode n)
    {
        Shape x = n.Shape(0), w = n.Shape(1);
        if (w.Rank != 4 || x.Rank != 4 || w[0] != 1 || x[3] == 0 || w[3] % x[3] != 0)
            throw new OperatorException($"weights {w} for an input {x}");
        Add(n, x, new([w[1], w[2]]), new([n.Int(2), n.Int(1)]), new([n.Int(6, 1), n.Int(5, 1)]), group: x[3], weights => new Transpose(new([3, 0, 1, 2])).Evaluate([weights])[0], outputsAxis: 3, activation: 4);
    }

    private static void Add(TFLiteNode n, Shape x, Ints kernel, Ints strides, Ints dilations, int group, Func<Tensor, Tensor> order, int outputsAxis, int activation)
    {
        var conv = new Conv(kernel, strides, dilations, Pads(n.Byte(0), x, kernel, strides, dilations), group);
        string data = n.Data(0, first: true), weights = TFLiteProducts.Weights(n, 1, order, outputsAxis);
        string y = TFLiteProducts.Bias(n, 2, 0, 1) is { } bias ? n.Add(conv, data, weights, bias) : n.Add(conv, data, weights);
        n.Put(n.Activate(y, activation), first: true);
    }

    /// <summary>What is padded where the output is to have a cell for each stride of the input (SAME, 0): begins, then ends. VALID (1): nothing.</summary>
    private static Ints Pads(int padding, Shape x, Ints kernel, Ints strides, Ints dilations)
    {
        if (strides.Any(s => s < 1) || dilations.Any(d => d < 1) || kernel.Any(k => k < 1) || padding is not (0 or 1))
            throw new OperatorException($"a kernel {kernel} with strides {strides}, dilations {dilations} and padding {padding}");
        int[] total = [.. Enumerable.Range(0, 2).Select(i => padding == 1 ? 0
            : (int)Math.Clamp(((x[i + 1] + (long)strides[i] - 1) / strides[i] - 1) * strides[i] + (kernel[i] - 1L) * dilations[i] + 1 - x[i + 1], 0, int.MaxValue))];
        return new([.. total.Select(t => t / 2), .. total.Select(t => t - t / 2)]);
    }

    public static void Pool(TFLiteNode n, Func<Ints, Ints, Ints, Ints, Op> pool, bool square = false)
    {
        Ints kernel = new([n.Int(4), n.Int(3)]), strides = new([n.Int(2), n.Int(1)]), ones = new([1, 1]);
        Shape shape = n.Shape(0);
        if (shape.Rank != 4)
            throw new OperatorException($"a window {kernel} over {shape}");
        string x = n.Data(0, first: true);
        if (square)
            x = n.Add(new Mul(), x, x);
        string y = n.Add(pool(kernel, strides, ones, Pads(n.Byte(0), shape, kernel, strides, ones)), x);
        n.Put(n.Activate(square ? n.Add(new Sqrt(), y) : y, 5), first: true);
    }

    /// <summary>Inputs: the output's shape, weights [outputs, kH, kW, channels], data, bias.</summary>
    public static void TransposeConv(TFLiteNode n)
    {
        Ints y = n.NeedInts(0);
        Shape w = n.Shape(1), x = n.Shape(2);
        if (w.Rank != 4 || x.Rank != 4 || y.Count != 4 || w[3] != x[3])
            throw new OperatorException($"weights {w} for an input {x} and an output {y}");
        Ints kernel = new([w[1], w[2]]), strides = new([n.Int(2), n.Int(1)]), ones = new([1, 1]);
        int[] spare = [.. Enumerable.Range(0, 2).Select(i => checked((x[i + 1] - 1) * strides[i] + kernel[i] - y[i + 1]))], cut = [.. spare.Select(s => Math.Max(0, s))];
        int[] before = [.. cut.Select(c => n.Byte(0) == 0 ? c / 2 : 0)];
        var op = new ConvTranspose(kernel, strides, ones, new([.. before, .. cut.Zip(before, (c, b) => c - b)]), new(spare.Select(s => Math.Max(0, -s))));
        if (strides.Any(s => s < 1))
            throw new OperatorException($"strides {strides}");
        // [outputs, kH, kW, channels] → [channels, outputs, kH, kW], whose outputs' scales are then not the first axis: as floats.
        string weights = n.Constant(new Transpose(new([3, 0, 1, 2])).Evaluate([n.Floats(1)])[0]);
        string data = n.Data(2, first: true);
        string sum = TFLiteProducts.Bias(n, 3, 2, 1) is { } bias ? n.Add(op, data, weights, bias) : n.Add(op, data, weights);
        n.Put(n.Activate(sum, 3), first: true);
    }

    public static void Resize(TFLiteNode n, ResizeMode mode)
    {
        Shape x = n.Shape(0);
        Ints sizes = n.NeedInts(1);
        bool corners = n.Flag(mode == ResizeMode.Linear ? 2 : 0), half = n.Flag(mode == ResizeMode.Linear ? 3 : 1);
        if (x.Rank != 4 || sizes.Count != 2 || x.Size == 0)
            throw new OperatorException($"{x} to {sizes}");
        CoordinateMode coordinates = corners ? CoordinateMode.AlignCorners : !half ? CoordinateMode.Asymmetric : mode == ResizeMode.Linear ? CoordinateMode.HalfPixel : CoordinateMode.TfHalfPixelForNn;
        var op = new Resize(new([x[0], x[3], sizes[0], sizes[1]]), new([1, 1, (float)sizes[0] / x[1], (float)sizes[1] / x[2]]), mode, coordinates, corners ? NearestMode.RoundPreferCeil : NearestMode.Floor);
        n.Put(n.Add(op, n.Data(0, first: true)), first: true);
    }
}

namespace ModelBuild.Engine;

/// <summary>Reads and writes operators with a window that slides over images.</summary>
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
        var op = new Resize(new([x[0], x[3], sizes[0], sizes[1]]), new([1, 1, (float)sizes[0] / x[1], (float)sizes[1] / x[2]]), mode, Coordinates(mode, corners, half), Nearest(corners));
        n.Put(n.Add(op, n.Data(0, first: true)), first: true);
    }

    private static CoordinateMode Coordinates(ResizeMode mode, bool corners, bool half) =>
        corners ? CoordinateMode.AlignCorners : !half ? CoordinateMode.Asymmetric : mode == ResizeMode.Linear ? CoordinateMode.HalfPixel : CoordinateMode.TfHalfPixelForNn;

    private static NearestMode Nearest(bool corners) => corners ? NearestMode.RoundPreferCeil : NearestMode.Floor;

    /// <summary>An image with channels last; rows without height are one high.</summary>
    private static int Image(TFLiteNodeWriter w, int input)
    {
        int x = w.Get(input, last: true);
        return w.ShapeOf(x) is { Rank: 3 } row ? w.Reshaped(x, [row[0], 1, row[1], row[2]]) : w.ShapeOf(x).Rank == 4 ? x : throw new OperatorException($"{w.ShapeOf(x)} is no image");
    }

    private static Shape ImageShape(Shape plain) => plain.Rank == 3 ? [plain[0], 1, plain[2], plain[1]] : TFLiteNodeWriter.Order(plain, last: true);

    /// <summary>The operator that gives the node's output, which may be rows without height.</summary>
    private static void Put(TFLiteNodeWriter w, string op, int[] tensors, int version, params (int, object)[] options)
    {
        if (w.Output.Rank == 4)
            w.Put(version, op, tensors, true, options);
        else
            w.Put(w.Reshaped(w.Made(op, tensors, ImageShape(w.Output), options), TFLiteNodeWriter.Order(w.Output, last: true)), true);
    }

    // Two axes, the first of which is 1 long where there is one.
    private static Ints Two(Ints axes, int otherwise) => axes.Count == 2 ? axes : new([otherwise, axes[0]]);

    private static Ints Begins(Ints pads) => pads.Count == 4 ? new([pads[0], pads[1]]) : new([0, pads[0]]);

    /// <summary>The padding's number, where one of the two says where the window begins and how often it stops; else −1.</summary>
    private static int Padding(Shape x, Shape y, Ints kernel, Ints strides, Ints dilations, Ints begins)
    {
        int Span(int i) => (kernel[i] - 1) * dilations[i] + 1;
        if (Enumerable.Range(0, 2).All(i => begins[i] == 0 && x[i + 1] >= Span(i) && y[i + 1] == (x[i + 1] - Span(i)) / strides[i] + 1))
            return 1;
        return Enumerable.Range(0, 2).All(i => y[i + 1] == (x[i + 1] + strides[i] - 1) / strides[i] && begins[i] == Math.Max(0, (y[i + 1] - 1) * strides[i] + Span(i) - x[i + 1]) / 2) ? 0 : -1;
    }

    /// <summary>As much around the image as the window reads.</summary>
    private static int Padded(TFLiteNodeWriter w, int x, Shape y, Ints kernel, Ints strides, Ints dilations, Ints begins, bool least)
    {
        Shape shape = w.ShapeOf(x);
        int[] ends = [.. Enumerable.Range(0, 2).Select(i => Math.Max(0, (y[i + 1] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - shape[i + 1] - begins[i]))];
        Shape wide = [shape[0], shape[1] + begins[0] + ends[0], shape[2] + begins[1] + ends[1], shape[3]];
        int pads = w.Numbers(new([0, 0, begins[0], ends[0], begins[1], ends[1], 0, 0]), matrix: true);
        if (!least)
            return w.Mid("PAD", [x, pads], wide);
        int lowest = w.Meaning(x) is { } meaning ? w.Constant(Tensor.Of<sbyte>([1], [-128]), meaning) : w.Constant(Tensor.Of<float>([1], [float.MinValue]));
        return w.Mid("PADV2", [x, pads, lowest], wide);
    }

    public static void Write(TFLiteNodeWriter w, Conv o)
    {
        int x = Image(w, 0), outputs = w.Shape(1)[0];
        Ints kernel = Two(o.Kernel, 1), strides = Two(o.Strides, 1), dilations = Two(o.Dilations, 1), begins = Begins(o.Pads);
        Shape shape = w.ShapeOf(x), y = ImageShape(w.Output);
        int padding = Padding(shape, y, kernel, strides, dilations, begins);
        if (padding < 0)
            (x, padding) = (Padded(w, x, y, kernel, strides, dilations, begins, least: false), 1);
        bool depthwise = o.Group > 1 && o.Group == shape[3];
        int weights = w.Weights(1, t => new Transpose(depthwise ? new([1, 2, 3, 0]) : new([0, 2, 3, 1])).Evaluate([t.Reshape([t.Shape[0], t.Shape[1], kernel[0], kernel[1]])])[0], depthwise ? 3 : 0);
        int[] tensors = [x, weights, w.Bias(2, weights, outputs)];
        if (depthwise)
            Put(w, "DEPTHWISE_CONV_2D", tensors, 0, (0, (sbyte)padding), (1, strides[1]), (2, strides[0]), (3, outputs / o.Group), (4, w.Activation), (5, dilations[1]), (6, dilations[0]));
        else
            Put(w, "CONV_2D", tensors, 0, (0, (sbyte)padding), (1, strides[1]), (2, strides[0]), (3, w.Activation), (4, dilations[1]), (5, dilations[0]));
    }

    public static void Write(TFLiteNodeWriter w, MaxPool o)
    {
        if (w.OutputCount > 1)
            throw new OperatorException("the places of the largest cells are not supported");
        int x = Image(w, 0);
        Pooled(w, "MAX_POOL_2D", o, x, least: true, Padding(w.ShapeOf(x), ImageShape(w.Output), Two(o.Kernel, 1), Two(o.Strides, 1), new([1, 1]), Begins(o.Pads)));
    }

    private static void Pooled(TFLiteNodeWriter w, string op, Pool o, int x, bool least, int padding)
    {
        if (o.Dilations.Any(d => d != 1))
            throw new OperatorException($"dilations {o.Dilations} are not supported");
        Ints kernel = Two(o.Kernel, 1), strides = Two(o.Strides, 1);
        if (padding < 0)
            (x, padding) = (Padded(w, x, ImageShape(w.Output), kernel, strides, new([1, 1]), Begins(o.Pads), least), 1);
        Put(w, op, [x], 0, Options(padding, kernel, strides, w.Activation));
    }

    private static (int, object)[] Options(int padding, Ints kernel, Ints strides, sbyte activation) =>
        [(0, (sbyte)padding), (1, strides[1]), (2, strides[0]), (3, kernel[1]), (4, kernel[0]), (5, activation)];

    /// <summary>Whether a mean is one of the cells within the image, as bytes can't be multiplied behind it.</summary>
    public static bool IsOfIntegers(Op op, Shape x, Shape y)
    {
        var o = (AveragePool)op;
        int padding = Padding(ImageShape(x), ImageShape(y), Two(o.Kernel, 1), Two(o.Strides, 1), new([1, 1]), Begins(o.Pads));
        return padding == 1 || (padding == 0 && (!o.IncludePads || o.Pads.All(p => p == 0)));
    }

    /// <summary>TensorFlow Lite's mean is of the cells within the image; another one is the mean of the padded image, times what makes up for the cells that don't count.</summary>
    public static void Write(TFLiteNodeWriter w, AveragePool o)
    {
        int x = Image(w, 0);
        Ints kernel = Two(o.Kernel, 1), strides = Two(o.Strides, 1), ones = new([1, 1]), begins = Begins(o.Pads);
        Shape shape = w.ShapeOf(x), y = ImageShape(w.Output);
        int padding = Padding(shape, y, kernel, strides, ones, begins), area = kernel[0] * kernel[1];
        if (padding == 1 && w.IsInteger && w.Meaning(x) != w.Target)
        {
            Rescaled(w, o, x, area);
            return;
        }
        if (padding == 1 || (padding == 0 && (!o.IncludePads || o.Pads.All(p => p == 0))))
        {
            Pooled(w, "AVERAGE_POOL_2D", o, x, least: false, padding);
            return;
        }
        Ints ends = o.Pads.Count == 4 ? new([o.Pads[2], o.Pads[3]]) : new([0, o.Pads[1]]);
        float[] factors = [.. Enumerable.Range(0, y[1] * y[2]).Select(i => area / (float)(Count(0, i / y[2]) * Count(1, i % y[2])))];
        if (Array.TrueForAll(factors, f => f == 1))
        {
            Pooled(w, "AVERAGE_POOL_2D", o, x, least: false, -1);
            return;
        }
        int sums = w.Mid("AVERAGE_POOL_2D", [Padded(w, x, y, kernel, strides, ones, begins, least: false)], y, Options(1, kernel, strides, 0));
        Put(w, "MUL", [sums, w.Constant(Tensor.Of<float>([1, y[1], y[2], 1], factors))], 0, (0, w.Activation));

        // Cells of a window that count along an axis.
        int Count(int axis, int at)
        {
            int from = at * strides[axis] - begins[axis], most = shape[axis + 1] + (o.IncludePads ? ends[axis] : 0), least = o.IncludePads ? -begins[axis] : 0;
            return Math.Max(1, Enumerable.Range(from, kernel[axis]).Count(c => c >= least && c < most));
        }
    }

    /// <summary>A mean of integers that mean something else than what it is made of, which a pool's don't: one of axes, or a convolution whose weights are all the same.</summary>
    private static void Rescaled(TFLiteNodeWriter w, AveragePool o, int x, int area)
    {
        Shape shape = w.ShapeOf(x);
        Ints kernel = Two(o.Kernel, 1), strides = Two(o.Strides, 1);
        if (kernel.SequenceEqual(shape.Skip(1).Take(2)) && w.Activation == 0)
        {
            Put(w, "MEAN", [x, w.Numbers(new([1, 2]))], 0, (0, true));
            return;
        }
        Quantization each = new(new([1f / area]), new([0]), ElementType.Int8);
        int weights = w.Constant(Tensor.Of<sbyte>([1, kernel[0], kernel[1], shape[3]], [.. Enumerable.Repeat((sbyte)1, area * shape[3])]), each);
        int zeros = w.Constant(Tensor.Of<int>([shape[3]], new int[shape[3]]), new(new([w.Meaning(x)!.Scale / area]), new([0]), ElementType.Int32));
        Put(w, "DEPTHWISE_CONV_2D", [x, weights, zeros], 0, (0, (sbyte)1), (1, strides[1]), (2, strides[0]), (3, 1), (4, w.Activation), (5, 1), (6, 1));
    }

    /// <summary>The whole of what the kernel writes, and of that what is left of it by the pads.</summary>
    public static void Write(TFLiteNodeWriter w, ConvTranspose o)
    {
        if (o.Group != 1 || o.Dilations.Any(d => d != 1) || w.Output.Rank != 4)
            throw new OperatorException($"group {o.Group} and dilations {o.Dilations} are not supported; 1 and 1 are, of two axes");
        int x = Image(w, 0), channels = w.Shape(1)[1];
        Shape shape = w.ShapeOf(x), y = ImageShape(w.Output);
        int weights = w.Weights(1, t => new Transpose(new([1, 2, 3, 0])).Evaluate([t])[0], 0), bias = w.Has(2) ? w.Bias(2, weights, channels) : -1;
        int[] spare = [.. Enumerable.Range(0, 2).Select(i => (shape[i + 1] - 1) * o.Strides[i] + o.Kernel[i] - y[i + 1])];
        bool valid = o.Pads[0] == 0 && o.Pads[1] == 0 && spare.All(s => s <= 0), same = Enumerable.Range(0, 2).All(i => spare[i] >= 0 && o.Pads[i] == spare[i] / 2 && (y[i + 1] + o.Strides[i] - 1) / o.Strides[i] == shape[i + 1]);
        int[] lengths = [.. Enumerable.Range(0, 2).Select(i => valid || same ? y[i + 1] : Math.Max(y[i + 1] + spare[i], y[i + 1] + o.Pads[i]))];
        Shape whole = [y[0], lengths[0], lengths[1], channels];
        int[] tensors = [w.Numbers(whole.Axes), weights, x, .. bias < 0 ? [] : new[] { bias }];
        (int, object)[] options = [(0, (sbyte)(same ? 0 : 1)), (1, o.Strides[1]), (2, o.Strides[0])];
        int version = bias < 0 ? 1 : 3;
        if (valid || same)
            w.Put(version, "TRANSPOSE_CONV", tensors, true, options);
        else
            w.Put("SLICE", [w.MidOf(x, version, "TRANSPOSE_CONV", tensors, whole, options), w.Numbers(new([0, o.Pads[0], o.Pads[1], 0])), w.Numbers(y.Axes)], true);
    }

    /// <summary>Of the ways to say where a pixel comes from, one that gives the same: what it makes of numbers decides.</summary>
    public static void Write(TFLiteNodeWriter w, Resize o)
    {
        Shape x = w.Shape(0);
        if (x.Rank != 4 || o.Mode == ResizeMode.Cubic || o.Sizes[0] != x[0] || o.Sizes[1] != x[1])
            throw new OperatorException($"{x} to {o.Sizes} ({o.Mode.ToString().ToLowerInvariant()}) is not supported; nearest and linear of height and width are");
        Tensor probe = Tensor.Of<float>([1, 1, x[2], x[3]], [.. Enumerable.Range(0, x[2] * x[3]).Select(i => (float)(i / x[3] * 37 % 101 + i % x[3] * 53 % 103))]);
        Ints sizes = new([1, 1, o.Sizes[2], o.Sizes[3]]);
        float[] wanted = One(o with { Sizes = sizes, Scales = new([1f, 1f, o.Scales[2], o.Scales[3]]) });
        string op = o.Mode == ResizeMode.Linear ? "RESIZE_BILINEAR" : "RESIZE_NEAREST_NEIGHBOR";
        foreach (var (corners, half) in ((bool, bool)[])[(false, false), (false, true), (true, false)])
        {
            var way = new Resize(sizes, new([1f, 1f, (float)sizes[2] / x[2], (float)sizes[3] / x[3]]), o.Mode, Coordinates(o.Mode, corners, half), Nearest(corners));
            if (!One(way).Zip(wanted).All(p => Math.Abs(p.First - p.Second) <= 1e-3f))
                continue;
            int field = o.Mode == ResizeMode.Linear ? 2 : 0;
            w.Put(half ? 3 : 0, op, [w.Get(0, last: true), w.Numbers(new([o.Sizes[2], o.Sizes[3]]))], true, (field, corners), (field + 1, half));
            return;
        }
        throw new OperatorException($"coordinates {o.Coordinates} with {o.Nearest} are not supported; those of corners, of half pixels and asymmetric ones are");

        float[] One(Resize resize) => [.. resize.Evaluate([probe])[0].F32];
    }
}

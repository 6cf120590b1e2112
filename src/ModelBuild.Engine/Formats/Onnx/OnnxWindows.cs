namespace ModelBuild.Engine;

/// <summary>Attributes that operators with a sliding window share: defaults by rank, and auto_pad made explicit.</summary>
internal static class OnnxWindows
{
    public static Conv Conv(OnnxNode n)
    {
        n.Require(1, 2);
        return Conv(n, n.Shape(0), n.Shape(1));
    }

    public static Conv Conv(OnnxNode n, Shape input, Shape weights)
    {
        Ints kernel = n.Ints("kernel_shape") ?? new(weights.Skip(2));
        if (!kernel.SequenceEqual(weights.Skip(2)))
            throw new OperatorException($"kernel_shape {kernel} and weights {weights} differ");
        var (strides, dilations, pads) = Window(n, kernel, input);
        return new Conv(kernel, strides, dilations, pads, n.Int("group", 1));
    }

    public static Op ConvTranspose(OnnxNode n)
    {
        n.Require(1, 2);
        Shape x = n.Shape(0), w = n.Shape(1);
        Ints kernel = n.Ints("kernel_shape") ?? new(w.Skip(2));
        int spatial = kernel.Count;
        if (!kernel.SequenceEqual(w.Skip(2)) || x.Rank != spatial + 2 || spatial is < 1 or > 2)
            throw new OperatorException($"kernel_shape {kernel}, weights {w} and input {x} don't fit; 1 and 2 spatial axes are supported");
        Ints ones = new(Enumerable.Repeat(1, spatial)), zeros = new(Enumerable.Repeat(0, spatial));
        Ints strides = n.Ints("strides") ?? ones, dilations = n.Ints("dilations") ?? ones, more = n.Ints("output_padding") ?? zeros;
        int[] reach = [.. kernel.Select((k, i) => strides[i] * (x[i + 2] - 1) + more[i] + dilations[i] * (k - 1) + 1)];
        string auto = n.Text("auto_pad", "NOTSET");
        Ints? shape = n.Ints("output_shape");
        if (shape == null && auto is "SAME_UPPER" or "SAME_LOWER")
            shape ??= new(strides.Select((s, i) => s * x[i + 2]));
        Ints pads = n.Ints("pads") ?? new(Enumerable.Repeat(0, 2 * spatial));
        if (shape is { } lengths)
        {
            int[] total = [.. reach.Select((r, i) => r - lengths[lengths.Count - spatial + i])];
            // A shape beyond what the kernel reaches is zeros at the ends.
            more = new(more.Select((m, i) => m + Math.Max(0, -total[i])));
            int[] cut = [.. total.Select(t => Math.Max(0, t))], less = [.. cut.Select(t => t / 2)], rest = [.. cut.Select(t => t - t / 2)];
            pads = new(auto == "SAME_UPPER" ? [.. less, .. rest] : [.. rest, .. less]);
        }
        return new ConvTranspose(kernel, strides, dilations, pads, more, n.Int("group", 1));
    }

    public static Op? Pool(OnnxNode n, Func<Ints, Ints, Ints, Ints, Op> pool)
    {
        Ints kernel = n.Ints("kernel_shape") ?? throw new OperatorException("kernel_shape is missing");
        Shape x = n.Shape(0);
        var (strides, dilations, pads) = Window(n, kernel, x, most: 3);
        if (kernel.Count < 3)
            return pool(kernel, strides, dilations, pads);
        if (n.Outputs.Count > 1 && n.Outputs[1].Length > 0)
            throw new OperatorException("its second output (indices) is supported for 1 and 2 spatial axes");

        // Maxima and means go axis by axis: over height and width with depths as channels, then over depth with whole planes as columns.
        GraphBuilder b = n.Builder;
        string planes = b.Add(n.Name, new Reshape(new([x[0], x[1] * x[2], x[3], x[4]])), n.Inputs[0]);
        string flat = b.Add(n.Name, pool(new(kernel.Skip(1)), new(strides.Skip(1)), new(dilations.Skip(1)), new([pads[1], pads[2], pads[4], pads[5]])), planes);
        int height = b.Type(flat).Shape[2], width = b.Type(flat).Shape[3];
        string columns = b.Add(n.Name, new Reshape(new([x[0] * x[1], 1, x[2], height * width])), flat);
        string deep = b.Add(n.Name, pool(new([kernel[0], 1]), new([strides[0], 1]), new([dilations[0], 1]), new([pads[0], 0, pads[3], 0])), columns);
        b.Add(new Node(n.Name, new Reshape(new([x[0], x[1], b.Type(deep).Shape[2], height, width])), new([deep]), new([n.Outputs[0]])));
        return null;
    }

    /// <summary>Strides, dilations and explicit pads (begins, then ends) of a window over <paramref name="input"/> [N, C, spatial…].</summary>
    public static (Ints Strides, Ints Dilations, Ints Pads) Window(OnnxNode n, Ints kernel, Shape input, int most = 2)
    {
        int spatial = kernel.Count;
        if (input.Rank != spatial + 2)
            throw new OperatorException($"a kernel {kernel} over an input {input}");
        if (spatial < 1 || spatial > most)
            throw new OperatorException($"{spatial} spatial axes are not supported; 1 to {most} are");
        Ints ones = new(Enumerable.Repeat(1, spatial));
        Ints strides = n.Ints("strides") ?? ones, dilations = n.Ints("dilations") ?? ones;
        if (strides.Count != spatial || dilations.Count != spatial || strides.Any(s => s < 1) || dilations.Any(d => d < 1) || kernel.Any(k => k < 1))
            throw new OperatorException($"kernel {kernel}, strides {strides} and dilations {dilations} need {spatial} positive values each");
        string auto = n.Text("auto_pad", "NOTSET");
        switch (auto)
        {
            case "NOTSET" or "":
                Ints pads = n.Ints("pads") ?? new(Enumerable.Repeat(0, 2 * spatial));
                return pads.Count == 2 * spatial && pads.All(p => p >= 0) ? (strides, dilations, pads) : throw new OperatorException($"pads {pads} need {2 * spatial} values ≥ 0");
            case "VALID":
                return (strides, dilations, new(Enumerable.Repeat(0, 2 * spatial)));
            case "SAME_UPPER" or "SAME_LOWER":
                int[] total = [.. Enumerable.Range(0, spatial).Select(i =>
                    Math.Max(0, ((input[i + 2] + strides[i] - 1) / strides[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - input[i + 2]))];
                // The odd one goes to the end for SAME_UPPER.
                int[] less = [.. total.Select(t => t / 2)], more = [.. total.Select(t => t - t / 2)];
                return (strides, dilations, new(auto == "SAME_UPPER" ? [.. less, .. more] : [.. more, .. less]));
            default:
                throw new OperatorException($"auto_pad '{auto}' is unknown; NOTSET, VALID, SAME_UPPER and SAME_LOWER are known");
        }
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Conv o) => Write(w, o.Kernel, o.Strides, o.Dilations, o.Pads).Int("group", o.Group);

    public static OnnxNodeWriter Write(OnnxNodeWriter w, ConvTranspose o) => Write(w, o.Kernel, o.Strides, o.Dilations, o.Pads).Ints("output_padding", o.OutputPads).Int("group", o.Group);

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Pool o) => Write(w, o.Kernel, o.Strides, o.Dilations, o.Pads);

    // ONNX Runtime's quantized pools know no dilations, not even those of 1.
    private static OnnxNodeWriter Write(OnnxNodeWriter w, Ints kernel, Ints strides, Ints dilations, Ints pads) =>
        w.Ints("kernel_shape", kernel).Ints("strides", strides).Ints("dilations", dilations.All(d => d == 1) ? null : dilations).Ints("pads", pads);
}

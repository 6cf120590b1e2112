using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>Layers with a window over the spatial axes, and those that pad, crop and resize these.</summary>
internal static class KerasWindows
{
    /// <summary>The kernel is [k…, in/groups, filters].</summary>
    public static KerasValue Conv(KerasLayer layer, KerasValue x, int spatial)
    {
        string image = layer.Image(layer.Numbers(x));
        int channels = Channels(layer, image, spatial), filters = Positive(layer, "filters"), groups = layer.Config.Int("groups", 1);
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
            throw layer.Fault($"{groups} groups don't divide {channels} channels and {filters} filters");
        int[] kernel = layer.Config.Axes("kernel_size", spatial), strides = layer.Config.Axes("strides", spatial, 1), dilations = layer.Config.Axes("dilation_rate", spatial, 1);
        Tensor weights = Turned(layer.Weight("kernel", 0, [.. kernel, channels / groups, filters]), [spatial + 1, spatial, .. Enumerable.Range(0, spatial)]);
        var conv = new Conv(new(kernel), new(strides), new(dilations), Pads(layer, image, kernel, strides, dilations), groups);
        return layer.Activated(layer.FromImage(layer.Add(conv, [image, layer.Constant("kernel", weights), .. Bias(layer, filters, 1)])));
    }

    /// <summary>The kernel is [k…, in, multiplier], and in Keras 3 has no name of its own; outputs lie by input channel.</summary>
    public static KerasValue Depthwise(KerasLayer layer, KerasValue x, int spatial)
    {
        string image = layer.Image(layer.Numbers(x));
        return layer.Activated(layer.FromImage(Depthwise(layer, image, spatial, layer.Weights.Find("depthwise_kernel", 0) == null ? "kernel" : "depthwise_kernel", Bias(layer, Channels(layer, image, spatial) * Multiplier(layer), 1))));
    }

    public static KerasValue Separable(KerasLayer layer, KerasValue x, int spatial)
    {
        string image = layer.Image(layer.Numbers(x));
        int channels = Channels(layer, image, spatial) * Multiplier(layer), filters = Positive(layer, "filters");
        string middle = Depthwise(layer, image, spatial, "depthwise_kernel", []);
        int[] ones = [.. Enumerable.Repeat(1, spatial)];
        Tensor weights = Turned(layer.Weight("pointwise_kernel", 1, [.. ones, channels, filters]), [spatial + 1, spatial, .. Enumerable.Range(0, spatial)]);
        var conv = new Conv(new(ones), new(ones), new(ones), new(new int[2 * spatial]));
        return layer.Activated(layer.FromImage(layer.Add(conv, [middle, layer.Constant("pointwise_kernel", weights), .. Bias(layer, filters, 2)])));
    }

    private static string Depthwise(KerasLayer layer, string image, int spatial, string name, string[] bias)
    {
        int channels = Channels(layer, image, spatial), multiplier = Multiplier(layer);
        int[] kernel = layer.Config.Axes("kernel_size", spatial), strides = layer.Config.Axes("strides", spatial, 1), dilations = layer.Config.Axes("dilation_rate", spatial, 1);
        Tensor weights = Turned(layer.Weight(name, 0, [.. kernel, channels, multiplier]), [spatial, spatial + 1, .. Enumerable.Range(0, spatial)]).Reshape(Shape.Of([channels * multiplier, 1, .. kernel]));
        var conv = new Conv(new(kernel), new(strides), new(dilations), Pads(layer, image, kernel, strides, dilations), channels);
        return layer.Add(conv, [image, layer.Constant(name, weights), .. bias]);
    }

    /// <summary>The kernel is [k…, filters, in]. How long the output is comes first; what of the whole product is too much is cut off as the padding says.</summary>
    public static KerasValue ConvTranspose(KerasLayer layer, KerasValue x, int spatial)
    {
        string image = layer.Image(layer.Numbers(x));
        Shape shape = layer.TypeOf(image);
        int channels = Channels(layer, image, spatial), filters = Positive(layer, "filters");
        int[] kernel = layer.Config.Axes("kernel_size", spatial), strides = layer.Config.Axes("strides", spatial, 1), dilations = layer.Config.Axes("dilation_rate", spatial, 1);
        int[]? outputPadding = layer.Config.Ints("output_padding");
        if (outputPadding is { Length: 1 } && spatial > 1)
            outputPadding = [.. Enumerable.Repeat(outputPadding[0], spatial)];
        if (outputPadding != null && (outputPadding.Length != spatial || outputPadding.Where((p, i) => p < 0 || p >= strides[i]).Any()))
            throw layer.Fault($"output_padding [{string.Join(", ", outputPadding)}] must be from 0 to below the strides");
        if (layer.Config.Int("groups", 1) != 1)
            throw layer.Fault("groups are not supported");
        string padding = Padding(layer, ["valid", "same"]);
        int[] begins = new int[spatial], ends = new int[spatial], more = new int[spatial];
        for (int i = 0; i < spatial; i++)
        {
            int length = shape[i + 2], reach = checked(dilations[i] * (kernel[i] - 1) + 1), whole = checked((length - 1) * strides[i] + reach);
            int wanted = outputPadding is { } given
                ? whole + given[i] - (padding == "same" ? reach / 2 * 2 : 0)
                : padding == "same" ? length * strides[i] : length * strides[i] + Math.Max(reach - strides[i], 0);
            int over = whole - wanted;
            if (over >= 0 && padding == "same")
                (begins[i], ends[i]) = (over / 2, over - over / 2);
            else
                (ends[i], more[i]) = (Math.Max(0, over), Math.Max(0, -over));
        }
        Tensor weights = Turned(layer.Weight("kernel", 0, [.. kernel, filters, channels]), [spatial + 1, spatial, .. Enumerable.Range(0, spatial)]);
        var conv = new ConvTranspose(new(kernel), new(strides), new(dilations), new([.. begins, .. ends]), new(more));
        return layer.Activated(layer.FromImage(layer.Add(conv, [image, layer.Constant("kernel", weights), .. Bias(layer, filters, 1)])));
    }

    public static KerasValue Pool(KerasLayer layer, KerasValue x, int spatial, Func<Ints, Ints, Ints, Ints, Op> make)
    {
        string image = layer.Image(layer.Numbers(x));
        Channels(layer, image, spatial);
        int[] size = layer.Config.Axes("pool_size", spatial, 2), strides = layer.Config.Has("strides") ? layer.Config.Axes("strides", spatial) : size, ones = [.. Enumerable.Repeat(1, spatial)];
        return layer.FromImage(layer.Add(make(new(size), new(strides), new(ones), Pads(layer, image, size, strides, ones, ["valid", "same"])), image));
    }

    public static KerasValue GlobalPool(KerasLayer layer, KerasValue x, int spatial, Op op)
    {
        NoMask(layer, x);
        string image = layer.Image(layer.Numbers(x));
        Channels(layer, image, spatial);
        string pooled = layer.Add(op, image);
        return layer.Config.Flag("keepdims", false) ? layer.FromImage(pooled) : new KerasValue { Plain = layer.Add(new Squeeze(new Ints(Enumerable.Range(2, spatial))), pooled) };
    }

    public static KerasValue Pad(KerasLayer layer, KerasValue x, int spatial)
    {
        var (image, (begins, ends)) = (layer.Image(x), Borders(layer, "padding", spatial));
        return layer.FromImage(layer.Add(new Pad(new([0, 0, .. begins, 0, 0, .. ends])), image));
    }

    public static KerasValue Crop(KerasLayer layer, KerasValue x, int spatial)
    {
        var (image, (begins, ends)) = (layer.Image(x), Borders(layer, "cropping", spatial));
        return Cut(layer, image, begins, [.. ends.Select((end, i) => layer.TypeOf(image)[i + 2] - end)]);
    }

    public static KerasValue CenterCrop(KerasLayer layer, KerasValue x)
    {
        string image = layer.Image(layer.Numbers(x));
        int[] wanted = [Positive(layer, "height"), Positive(layer, "width")], begins = new int[2], ends = new int[2];
        for (int i = 0; i < 2; i++)
        {
            int length = layer.TypeOf(image)[i + 2];
            if (wanted[i] > length)
                throw layer.Fault($"a crop of {wanted[i]} from {length}, which is resized, is not supported");
            begins[i] = (length - wanted[i]) / 2;
            ends[i] = begins[i] + wanted[i];
        }
        return Cut(layer, image, begins, ends);
    }

    private static KerasValue Cut(KerasLayer layer, string image, int[] begins, int[] ends)
    {
        for (int i = 0; i < begins.Length; i++)
        {
            if (ends[i] <= begins[i])
                throw layer.Fault($"nothing of axis {i} of {layer.TypeOf(image)} is left");
        }
        return layer.FromImage(layer.Add(new Slice(new(begins), new(ends), new(Enumerable.Range(2, begins.Length))), image));
    }

    public static KerasValue UpSample(KerasLayer layer, KerasValue x, int spatial)
    {
        string image = spatial == 1 ? layer.Planes(x) : layer.Image(x);
        int[] size = layer.Config.Axes("size", spatial, 2);
        Shape shape = layer.TypeOf(image);
        return Resized(layer, image, [.. size.Select((s, i) => checked(s * shape[i + 2]))], spatial == 1 ? "nearest" : layer.Config.Text("interpolation", "nearest"), first: spatial == 1 ? false : null);
    }

    public static KerasValue Resizing(KerasLayer layer, KerasValue x)
    {
        if (layer.Config.Flag("crop_to_aspect_ratio", false) || layer.Config.Flag("pad_to_aspect_ratio", false) || layer.Config.Flag("antialias", false))
            throw layer.Fault("crop_to_aspect_ratio, pad_to_aspect_ratio and antialias are not supported");
        return Resized(layer, layer.Image(layer.Numbers(x)), [Positive(layer, "height"), Positive(layer, "width")], layer.Config.Text("interpolation", "bilinear"), first: null);
    }

    // Keras looks at the middles of pixels, as TensorFlow 2 does.
    private static KerasValue Resized(KerasLayer layer, string image, int[] sizes, string interpolation, bool? first)
    {
        Shape shape = layer.TypeOf(image);
        if (shape.Rank != sizes.Length + 2)
            throw layer.Fault($"an image of {sizes.Length} axes is needed, not {shape}");
        ResizeMode mode = interpolation switch
        {
            "nearest" => ResizeMode.Nearest, "bilinear" => ResizeMode.Linear,
            var other => throw layer.Fault($"interpolation is '{other}' in the config; valid: nearest, bilinear"),
        };
        Ints all = new([shape[0], shape[1], .. sizes]);
        bool whole = sizes.Select((s, i) => s % shape[i + 2] == 0).All(w => w);
        var resize = new Resize(all, new(all.Select((s, i) => (float)s / shape[i])), mode,
            mode == ResizeMode.Nearest && whole ? CoordinateMode.Asymmetric : CoordinateMode.HalfPixel, mode == ResizeMode.Nearest && whole ? NearestMode.Floor : NearestMode.RoundPreferCeil);
        string resized = layer.Add(resize, image);
        return first == false ? new KerasValue { Planes = resized } : layer.FromImage(resized);
    }

    public static void NoMask(KerasLayer layer, KerasValue x)
    {
        if (x.Masked)
            throw layer.Fault("what it reads is masked (an Embedding with mask_zero=True), and samples of different lengths are not supported");
    }

    /// <summary>Axes before and behind the others in a constant, as an order says.</summary>
    public static Tensor Turned(Tensor tensor, int[] order) => new Transpose(new Ints(order)).Evaluate([tensor])[0];

    public static string[] Bias(KerasLayer layer, int filters, int number) => layer.Config.Flag("use_bias", true) ? [layer.Constant("bias", layer.Weight("bias", number, filters))] : [];

    private static int Channels(KerasLayer layer, string image, int spatial) =>
        layer.TypeOf(image) is var shape && shape.Rank == spatial + 2 ? shape[1] : throw layer.Fault($"its input has {shape.Rank} axes, and {spatial + 2} are needed");

    private static int Multiplier(KerasLayer layer) => layer.Config.Int("depth_multiplier", 1) is > 0 and var multiplier ? multiplier : throw layer.Fault("depth_multiplier must be at least 1");

    public static int Positive(KerasLayer layer, string key) => layer.Config.Int(key) is > 0 and var value ? value : throw layer.Fault($"the config's {key} must be at least 1");

    private static string Padding(KerasLayer layer, string[] valid)
    {
        string padding = layer.Config.Text("padding", "valid");
        return valid.Contains(padding) ? padding : throw layer.Fault($"padding is '{padding}' in the config; valid: {string.Join(", ", valid)}");
    }

    /// <summary>Zeros around an image: none, those that make the output as long as the input over the stride, or only ones before it.</summary>
    private static Ints Pads(KerasLayer layer, string image, int[] kernel, int[] strides, int[] dilations, string[]? valid = null)
    {
        string padding = Padding(layer, valid ?? (kernel.Length == 1 ? ["valid", "same", "causal"] : ["valid", "same"]));
        int[] begins = new int[kernel.Length], ends = new int[kernel.Length];
        for (int i = 0; i < kernel.Length; i++)
        {
            int length = layer.TypeOf(image)[i + 2], reach = checked(dilations[i] * (kernel[i] - 1));
            int total = padding == "same" ? Math.Max(0, checked(((length + strides[i] - 1) / strides[i] - 1) * strides[i] + reach + 1) - length) : 0;
            (begins[i], ends[i]) = padding == "causal" ? (reach, 0) : (total / 2, total - total / 2);
        }
        return new([.. begins, .. ends]);
    }

    /// <summary>n, [n], [rows, columns] or [[top, bottom], [left, right]]; of one axis [begin, end].</summary>
    private static (int[] Begins, int[] Ends) Borders(KerasLayer layer, string key, int spatial)
    {
        JsonElement json = layer.Config.Find(key) ?? throw layer.Fault($"the config lacks {key}");
        int[] begins, ends;
        if (spatial == 2 && json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2 && json[0].ValueKind == JsonValueKind.Array)
        {
            int[] all = [.. json.EnumerateArray().SelectMany(pair => pair.ValueKind == JsonValueKind.Array ? pair.EnumerateArray().ToArray() : []).Select(n => n.TryGetInt32(out int number) ? number : -1)];
            (begins, ends) = all.Length == 4 ? ([all[0], all[2]], [all[1], all[3]]) : (new[] { -1 }, new[] { -1 });
        }
        else
        {
            int[] values = layer.Config.Ints(key)!;
            (begins, ends) = values.Length == 1 ? ([.. Enumerable.Repeat(values[0], spatial)], [.. Enumerable.Repeat(values[0], spatial)])
                : values.Length != 2 ? (new[] { -1 }, new[] { -1 })
                : spatial == 1 ? ([values[0]], [values[1]]) : (values, values);
        }
        return begins.Concat(ends).All(b => b >= 0) ? (begins, ends) : throw layer.Config.Fault(key, json, "whole numbers from 0: one, or those of each side");
    }
}

namespace ModelBuild.Engine;

/// <summary>How operators are read that changed over the opsets: attributes became inputs, axes got another meaning.</summary>
internal static class OnnxMovement
{
    public static Op? Constant(OnnxNode n)
    {
        Tensor? tensor = n.Tensor("value") ?? n.Sparse("sparse_value");
        if (n.Has("value_float"))
            tensor = Tensor.Scalar(n.Float("value_float", 0));
        else if (n.Floats("value_floats") is { } floats)
            tensor = Tensor.Of<float>([floats.Length], floats);
        else if (n.Long("value_int") is { } integer)
            tensor = Tensor.Scalar(integer);
        else if (n.Longs("value_ints") is { } integers)
            tensor = Tensor.Of<long>([integers.Length], integers);
        n.Builder.AddConstant(n.Outputs[0], tensor ?? throw new OperatorException("it has no numbers as its value"));
        return null;
    }

    public static Op Reshape(OnnxNode n)
    {
        bool allowZero = n.Flag("allowzero");
        return new Reshape(n.TakeInts("shape", 1) ?? throw new OperatorException("shape is missing"), allowZero);
    }

    public static Op Slice(OnnxNode n)
    {
        Ints starts = n.TakeInts("starts", 1) ?? throw new OperatorException("starts are missing"), ends = n.TakeInts("ends", 2) ?? throw new OperatorException("ends are missing");
        return new Slice(starts, ends, n.TakeInts("axes", 3), n.Take(4)?.Int32s());
    }

    /// <summary>Before opset 13 the axis begins the columns of a matrix, over all of which the sum goes.</summary>
    public static Op? Softmax(OnnxNode n, Func<int, Op> softmax)
    {
        Shape x = n.Shape(0);
        if (n.Opset >= 13)
            return softmax(n.Int("axis", -1));
        int axis = n.Int("axis", 1);
        axis = axis == x.Rank ? axis : x.Axis(axis);
        if (axis < x.Rank && Shape.Of(x.Skip(axis + 1)).Size == 1)
            return softmax(axis);
        string matrix = n.Builder.Add(n.Name, new Flatten(axis), n.Inputs[0]);
        string result = n.Builder.Add(n.Name, softmax(-1), matrix);
        n.Builder.Add(new Node(n.Name, new Reshape(x.Axes), new([result]), new([n.Outputs[0]])));
        return null;
    }

    public static Op Expand(OnnxNode n) => new Expand(n.TakeInts("shape", 1) ?? throw new OperatorException("shape is missing"));

    public static Op Tile(OnnxNode n) => new Tile(n.TakeInts("repeats", 1) ?? throw new OperatorException("repeats are missing"));

    public static Op Split(OnnxNode n) => new Split(n.Outputs.Count, n.Int("axis", 0), n.TakeInts("split", 1));

    public static Op Reduce(OnnxNode n, Func<Ints?, bool, bool, Op> reduction)
    {
        Ints? axes = n.TakeInts("axes", 1);
        return reduction(axes, n.Flag("keepdims", true), n.Flag("noop_with_empty_axes"));
    }

    public static Op? ConstantOfShape(OnnxNode n)
    {
        Shape shape = Shape.Of(n.Take(0)?.Int32s() ?? throw new OperatorException("the shape is missing"));
        if (shape.Any(d => d < 0))
            throw new OperatorException($"a shape of {shape}");
        Tensor value = n.Tensor("value") ?? Tensor.Scalar(0f);
        if (value.Shape.Size != 1)
            throw new OperatorException($"its value has the shape {value.Shape}, and is one element");
        n.Builder.AddConstant(n.Outputs[0], new Expand(shape.Axes).Evaluate([value.Reshape(Shape.Scalar)])[0]);
        return null;
    }

    public static Op? Range(OnnxNode n)
    {
        if (n.Take(0) is not { } start || n.Take(1) is not { } limit || n.Take(2) is not { } delta)
            throw new OperatorException("start, limit or delta is missing");
        double first = start.Doubles()[0], step = delta.Doubles()[0];
        int count = step == 0 ? throw new OperatorException("delta is 0") : checked((int)Math.Max(0, Math.Ceiling((limit.Doubles()[0] - first) / step)));
        n.Builder.AddConstant(n.Outputs[0], Tensor.From(new(start.Element, [count]), [.. Enumerable.Range(0, count).Select(i => first + i * step)]));
        return null;
    }

    public static Op Pad(OnnxNode n)
    {
        Shape x = n.Shape(0);
        string mode = n.Text("mode", "constant");
        if (!Enum.TryParse(mode, ignoreCase: true, out PadMode padMode))
            throw new OperatorException($"mode '{mode}' is unknown; constant, reflect, edge and wrap are known");
        Ints given = n.TakeInts("pads", 1) ?? throw new OperatorException("pads are missing");
        double value = n.Opset < 11 ? n.Float("value", 0) : n.Take(2)?.Doubles().FirstOrDefault() ?? 0;
        int[] axes = n.Take(3)?.Int32s() is { } named ? [.. named.Select(x.Axis)] : [.. Enumerable.Range(0, x.Rank)];
        if (given.Count != 2 * axes.Length)
            throw new OperatorException($"pads {given} for {axes.Length} axes");
        var pads = new int[2 * x.Rank];
        for (int i = 0; i < axes.Length; i++)
            (pads[axes[i]], pads[axes[i] + x.Rank]) = (given[i], given[i + axes.Length]);
        return new Pad(new(pads), padMode, value);
    }

    public static Op BatchNormalization(OnnxNode n)
    {
        n.Require(1, 2, 3, 4);
        if (n.Flag("training_mode") || (n.Opset < 7 && !n.Flag("is_test")) || n.Outputs.Skip(1).Any(o => o.Length > 0))
            throw new OperatorException("training mode is not supported; export the model for inference");
        if (!n.Flag("spatial", true))
            throw new OperatorException("spatial = 0 is not supported");
        return new BatchNormalization(n.Float("epsilon", 1e-5f));
    }

    /// <summary>Resize since opset 11, with scales or sizes of some or all axes; and what was before it, which took scales and had no choice of coordinates.</summary>
    public static Op Resize(OnnxNode n)
    {
        Shape x = n.Shape(0);
        bool first = n.Opset < 11 || n.Type == "Upsample";
        if (first)
        {
            float[] factors = n.Floats("scales") ?? [.. n.Take(1)?.F32.ToArray() ?? throw new OperatorException("scales are missing")];
            return Make(factors, Sizes(factors), CoordinateMode.Asymmetric, NearestMode.Simple);
        }
        Ints named = n.Ints("axes") ?? new(Enumerable.Range(0, x.Rank));
        int[] axes = [.. named.Select(x.Axis)];
        Tensor? roi = n.Take(1), scale = n.Take(2), size = n.Take(3);
        if (scale is { Shape.Size: 0 })
            scale = null;
        if (size is { Shape.Size: 0 })
            size = null;
        if (scale == null == (size == null))
            throw new OperatorException("it needs scales or sizes, and not both");
        var scales = new float[x.Rank];
        Array.Fill(scales, 1);
        int[] sizes = [.. x];
        if (scale != null)
        {
            Fill(scales, scale.F32.ToArray());
            sizes = Sizes(scales);
        }
        else
        {
            Fill(sizes, [.. size!.Int32s()]);
            for (int i = 0; i < x.Rank; i++)
                scales[i] = (float)sizes[i] / x[i];
            string policy = n.Text("keep_aspect_ratio_policy", "stretch");
            if (policy != "stretch")
            {
                float common = policy == "not_larger" ? axes.Min(a => scales[a]) : policy == "not_smaller" ? axes.Max(a => scales[a])
                    : throw new OperatorException($"keep_aspect_ratio_policy '{policy}' is unknown; stretch, not_larger and not_smaller are known");
                foreach (int axis in axes)
                    (scales[axis], sizes[axis]) = (common, (int)Math.Floor((double)common * x[axis] + 0.5));
            }
        }
        float[]? region = null;
        if (n.Text("coordinate_transformation_mode", "") == "tf_crop_and_resize")
        {
            float[] given = roi?.Doubles().Select(v => (float)v).ToArray() ?? [];
            if (given.Length != 2 * axes.Length)
                throw new OperatorException($"roi has {given.Length} values for {axes.Length} axes");
            region = [.. Enumerable.Repeat(0f, x.Rank), .. Enumerable.Repeat(1f, x.Rank)];
            for (int i = 0; i < axes.Length; i++)
                (region[axes[i]], region[axes[i] + x.Rank]) = (given[i], given[i + axes.Length]);
        }
        return Make(scales, sizes, Word("coordinate_transformation_mode", CoordinateMode.HalfPixel), Word("nearest_mode", NearestMode.RoundPreferFloor), region);

        Op Make(float[] scales, int[] sizes, CoordinateMode coordinates, NearestMode nearest, float[]? region = null) => new Resize(
            new(sizes), new(scales), Word("mode", ResizeMode.Nearest), coordinates, nearest, n.Float("cubic_coeff_a", -0.75f), n.Flag("exclude_outside"), n.Flag("antialias"),
            new(region ?? []), n.Float("extrapolation_value", 0));

        int[] Sizes(float[] scales) => scales.Length == x.Rank ? [.. x.Select((length, i) => (int)Math.Floor(length * (double)scales[i]))]
            : throw new OperatorException($"{scales.Length} scales of {x}");

        void Fill<T>(T[] all, T[] some)
        {
            if (some.Length != axes.Length)
                throw new OperatorException($"{some.Length} values for {axes.Length} axes");
            for (int i = 0; i < axes.Length; i++)
                all[axes[i]] = some[i];
        }

        T Word<T>(string attribute, T otherwise) where T : struct, Enum => !n.Has(attribute) ? otherwise
            : Enum.TryParse(n.Text(attribute, "").Replace("_", ""), ignoreCase: true, out T value) ? value
            : throw new OperatorException($"{attribute} '{n.Text(attribute, "")}' is unknown");
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Reduction o) => w.Flag("keepdims", o.KeepDims).Flag("noop_with_empty_axes", o.NoopWithEmptyAxes).Constant(o.Axes);

    /// <summary>A leading 1 that the batch may take the place of is written as 0, which copies the input's length.</summary>
    public static OnnxNodeWriter Write(OnnxNodeWriter w, Reshape o)
    {
        bool copies = w.Batch && !o.AllowZero && o.Lengths is [1, ..] && w.Input(0).Shape is [1, ..];
        return w.Flag("allowzero", o.AllowZero).Constant(copies ? new Ints([0, .. o.Lengths.Skip(1)]) : o.Lengths);
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Resize o)
    {
        if (o.Nearest == NearestMode.Simple)
            throw new OperatorException("resizing as before opset 11 can't be exported to newer ones");
        Shape x = w.Input(0).Shape;
        bool bySize = o.Sizes.Select((size, i) => (float)size / x[i]).SequenceEqual(o.Scales);
        // Sizes would say how many samples there are.
        bySize &= !w.Batch || o.Sizes.Where((size, i) => (int)MathF.Floor(x[i] * o.Scales[i]) != size).Any();
        return w.Text("mode", Word(o.Mode)).Text("coordinate_transformation_mode", Word(o.Coordinates)).Text("nearest_mode", Word(o.Nearest)).Float("cubic_coeff_a", o.CubicCoefficient)
            .Flag("exclude_outside", o.ExcludeOutside).Flag("antialias", o.Antialias).Float("extrapolation_value", o.Extrapolation)
            .Constant(o.Roi.Count > 0 ? Tensor.Of<float>([o.Roi.Count], [.. o.Roi]) : null)
            .Constant(bySize ? null : Tensor.Of<float>([o.Scales.Count], [.. o.Scales]))
            .Constant(bySize ? o.Sizes : null);

        // HalfPixel → half_pixel.
        static string Word<T>(T value) where T : struct, Enum =>
            string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
    }
}

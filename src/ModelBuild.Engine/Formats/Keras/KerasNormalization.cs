namespace ModelBuild.Engine;

/// <summary>Layers that scale and shift.</summary>
internal static class KerasNormalization
{
    /// <summary>Keras's own ε, below which a deviation counts as this.</summary>
    private const float Least = 1e-7f;

    public static KerasValue Batch(KerasLayer layer, KerasValue x)
    {
        x = layer.Numbers(x);
        Shape shape = layer.Shape(x);
        int rank = shape.Rank, axis = layer.Axis((layer.Config.Ints("axis") ?? [-1]) is [var only] ? only : throw layer.Fault("several axes are not supported"), rank);
        if (axis == 0 || rank < 2)
            throw layer.Fault($"axis {axis} of {shape} is not supported");
        int channels = shape[axis], number = 0;
        Tensor gamma = Factor(layer, "scale", "gamma", ref number, 1, channels), beta = Factor(layer, "center", "beta", ref number, 0, channels);
        Tensor mean = layer.Weight("moving_mean", number++, channels), variance = layer.Weight("moving_variance", number, channels);
        var op = new BatchNormalization(layer.Config.Float("epsilon", 1e-3));
        string Normalized(string value) => layer.Add(op, value, layer.Constant("gamma", gamma), layer.Constant("beta", beta), layer.Constant("moving_mean", mean), layer.Constant("moving_variance", variance));
        if (axis == rank - 1)
            return rank == 2 ? layer.Each(x, Normalized) : new KerasValue { Planes = Normalized(layer.Planes(x)), Masked = x.Masked };
        if (axis == 1)
            return new KerasValue { Plain = Normalized(layer.Plain(x)), Masked = x.Masked };
        int[] order = [0, axis, .. Enumerable.Range(1, rank - 1).Where(a => a != axis)];
        string turned = Normalized(layer.Add(new Transpose(new Ints(order)), layer.Plain(x)));
        return new KerasValue { Plain = layer.Add(new Transpose(new Ints(Enumerable.Range(0, rank).Select(a => Array.IndexOf(order, a)))), turned), Masked = x.Masked };
    }

    public static KerasValue Layer(KerasLayer layer, KerasValue x)
    {
        if (layer.Config.Flag("rms_scaling", false))
            throw layer.Fault("rms_scaling is not supported");
        string value = layer.Plain(layer.Numbers(x));
        Shape shape = layer.TypeOf(value);
        int rank = shape.Rank;
        int[] axes = [.. (layer.Config.Ints("axis") ?? [-1]).Select(a => layer.Axis(a, rank)).Order()], rest = [.. Enumerable.Range(0, rank).Except(axes)], order = [.. rest, .. axes];
        bool turned = !order.SequenceEqual(Enumerable.Range(0, rank));
        int[] lengths = [.. axes.Select(a => shape[a])];
        int number = 0;
        Tensor gamma = Factor(layer, "scale", "gamma", ref number, 1, lengths), beta = Factor(layer, "center", "beta", ref number, 0, lengths);
        string y = layer.Add(new LayerNormalization(rank - axes.Length, layer.Config.Float("epsilon", 1e-3)), 1,
            turned ? layer.Add(new Transpose(new Ints(order)), value) : value, layer.Constant("gamma", gamma), layer.Constant("beta", beta))[0];
        return new KerasValue { Plain = turned ? layer.Add(new Transpose(new Ints(Enumerable.Range(0, rank).Select(a => Array.IndexOf(order, a)))), y) : y, Masked = x.Masked };
    }

    /// <summary>Channels of a group, with all places, have one mean and one deviation.</summary>
    public static KerasValue Group(KerasLayer layer, KerasValue x)
    {
        x = layer.Numbers(x);
        int rank = layer.Shape(x).Rank, axis = layer.Axis(layer.Config.Int("axis", -1), rank);
        bool last = axis == rank - 1;
        if (rank < 2 || (!last && axis != 1))
            throw layer.Fault($"axis {axis} of {layer.Shape(x)} is not supported; the last one and 1 are");
        string planes = last ? layer.Planes(x) : layer.Plain(x);
        Shape shape = layer.TypeOf(planes);
        int channels = shape[1], groups = layer.Config.Int("groups", 32), number = 0;
        groups = groups == -1 ? channels : groups;
        if (groups < 1 || channels % groups != 0)
            throw layer.Fault($"{groups} groups don't divide {channels} channels");
        Tensor gamma = Factor(layer, "scale", "gamma", ref number, 1, channels), beta = Factor(layer, "center", "beta", ref number, 0, channels);
        string ones = layer.Constant("ones", Filled(1, groups)), zeros = layer.Constant("zeros", Filled(0, groups));
        string grouped = layer.Add(new Reshape(new([shape[0], groups, shape.Size / shape[0] / groups])), planes);
        string y = layer.Add(new Reshape(shape.Axes), layer.Add(new InstanceNormalization(layer.Config.Float("epsilon", 1e-3)), grouped, ones, zeros));
        Shape column = Shape.Of([channels, .. Enumerable.Repeat(1, rank - 2)]);
        y = layer.Add(new Add(), layer.Add(new Mul(), y, layer.Constant("gamma", gamma.Reshape(column))), layer.Constant("beta", beta.Reshape(column)));
        return rank == 2 || !last ? new KerasValue { Plain = y, Masked = x.Masked } : new KerasValue { Planes = y, Masked = x.Masked };
    }

    /// <summary>x / √(mean of squares + ε) · scale, along the last axes.</summary>
    public static KerasValue RootMeanSquare(KerasLayer layer, KerasValue x)
    {
        string value = layer.Plain(layer.Numbers(x));
        Shape shape = layer.TypeOf(value);
        int[] axes = [.. (layer.Config.Ints("axis") ?? [-1]).Select(a => layer.Axis(a, shape.Rank)).Order()];
        string mean = layer.Add(new ReduceMean(new Ints(axes)), layer.Add(new Mul(), value, value));
        string y = layer.Add(new Div(), value, layer.Add(new Sqrt(), layer.Add(new Add(), mean, layer.Constant("epsilon", Tensor.Scalar(layer.Config.Float("epsilon", 1e-6))))));
        Tensor scale = layer.Weight("scale", 0, [.. axes.Select(a => shape[a])]).Reshape(Shape.Of(Enumerable.Range(1, shape.Rank - 1).Select(a => axes.Contains(a) ? shape[a] : 1)));
        return new KerasValue { Plain = layer.Add(new Mul(), y, layer.Constant("scale", scale)), Masked = x.Masked };
    }

    public static KerasValue Unit(KerasLayer layer, KerasValue x)
    {
        string value = layer.Plain(layer.Numbers(x));
        int[] axes = [.. (layer.Config.Ints("axis") ?? [-1]).Select(a => layer.Axis(a, layer.TypeOf(value).Rank))];
        return new KerasValue { Plain = Unit(layer, value, axes, layer.Version >= 3 ? 1e-12f : 1e-6f), Masked = x.Masked };
    }

    /// <summary>x over the root of its squares' sum, which counts as <paramref name="least"/> below that.</summary>
    public static string Unit(KerasLayer layer, string value, int[] axes, float least) =>
        layer.Add(new Div(), value, layer.Add(new Max(), layer.Add(new ReduceL2(new Ints(axes)), value), layer.Constant("least", Tensor.Scalar(least))));

    /// <summary>x·scale + offset, one number each or one a channel.</summary>
    public static KerasValue Rescaling(KerasLayer layer, KerasValue x)
    {
        x = layer.Numbers(x);
        float[] scale = layer.Config.Floats("scale") ?? throw layer.Fault("the config lacks scale"), offset = layer.Config.Floats("offset") ?? [0];
        x = layer.Each(x, Vector(scale), "scale", (v, s) => layer.Add(new Mul(), v, s));
        return offset.All(o => o == 0) ? x : layer.Each(x, Vector(offset), "offset", (v, o) => layer.Add(new Add(), v, o));

        static Tensor Vector(float[] values) => values.Length == 1 ? Tensor.Scalar(values[0]) : Tensor.Of<float>([values.Length], values);
    }

    /// <summary>(x − mean) / √variance by numbers that were measured before training, along axes; or the way back.</summary>
    public static KerasValue Fixed(KerasLayer layer, KerasValue x)
    {
        x = layer.Numbers(x);
        Shape shape = layer.Shape(x);
        bool all = layer.Config.Json.TryGetProperty("axis", out var axisJson) && axisJson.ValueKind == System.Text.Json.JsonValueKind.Null;
        int[] axes = [.. (all ? [] : layer.Config.Ints("axis") ?? [-1]).Select(a => layer.Axis(a, shape.Rank)).Order()], lengths = [.. axes.Select(a => shape[a])];
        if (axes.Contains(0))
            throw layer.Fault("the axis of samples can't be kept");
        Shape spread = Shape.Of(Enumerable.Range(1, shape.Rank - 1).Select(a => axes.Contains(a) ? shape[a] : 1));
        Tensor mean = Statistic("mean", 0), variance = Statistic("variance", 1);
        Tensor deviation = Tensor.Of<float>(spread, [.. variance.F32.ToArray().Select(v => Math.Max(MathF.Sqrt(v), Least))]);
        if (layer.Config.Flag("invert", false))
        {
            x = layer.Each(x, deviation, "deviation", (v, d) => layer.Add(new Mul(), v, d));
            return layer.Each(x, mean, "mean", (v, m) => layer.Add(new Add(), v, m));
        }
        x = layer.Each(x, mean, "mean", (v, m) => layer.Add(new Sub(), v, m));
        return layer.Each(x, deviation, "deviation", (v, d) => layer.Add(new Div(), v, d));

        // In the config where it was given, in the weights where it was measured.
        Tensor Statistic(string name, int number)
        {
            if (layer.Config.Floats(name) is not { } given)
                return layer.Weight(name, number, lengths).Reshape(spread);
            return given.Length == 1 ? Tensor.Of<float>(spread, [.. Enumerable.Repeat(given[0], spread.Size)])
                : given.Length == spread.Size ? Tensor.Of<float>(spread, given)
                : throw layer.Fault($"{name} has {given.Length} numbers in the config, and {spread.Size} are needed");
        }
    }

    /// <summary>A weight that the config says is there, or what stands for it.</summary>
    private static Tensor Factor(KerasLayer layer, string flag, string name, ref int number, float otherwise, params int[] lengths) =>
        layer.Config.Flag(flag, true) ? layer.Weight(name, number++, lengths) : Filled(otherwise, lengths);

    private static Tensor Filled(float value, params int[] lengths) => Tensor.Of<float>(Shape.Of(lengths), [.. Enumerable.Repeat(value, Shape.Of(lengths).Size)]);
}

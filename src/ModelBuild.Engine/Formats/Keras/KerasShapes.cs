namespace ModelBuild.Engine;

/// <summary>Layers that only arrange elements, in Keras's own order.</summary>
internal static class KerasShapes
{
    public static KerasValue Flatten(KerasLayer layer, KerasValue x)
    {
        string value = layer.Plain(x);
        int rank = layer.TypeOf(value).Rank;
        if (rank == 1)
            return new KerasValue { Plain = layer.Add(new Unsqueeze(new Ints([1])), value) };
        // Channels go last first, so that weights behind it fit either order.
        if (layer.ChannelsFirst && rank > 2)
            value = layer.Add(new Transpose(new Ints([0, .. Enumerable.Range(2, rank - 2), 1])), value);
        return new KerasValue { Plain = layer.Add(new Flatten(1), value) };
    }

    public static KerasValue Reshape(KerasLayer layer, KerasValue x)
    {
        int[] target = layer.Config.Ints("target_shape") ?? throw layer.Fault("the config lacks target_shape");
        string value = layer.Plain(x);
        Shape shape = layer.TypeOf(value);
        int size = Shape.Of(shape.Skip(1)).Size, open = Array.IndexOf(target, -1);
        long known = target.Where(t => t != -1).Aggregate(1L, (a, b) => Math.Min(a * Math.Max(b, 0), int.MaxValue));
        if (open >= 0 && known > 0 && size % known == 0)
            (target[open], known) = ((int)(size / known), size);
        if (known != size || target.Any(t => t < 0))
            throw layer.Fault($"{shape} can't be reshaped to [{string.Join(", ", target)}] a sample");
        return new KerasValue { Plain = layer.Add(new Reshape(new([shape[0], .. target])), value) };
    }

    /// <summary>Axes count from 1: the first is not among them.</summary>
    public static KerasValue Permute(KerasLayer layer, KerasValue x)
    {
        int[] dims = layer.Config.Ints("dims") ?? throw layer.Fault("the config lacks dims");
        return new KerasValue { Plain = layer.Add(new Transpose(new Ints([0, .. dims])), layer.Plain(x)) };
    }

    public static KerasValue RepeatVector(KerasLayer layer, KerasValue x)
    {
        string value = layer.Plain(x);
        Shape shape = layer.TypeOf(value);
        if (shape.Rank != 2)
            throw layer.Fault($"its input {shape} is no vector");
        return new KerasValue { Plain = layer.Add(new Tile(new([1, KerasWindows.Positive(layer, "n"), 1])), layer.Add(new Unsqueeze(new Ints([1])), value)) };
    }

    /// <summary>A layer at each step of the second axis: steps become samples, and again steps.</summary>
    public static KerasValue TimeDistributed(KerasLayer layer, KerasValue x)
    {
        var entry = new KerasConfig(layer.Config.Find("layer") ?? throw layer.Fault("the config lacks the layer"));
        KerasWeights weights = layer.Weights.Inside(null, "layer");
        string value = layer.Plain(x);
        Shape shape = layer.TypeOf(value);
        if (shape.Rank < 3)
            throw layer.Fault($"its input {shape} has no steps");
        if (entry.Text("class_name", "") == "Dense")
            return layer.RunInside(entry, weights, [new KerasValue { Plain = value, Masked = x.Masked }])[0];
        string samples = layer.Add(new Reshape(new([-1, .. shape.Skip(2)])), value);
        string result = layer.Plain(layer.RunInside(entry, weights, [new KerasValue { Plain = samples }])[0]);
        return new KerasValue { Plain = layer.Add(new Reshape(new([-1, shape[1], .. layer.TypeOf(result).Skip(1)])), result), Masked = x.Masked };
    }
}

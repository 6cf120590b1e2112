namespace ModelBuild.Engine;

/// <summary>Layers that make one value of several.</summary>
internal static class KerasMerging
{
    public static KerasValue Chain(KerasLayer layer, KerasValue[] xs, Op op)
    {
        var (values, planes) = Alike(layer, xs);
        string result = values[0];
        for (int i = 1; i < values.Length; i++)
            result = layer.Add(op, result, values[i]);
        return Of(result, planes, xs);
    }

    public static KerasValue Average(KerasLayer layer, KerasValue[] xs)
    {
        KerasValue sum = Chain(layer, xs, new Add());
        return layer.Each(sum, v => layer.Add(new Mul(), v, layer.Constant(1f / xs.Length)));
    }

    /// <summary>Keras 1's one layer for all of them.</summary>
    public static KerasValue Merge(KerasLayer layer, KerasValue[] xs) => layer.Config.Text("mode", "sum") switch
    {
        "sum" => Chain(layer, xs, new Add()),
        "mul" => Chain(layer, xs, new Mul()),
        "max" => Chain(layer, xs, new Max()),
        "ave" => Average(layer, xs),
        "concat" => Concatenate(layer, xs, layer.Config.Int("concat_axis", -1)),
        var other => throw layer.Fault($"mode is '{other}' in the config; valid: sum, mul, max, ave, concat"),
    };

    public static KerasValue Concatenate(KerasLayer layer, KerasValue[] xs) => Concatenate(layer, xs, layer.Config.Int("axis", -1));

    private static KerasValue Concatenate(KerasLayer layer, KerasValue[] xs, int along)
    {
        int rank = layer.Shape(xs[0]).Rank, axis = layer.Axis(along, rank);
        if (xs.Any(x => layer.Shape(x).Rank != rank) || axis == 0)
            throw layer.Fault($"{string.Join(", ", xs.Select(x => layer.Shape(x)))} can't be concatenated along axis {axis}");
        var (values, planes) = Alike(layer, xs);
        return Of(layer.Add(new Concat(!planes ? axis : axis == rank - 1 ? 1 : axis + 1), values), planes, xs);
    }

    private static KerasValue Of(string value, bool planes, KerasValue[] xs)
    {
        bool masked = xs.Any(x => x.Masked);
        return planes ? new KerasValue { Planes = value, Masked = masked } : new KerasValue { Plain = value, Masked = masked };
    }

    /// <summary>The inputs in one order: that of the graph if any has only that. A vector among images gets its axes behind the first, as Keras has it.</summary>
    private static (string[] Values, bool Planes) Alike(KerasLayer layer, KerasValue[] xs)
    {
        ElementType element = xs.Select(layer.Element).FirstOrDefault(e => e.IsFloat(), layer.Element(xs[0]));
        xs = [.. xs.Select(x => element.IsFloat() ? layer.Numbers(x) : x)];
        int rank = xs.Max(x => layer.Shape(x).Rank);
        if (rank > 2 && xs.Any(x => x.Plain == null) && xs.All(x => layer.Shape(x).Rank == rank))
            return ([.. xs.Select(layer.Planes)], true);
        return ([.. xs.Select(x => layer.Shape(x).Rank is var own && own < rank ? layer.Add(new Unsqueeze(new Ints(Enumerable.Range(1, rank - own))), layer.Plain(x)) : layer.Plain(x))], false);
    }
}

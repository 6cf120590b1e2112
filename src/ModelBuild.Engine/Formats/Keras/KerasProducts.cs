namespace ModelBuild.Engine;

/// <summary>Layers that are products of matrices, or tables.</summary>
internal static class KerasProducts
{
    /// <summary>The kernel is [in, units]; of more than two axes the last is multiplied.</summary>
    public static KerasValue Dense(KerasLayer layer, KerasValue x)
    {
        string input = layer.Plain(layer.Numbers(x));
        Shape shape = layer.TypeOf(input);
        int units = KerasWindows.Positive(layer, "units");
        if (shape.Rank < 2)
            throw layer.Fault($"its input {shape} has no axis to multiply");
        string kernel = layer.Constant("kernel", layer.Weight("kernel", 0, shape[^1], units));
        string[] bias = KerasWindows.Bias(layer, units, 1);
        string y = shape.Rank == 2 ? layer.Add(new Gemm(), [input, kernel, .. bias])
            : bias.Length == 0 ? layer.Add(new MatMul(), input, kernel)
            : layer.Add(new Add(), layer.Add(new MatMul(), input, kernel), bias[0]);
        return layer.Activated(new KerasValue { Plain = y, Masked = x.Masked });
    }

    public static KerasValue Embedding(KerasLayer layer, KerasValue x)
    {
        if (layer.Config.Has("lora_rank") || layer.Config.Has("quantization_config"))
            throw layer.Fault("lora_rank and quantization_config are not supported");
        int rows = KerasWindows.Positive(layer, "input_dim"), columns = KerasWindows.Positive(layer, "output_dim");
        string indices = layer.Plain(x);
        if (layer.Element(x) is not (ElementType.Int32 or ElementType.Int64))
            indices = layer.Add(new Cast(ElementType.Int32), indices);
        string table = layer.Constant("embeddings", layer.Weight("embeddings", 0, rows, columns));
        return new KerasValue { Plain = layer.Add(new Gather(0), table, indices), Masked = layer.Config.Flag("mask_zero", false) };
    }

    /// <summary>Sums of products along an axis of each input; samples stay apart.</summary>
    public static KerasValue Dot(KerasLayer layer, KerasValue[] xs)
    {
        if (xs.Length != 2)
            throw layer.Fault($"it takes two inputs, not {xs.Length}");
        int[] axes = layer.Config.Ints("axes") ?? throw layer.Fault("the config lacks axes");
        axes = axes.Length == 1 ? [axes[0], axes[0]] : axes;
        string[] values = [layer.Plain(layer.Numbers(xs[0])), layer.Plain(layer.Numbers(xs[1]))];
        Shape[] shapes = [.. values.Select(layer.TypeOf)];
        if (axes.Length != 2 || shapes.Any(s => s.Rank is not (2 or 3)))
            throw layer.Fault($"axes of {string.Join(" and ", shapes)} are not supported; two of two or three axes are");
        for (int i = 0; i < 2; i++)
        {
            axes[i] = layer.Axis(axes[i], shapes[i].Rank);
            if (axes[i] == 0)
                throw layer.Fault("the axis of samples can't be summed");
            if (layer.Config.Flag("normalize", false))
                values[i] = KerasNormalization.Unit(layer, values[i], [axes[i]], layer.Version >= 3 ? 1e-12f : 1e-6f);
        }
        // [N, others, summed] · [N, summed, others], where a vector has one other of length 1.
        string left = shapes[0].Rank == 2 ? layer.Add(new Unsqueeze(new Ints([1])), values[0]) : axes[0] == 1 ? layer.Add(new Transpose(new Ints([0, 2, 1])), values[0]) : values[0];
        string right = shapes[1].Rank == 2 ? layer.Add(new Unsqueeze(new Ints([2])), values[1]) : axes[1] == 2 ? layer.Add(new Transpose(new Ints([0, 2, 1])), values[1]) : values[1];
        string y = layer.Add(new MatMul(), left, right);
        int[] gone = shapes[0].Rank == 2 ? [1] : shapes[1].Rank == 2 ? [2] : [];
        return new KerasValue { Plain = gone.Length > 0 ? layer.Add(new Squeeze(new Ints(gone)), y) : y };
    }
}

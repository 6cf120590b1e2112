namespace ModelBuild.Engine;

/// <summary>What is outside an image: zeros, its nearest pixel, or the image mirrored at its border; numbers as kernels know them.</summary>
internal enum GridPadding { Zeros, Border, Reflection }

/// <summary>
/// Pixels of x [N, C, H, W] at the places of a grid [N, H′, W′, 2] (x, then y, from −1 to 1 across the image): of the nearest one, of four, or of sixteen. −1 and 1 are the
/// outermost pixels' centers with <paramref name="AlignCorners"/>, else the image's edges. float32.
/// </summary>
internal sealed record GridSample(ResizeMode Mode = ResizeMode.Linear, GridPadding Padding = GridPadding.Zeros, bool AlignCorners = false) : Op
{
    private const double Cubic = -0.75;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        Shape grid = Need(inputs[1], ElementType.Float32).Shape;
        if (x.Shape.Rank != 4 || grid.Rank != 4 || grid[0] != x.Shape[0] || grid[3] != 2 || x.Shape[2] * x.Shape[3] == 0)
            throw new OperatorException($"a grid {grid} over {x.Shape}; images [N, C, H, W] and grids [N, H′, W′, 2] are supported");
        return [x with { Shape = [x.Shape[0], x.Shape[1], grid[1], grid[2]] }];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, grid = inputs[1]!;
        Shape y = Infer([x.Type, grid.Type])[0].Shape;
        int height = x.Shape[2], width = x.Shape[3];
        ReadOnlySpan<float> xs = x.F32, at = grid.F32;
        var result = new float[y.Size];
        for (int i = 0; i < result.Length; i++)
        {
            int pixel = i % (y[2] * y[3]), plane = i / (y[2] * y[3]), place = (plane / y[1] * y[2] * y[3] + pixel) * 2;
            (int Index, double Weight)[] columns = [.. Taps(at[place], width)], rows = [.. Taps(at[place + 1], height)];
            double sum = 0;
            foreach (var (row, down) in rows)
            foreach (var (column, across) in columns)
                sum += row < 0 || column < 0 ? 0 : down * across * xs[(plane * height + row) * width + column];
            result[i] = (float)sum;
        }
        return [Tensor.Of(y, result)];
    }

    /// <summary>The pixels that a place is made of; −1 is a zero.</summary>
    private IEnumerable<(int Index, double Weight)> Taps(double at, int length)
    {
        double place = AlignCorners ? (at + 1) / 2 * (length - 1) : ((at + 1) * length - 1) / 2;
        if (Padding == GridPadding.Border)
            place = Math.Clamp(place, 0, length - 1);
        else if (Padding == GridPadding.Reflection)
            place = Reflected(place, length);
        if (Mode == ResizeMode.Nearest)
            return [(Inside((int)Math.Round(place), length), 1)];
        int first = (int)Math.Floor(place);
        double t = place - first;
        if (Mode == ResizeMode.Linear)
            return [(Inside(first, length), 1 - t), (Inside(first + 1, length), t)];
        return [(Inside(first - 1, length), Far(t + 1)), (Inside(first, length), Near(t)), (Inside(first + 1, length), Near(1 - t)), (Inside(first + 2, length), Far(2 - t))];

        static double Near(double t) => ((Cubic + 2) * t - (Cubic + 3)) * t * t + 1;
        static double Far(double t) => ((Cubic * t - 5 * Cubic) * t + 8 * Cubic) * t - 4 * Cubic;
    }

    private int Inside(int index, int length) => index >= 0 && index < length ? index
        : Padding switch { GridPadding.Zeros => -1, GridPadding.Border => Math.Clamp(index, 0, length - 1), _ => (int)Reflected(index, length) };

    private double Reflected(double place, int length)
    {
        double least = AlignCorners ? 0 : -0.5, span = AlignCorners ? length - 1 : length;
        if (span == 0)
            return 0;
        double over = Math.Abs(place - least) % (2 * span);
        return least + (over > span ? 2 * span - over : over);
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]), grid = lowering.As(lowering.Read(node.Inputs[1]), Layout.RowMajor);
        View y = lowering.Write(node.Outputs[0], x.HasInnerChannels ? Layout.ChannelsLast : Layout.RowMajor);
        lowering.Emit("GridSampleF32", ("x", x), ("grid", grid), ("y", y), ("images", y.Shape[0]), ("channels", y.Shape[1]), ("height", y.Shape[2]), ("width", y.Shape[3]), ("xHeight", x.Shape[2]), ("xWidth", x.Shape[3]),
            ("xStrides", x.Strides), ("yStrides", y.Strides), ("mode", Mode switch { ResizeMode.Nearest => 0, ResizeMode.Linear => 1, _ => 2 }), ("padding", (int)Padding), ("alignCorners", AlignCorners ? 1 : 0));
    }
}

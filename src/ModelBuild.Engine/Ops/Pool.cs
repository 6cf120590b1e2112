namespace ModelBuild.Engine;

/// <summary>
/// A window that slides over the spatial axes of x [N, C, (H,) W]. <paramref name="Pads"/>: begins, then ends. Cells outside the input don't count,
/// but for an average with <see cref="AveragePool.IncludePads"/>.
/// </summary>
internal abstract record Pool(Ints Kernel, Ints Strides, Ints Dilations, Ints Pads, bool CeilMode) : Op
{
    protected int Spatial => Kernel.Count;

    protected abstract double Reduce(IEnumerable<double> cells, int padded);

    protected static Ints Ones(Ints axes) => new(axes.Select(_ => 1));

    protected abstract (string, object?)[] Arguments { get; }

    protected virtual ElementType[] Elements => [ElementType.Float32];

    public override bool HasIntegerKernel => true;

    public override bool IsHomogeneous => true;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], Elements);
        if (x.Shape.Rank != Spatial + 2)
            throw new OperatorException($"a window {Kernel} over an input {x.Shape}");
        return [x with { Shape = Shape.Of([x.Shape[0], x.Shape[1], .. Enumerable.Range(0, Spatial).Select(i => Length(x.Shape[i + 2], i))]) }];
    }

    private int Length(int length, int axis)
    {
        int span = length + Pads[axis] + Pads[axis + Spatial] - Dilations[axis] * (Kernel[axis] - 1) - 1;
        if (span < 0)
            throw new OperatorException($"a window {Kernel} with dilations {Dilations} is larger than its padded input on spatial axis {axis}");
        if (!CeilMode)
            return span / Strides[axis] + 1;
        int count = (span + Strides[axis] - 1) / Strides[axis] + 1;
        // A last window that begins beyond the input (in the padding at the end) is none.
        return (count - 1) * Strides[axis] >= length + Pads[axis] ? count - 1 : count;
    }

    public override ChannelMap? Channels(Operand?[] inputs) => inputs[0]!.Axis < 2 ? ChannelMap.Straight(inputs) : null;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        Shape y = Infer([x.Type])[0].Shape;
        Plane p = Plane.Of(this, x.Shape, y);
        double[] xs = x.Doubles(), result = new double[y.Size];
        int at = 0;
        for (int image = 0; image < y[0] * y[1]; image++)
        for (int i = 0; i < p.Height; i++)
        for (int j = 0; j < p.Width; j++)
        {
            var cells = new List<double>();
            int padded = 0;
            for (int r = 0; r < p.KernelHeight; r++)
            for (int c = 0; c < p.KernelWidth; c++)
            {
                int row = i * p.StrideHeight + r * p.DilationHeight - p.Top, column = j * p.StrideWidth + c * p.DilationWidth - p.Left;
                if (row >= 0 && row < p.InputHeight && column >= 0 && column < p.InputWidth)
                    cells.Add(xs[(image * p.InputHeight + row) * p.InputWidth + column]);
                if (row < p.InputHeight + p.Bottom && column < p.InputWidth + p.Right)
                    padded++;
            }
            result[at++] = Reduce(cells, padded);
        }
        return [Tensor.From(x.Type with { Shape = y }, result)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (TryLowerIntegers(lowering, node))
            return;
        View x = lowering.Read(node.Inputs[0], Layout.ChannelsLast);
        if (x.Element == ElementType.Int8)
        {
            // As unsigned bytes the largest is the same one.
            View bytes = lowering.Allocate(x.Type with { Element = ElementType.UInt8 }, Layout.ChannelsLast), y = lowering.Write(node.Outputs[0], Layout.ChannelsLast);
            View largest = lowering.Allocate(y.Type with { Element = ElementType.UInt8 }, Layout.ChannelsLast);
            lowering.Each("FlipSign8", x, bytes);
            lowering.Emit($"{Name}U8", [.. Window(bytes, largest), .. Arguments]);
            lowering.Each("FlipSign8", largest, y);
            return;
        }
        lowering.Emit(Name + x.Element.Suffix(), [.. Window(x, lowering.Write(node.Outputs[0], Layout.ChannelsLast)), .. Arguments]);
    }

    /// <summary>Writes the integer kernel's call for a node of this meaning, where it stands in a quantized group. A result without the image's axes is the same bytes.</summary>
    internal bool TryLowerIntegers(Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is not { } q || lowering.Quantizing(node.Outputs[0]) is not { } end || Quantized(q.As, end) is not { } more)
            return false;
        View from = lowering.Read(q.Value, Layout.ChannelsLast);
        TensorType image = Infer([from.Type with { Element = ElementType.Float32 }])[0];
        View y = lowering.Write(end, image.Shape.Rank == lowering.Type(end.Value).Shape.Rank ? Layout.ChannelsLast : Layout.RowMajor);
        View to = y.Shape == image.Shape ? y : y with { Type = y.Type with { Shape = image.Shape }, Strides = new([image.Shape[1], .. Enumerable.Repeat(1, image.Shape.Rank - 1)]) };
        lowering.Emit($"{Name}U8", [.. Window(from, to), .. Arguments, .. more]);
        return true;
    }

    /// <summary>Further arguments of the integer kernel, where it does the group.</summary>
    protected abstract (string, object?)[]? Quantized(Quantization x, QuantizedEnd end);

    private (string, object?)[] Window(View x, View y)
    {
        Image from = Image.Of(x), to = Image.Of(y);
        Plane p = Plane.Of(this, x.Shape, y.Shape);
        return [("x", x), ("y", y), ("images", to.Images), ("height", to.Height), ("width", to.Width), ("channels", to.Channels),
            ("xHeight", from.Height), ("xWidth", from.Width), ("kernelHeight", p.KernelHeight), ("kernelWidth", p.KernelWidth),
            ("strideHeight", p.StrideHeight), ("strideWidth", p.StrideWidth), ("dilationHeight", p.DilationHeight), ("dilationWidth", p.DilationWidth),
            ("top", p.Top), ("left", p.Left), ("xImage", from.Stride), ("xLine", from.Line), ("xPixel", from.Pixel),
            ("yImage", to.Stride), ("yLine", to.Line), ("yPixel", to.Pixel)];
    }

    /// <summary>The window in two dimensions; a one-dimensional one has one row.</summary>
    internal readonly record struct Plane(
        int InputHeight, int InputWidth, int Height, int Width, int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth,
        int DilationHeight, int DilationWidth, int Top, int Left, int Bottom, int Right)
    {
        public static Plane Of(Pool pool, Shape x, Shape y) => pool.Spatial == 2
            ? new(x[2], x[3], y[2], y[3], pool.Kernel[0], pool.Kernel[1], pool.Strides[0], pool.Strides[1], pool.Dilations[0], pool.Dilations[1], pool.Pads[0], pool.Pads[1], pool.Pads[2], pool.Pads[3])
            : new(1, x[2], 1, y[2], 1, pool.Kernel[0], 1, pool.Strides[0], 1, pool.Dilations[0], 0, pool.Pads[0], 0, pool.Pads[1]);
    }
}

/// <summary>
/// The largest cell of each window, and as a second output (int64) the first place of it in the whole input, counted row by row, or with
/// <paramref name="ColumnMajor"/> column by column of a plane.
/// </summary>
internal sealed record MaxPool(Ints Kernel, Ints Strides, Ints Dilations, Ints Pads, bool CeilMode = false, bool ColumnMajor = false) : Pool(Kernel, Strides, Dilations, Pads, CeilMode)
{
    public override TensorType[] Infer(TensorType?[] inputs) => [base.Infer(inputs)[0], base.Infer(inputs)[0] with { Element = ElementType.Int64 }];

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, y = base.Evaluate(inputs)[0];
        Plane p = Plane.Of(this, x.Shape, y.Shape);
        double[] cells = x.Doubles();
        var places = new long[y.Shape.Size];
        for (int i = 0; i < places.Length; i++)
        {
            int image = i / (p.Height * p.Width), top = i / p.Width % p.Height * p.StrideHeight - p.Top, left = i % p.Width * p.StrideWidth - p.Left, area = p.InputHeight * p.InputWidth;
            var window =
                from r in Enumerable.Range(0, p.KernelHeight).Select(r => top + r * p.DilationHeight).Where(r => r >= 0 && r < p.InputHeight)
                from c in Enumerable.Range(0, p.KernelWidth).Select(c => left + c * p.DilationWidth).Where(c => c >= 0 && c < p.InputWidth)
                select (Value: cells[image * area + r * p.InputWidth + c], Place: image * area + (ColumnMajor ? c * p.InputHeight + r : r * p.InputWidth + c));
            places[i] = window.MaxBy(cell => cell.Value).Place;
        }
        return [y, Tensor.Of(y.Shape, places)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (node.Outputs.Count < 2 || node.Outputs[1].Length == 0)
        {
            base.Lower(lowering, node);
            return;
        }
        Need(lowering.Type(node.Inputs[0]), ElementType.Float32);
        View x = lowering.Read(node.Inputs[0], Layout.RowMajor), y = lowering.Write(node.Outputs[0], Layout.RowMajor), places = lowering.Write(node.Outputs[1], Layout.RowMajor);
        Plane p = Plane.Of(this, x.Shape, y.Shape);
        lowering.Emit("MaxPoolPlacesF32", ("x", x), ("y", y), ("places", places), ("planes", y.Shape[0] * y.Shape[1]), ("height", p.Height), ("width", p.Width), ("xHeight", p.InputHeight), ("xWidth", p.InputWidth),
            ("kernelHeight", p.KernelHeight), ("kernelWidth", p.KernelWidth), ("strideHeight", p.StrideHeight), ("strideWidth", p.StrideWidth),
            ("dilationHeight", p.DilationHeight), ("dilationWidth", p.DilationWidth), ("top", p.Top), ("left", p.Left), ("columnMajor", ColumnMajor ? 1 : 0));
    }

    /// <summary>One window over everything.</summary>
    public static MaxPool Over(Ints window) => new(window, Ones(window), Ones(window), new(Enumerable.Repeat(0, 2 * window.Count)));

    protected override double Reduce(IEnumerable<double> cells, int padded) => cells.DefaultIfEmpty(double.NegativeInfinity).Max();

    public override bool KeepsScale => true;

    protected override ElementType[] Elements => [ElementType.Float32, ElementType.UInt8, ElementType.Int8];

    protected override (string, object?)[] Arguments => [];

    // Larger integers are larger numbers, so nothing is computed where input and output mean the same by them.
    protected override (string, object?)[]? Quantized(Quantization x, QuantizedEnd end) =>
        x.Scale == end.As.Scale && x.Zero == end.As.Zero && end is { Lo: 0, Hi: 255 } ? [] : null;
}

/// <summary>The mean of each window's cells: of those inside the input, or with <paramref name="IncludePads"/> of those inside the padded input too (as zeros).</summary>
internal sealed record AveragePool(Ints Kernel, Ints Strides, Ints Dilations, Ints Pads, bool CeilMode = false, bool IncludePads = false) : Pool(Kernel, Strides, Dilations, Pads, CeilMode)
{
    /// <summary>One window over everything.</summary>
    public static AveragePool Over(Ints window) => new(window, Ones(window), Ones(window), new(Enumerable.Repeat(0, 2 * window.Count)));

    protected override double Reduce(IEnumerable<double> cells, int padded) => cells.Sum() / Math.Max(1, IncludePads ? padded : cells.Count());

    protected override (string, object?)[] Arguments => [("bottom", Spatial == 2 ? Pads[2] : 0), ("right", Pads[^1]), ("includePads", IncludePads ? 1 : 0)];

    protected override (string, object?)[]? Quantized(Quantization x, QuantizedEnd end) =>
        [("xZero", x.Zero), ("scale", x.Scale / end.As.Scale), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi)];
}

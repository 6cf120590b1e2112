namespace ModelBuild.Engine;

/// <summary>How a resized image is made of pixels of the original: of one, of two along each axis, of four.</summary>
internal enum ResizeMode { Nearest, Linear, Cubic }

/// <summary>Which pixel <see cref="ResizeMode.Nearest"/> takes. <see cref="Simple"/>: before opset 11, the next one where an axis shrinks, else the one before.</summary>
internal enum NearestMode { RoundPreferFloor, RoundPreferCeil, Floor, Ceil, Simple }

/// <summary>Where in the original a pixel of the resized image lies.</summary>
internal enum CoordinateMode { HalfPixel, HalfPixelSymmetric, PytorchHalfPixel, AlignCorners, Asymmetric, TfHalfPixelForNn, TfCropAndResize }

/// <summary>
/// The tensor at another resolution: an axis becomes <paramref name="Sizes"/> long, in coordinates scaled by <paramref name="Scales"/>; both have a value an axis.
/// <paramref name="Roi"/>: begins, then ends, of the part that <see cref="CoordinateMode.TfCropAndResize"/> takes, outside of which is <paramref name="Extrapolation"/>.
/// Nearest: every element type; else float32.
/// </summary>
internal sealed record Resize(
    Ints Sizes, EquatableArray<float> Scales, ResizeMode Mode = ResizeMode.Nearest, CoordinateMode Coordinates = CoordinateMode.HalfPixel, NearestMode Nearest = NearestMode.RoundPreferFloor,
    float CubicCoefficient = -0.75f, bool ExcludeOutside = false, bool Antialias = false, EquatableArray<float> Roi = default, float Extrapolation = 0) : Movement
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Mode == ResizeMode.Nearest ? Need(inputs[0]) : Need(inputs[0], ElementType.Float32);
        int rank = x.Shape.Rank;
        if (Sizes.Count != rank || Scales.Count != rank || Sizes.Any(s => s < 0) || Scales.Any(s => !(s > 0)) || (Coordinates == CoordinateMode.TfCropAndResize && Roi.Count != 2 * rank))
            throw new OperatorException($"sizes {Sizes}, scales {Scales} and roi {Roi} of {x.Shape}");
        if (x.Shape.Size == 0)
            throw new OperatorException($"{x.Shape} has no pixels");
        return [x with { Shape = Shape.Of(Sizes) }];
    }

    public override bool HasIntegerKernel => Mode == ResizeMode.Nearest && Coordinates != CoordinateMode.TfCropAndResize;

    public override bool KeepsScale => HasIntegerKernel;

    public override Op? OnIntegers(Quantization meaning) => HasIntegerKernel ? this : null;

    public override bool IsNothing(TensorType input, TensorType output) => input == output && Windows(input.Shape).All(w => w.Slice == (0, 1)) && Outside(input.Shape).All(o => o == (0, 0));

    public override ChannelMap? Channels(Operand?[] inputs) =>
        inputs[0]!.Axis is { } axis && Scales[axis] == 1 && Sizes[axis] == inputs[0]!.Type.Shape[axis] && Coordinates != CoordinateMode.TfCropAndResize ? ChannelMap.Straight(inputs) : null;

    public override Op WithChannels(Kept?[] inputs, Kept[] outputs) => this with { Sizes = new Shape(Sizes).With(outputs[0].Axis, outputs[0].Channels.Length).Axes };

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        Infer([x.Type]);
        double[] values = x.Doubles();
        Shape shape = x.Shape;
        ResizeWindow[] windows = Windows(shape);
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            ResizeWindow window = windows[axis];
            int length = shape[axis], inner = shape.Strides[axis];
            var y = new double[values.Length / length * Sizes[axis]];
            for (int i = 0; i < y.Length; i++)
            {
                int at = i / inner % Sizes[axis], row = i / inner / Sizes[axis] * length;
                for (int tap = 0; tap < window.Taps; tap++)
                    y[i] += window.Weights[at * window.Taps + tap] * values[(row + window.Starts[at] + tap) * inner + i % inner];
            }
            (values, shape) = (y, shape.With(axis, Sizes[axis]));
        }
        (int Before, int After)[] outside = Outside(x.Shape);
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int at = i / shape.Strides[axis] % shape[axis];
                if (at < outside[axis].Before || at >= shape[axis] - outside[axis].After)
                    values[i] = Extrapolation;
            }
        }
        return [Tensor.From(x.Type with { Shape = shape }, values)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        ResizeWindow[] windows = Windows(x.Shape);
        var steps = new List<(Shape Shape, Action<View, View> Emit)>();
        var outside = Outside(x.Shape).Select((ends, axis) => (axis, ends.Before, ends.After)).Where(o => o.Before + o.After > 0).ToArray();

        // Pixels at one distance are a slice of the original.
        for (int axis = 0; axis < windows.Length; axis++)
        {
            if (windows[axis].Slice is var (start, step))
                x = x.Slice(axis, start, Sizes[axis], step);
        }
        // Axes that shrink come first, and of equals the inner one: less work is left for the others, and in longer rows.
        Shape shape = x.Shape;
        foreach (int axis in Enumerable.Range(0, windows.Length).Where(i => windows[i] is { Slice: null, Repeats: 1 }).OrderBy(i => (double)Sizes[i] / shape[i]).ThenByDescending(i => i).ToArray())
        {
            shape = shape.With(axis, Sizes[axis]);
            steps.Add((shape, (from, to) => windows[axis].Emit(lowering, from, to, axis)));
        }
        // Pixels that are repeated equally often, or that only have to lie elsewhere, are one copy.
        int[] repeated = [.. Enumerable.Range(0, windows.Length).Where(i => windows[i] is { Slice: null, Repeats: > 1 }).OrderDescending()];
        if (repeated.Length > 0 || (steps.Count == 0 && outside.Length > 0))
            steps.Add((Shape.Of(Sizes), (from, to) =>
            {
                foreach (int axis in repeated)
                    (from, to) = (from.Repeat(axis + 1, windows[axis].Repeats), to.Split(axis, from.Shape[axis]));
                lowering.Copy(from, to);
            }));

        for (int i = 0; i < steps.Count; i++)
        {
            TensorType type = x.Type with { Shape = steps[i].Shape };
            View y = i + 1 == steps.Count ? lowering.Write(node.Outputs[0], x) : lowering.Allocate(type, x.IsRowMajor ? Layout.RowMajor : Layout.ChannelsLast);
            steps[i].Emit(x, y);
            x = y;
        }
        foreach (var (axis, before, after) in outside)
        {
            foreach (View part in new[] { x.Slice(axis, 0, before), x.Slice(axis, Sizes[axis] - after, after) }.Where(p => p.Shape.Size > 0))
                lowering.Copy(lowering.Constant(Tensor.From(new(x.Element, Shape.Scalar), [Extrapolation])).Expand(part.Shape), part);
        }
        lowering.Alias(node.Outputs[0], x);
    }

    private ResizeWindow[] Windows(Shape x) => [.. x.Select((length, axis) => Mode == ResizeMode.Nearest
        ? ResizeWindow.Nearest(Places(axis, length), length, at => Index(at, Scales[axis]))
        : ResizeWindow.Weighted(Places(axis, length), length, Antialias ? Math.Min(1, (double)Scales[axis]) : 1, Mode == ResizeMode.Linear ? 1 : 2, Weight, ExcludeOutside && Mode == ResizeMode.Cubic))];

    /// <summary>How many pixels at the begin and at the end of each axis are outside of the original.</summary>
    private (int Before, int After)[] Outside(Shape x) => [.. x.Select((length, axis) =>
    {
        if (Coordinates != CoordinateMode.TfCropAndResize)
            return (0, 0);
        bool[] outside = [.. Places(axis, length).Select(c => c < 0 || c > length - 1)];
        int before = outside.TakeWhile(o => o).Count();
        return (before, outside.Skip(before).Count(o => o));
    })];

    private double Weight(double distance)
    {
        double t = Math.Abs(distance), a = CubicCoefficient;
        return Mode == ResizeMode.Linear ? Math.Max(0, 1 - t)
            : t <= 1 ? ((a + 2) * t - (a + 3)) * t * t + 1
            : t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
    }

    private int Index(float at, float scale) => (int)(Nearest switch
    {
        NearestMode.RoundPreferFloor => at == MathF.Floor(at) + 0.5f ? MathF.Floor(at) : MathF.Round(at),
        NearestMode.RoundPreferCeil => at == MathF.Floor(at) + 0.5f ? MathF.Ceiling(at) : MathF.Round(at),
        NearestMode.Floor => MathF.Floor(at),
        NearestMode.Ceil => MathF.Ceiling(at),
        _ => scale < 1 ? MathF.Ceiling(at) : MathF.Truncate(at),
    });

    /// <summary>For each pixel along a resized axis, its place along the original one. In float32, as every runtime computes it: ties and weights depend on its rounding.</summary>
    private float[] Places(int axis, int length)
    {
        float scale = Scales[axis], count = Sizes[axis], exact = scale * length, resized = MathF.Abs(exact - count) < 0.01f ? count : exact;
        float begin = Roi.Count > 0 ? Roi[axis] : 0, end = Roi.Count > 0 ? Roi[axis + Sizes.Count] : 1;
        return [.. Enumerable.Range(0, Sizes[axis]).Select(i => scale == 1 && count == length && Coordinates != CoordinateMode.TfCropAndResize ? i : Coordinates switch
        {
            CoordinateMode.PytorchHalfPixel when count <= 1 => 0,
            CoordinateMode.HalfPixel or CoordinateMode.PytorchHalfPixel => (i + 0.5f) / scale - 0.5f,
            CoordinateMode.HalfPixelSymmetric => length / 2f * (1 - count / exact) + (i + 0.5f) / scale - 0.5f,
            CoordinateMode.AlignCorners => resized == 1 ? 0 : i * (length - 1) / (resized - 1),
            CoordinateMode.Asymmetric => i / scale,
            CoordinateMode.TfHalfPixelForNn => (i + 0.5f) / scale,
            _ => resized > 1 ? begin * (length - 1) + i * (end - begin) * (length - 1) / (resized - 1) : 0.5f * (begin + end) * (length - 1),
        })];
    }
}

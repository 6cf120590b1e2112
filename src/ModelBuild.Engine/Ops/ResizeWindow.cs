namespace ModelBuild.Engine;

/// <summary>How one axis is resized: pixel i is the sum of <paramref name="Taps"/> neighbours from <paramref name="Starts"/>[i] on, each times its weight.</summary>
internal sealed record ResizeWindow(int Taps, int[] Starts, float[] Weights, int Length)
{
    /// <summary>Each place is one pixel, picked by <paramref name="index"/>.</summary>
    public static ResizeWindow Nearest(float[] places, int length, Func<float, int> index) =>
        new(1, [.. places.Select(p => Math.Clamp(index(p), 0, length - 1))], [.. places.Select(_ => 1f)], length);

    /// <summary>
    /// Each place is a mean of the pixels around it, weighted by their distance: as far as <paramref name="support"/> pixels of the resized axis where
    /// <paramref name="scale"/> is less than 1. Pixels outside are those at the edge, or with <paramref name="exclude"/> none.
    /// </summary>
    public static ResizeWindow Weighted(float[] places, int length, double scale, int support, Func<double, double> weight, bool exclude)
    {
        int first = (int)Math.Floor(-support / scale) + 1, reach = 2 - 2 * first, taps = Math.Min(reach, length);
        var starts = new int[places.Length];
        var weights = new float[places.Length * taps];
        for (int i = 0; i < places.Length; i++)
        {
            // The pixel before the place; one that the place is on counts as the one after.
            int before = (int)MathF.Ceiling(places[i]) - 1;
            double[] all = [.. Enumerable.Range(first, reach).Select(o => exclude && (before + o < 0 || before + o >= length) ? 0 : weight((before + o - (double)places[i]) * scale))];
            double sum = all.Sum();
            starts[i] = Math.Clamp(before + first, 0, length - taps);
            for (int o = 0; o < reach; o++)
                weights[i * taps + Math.Clamp(before + first + o, 0, length - 1) - starts[i]] += (float)(all[o] / sum);
        }
        var window = new ResizeWindow(taps, starts, weights, length);
        int[] only = [.. Enumerable.Range(0, starts.Length).Select(i => Array.IndexOf(weights, 1f, i * taps, taps) - i * taps)];
        bool single = only.Select((o, i) => o >= 0 && weights.AsSpan(i * taps, taps).IndexOfAnyExcept(0f, 1f) < 0).All(one => one);
        return single ? new(1, [.. starts.Zip(only, (start, o) => start + o)], [.. only.Select(_ => 1f)], length) : window;
    }

    /// <summary>Start and step, where all that happens is that pixels at one distance are taken.</summary>
    public (int Start, int Step)? Slice => Taps > 1 || Starts.Length == 0 ? null
        : Starts.Length == 1 ? (Starts[0], 1)
        : Enumerable.Range(1, Starts.Length - 1).All(i => Starts[i] - Starts[i - 1] == Starts[1] - Starts[0]) ? (Starts[0], Starts[1] - Starts[0]) : null;

    /// <summary>How often each pixel is repeated, where that is all that happens; else 1.</summary>
    public int Repeats => Taps == 1 && Starts.Length > Length && Starts.Length % Length == 0 && Enumerable.Range(0, Starts.Length).All(i => Starts[i] == i / (Starts.Length / Length)) ? Starts.Length / Length : 1;

    public void Emit(Lowering lowering, View x, View y, int axis)
    {
        View starts = lowering.Constant(Tensor.Of<int>([Starts.Length], Starts));
        if (Taps == 1)
        {
            Gather.Emit(lowering, x, starts, y, axis);
            return;
        }
        Loops outer = Loops.Collapse(Shape.Of(x.Shape.Take(axis)), new(x.Strides.Take(axis)), new(y.Strides.Take(axis)));
        Loops inner = Loops.Collapse(Shape.Of(x.Shape.Skip(axis + 1)), new(x.Strides.Skip(axis + 1)), new(y.Strides.Skip(axis + 1)));
        lowering.Emit("ResizeF32", ("x", x), ("starts", starts), ("weights", lowering.Constant(Tensor.Of<float>([Weights.Length], Weights))), ("y", y),
            ("outerShape", outer.Shape), ("xOuter", outer.Strides[0]), ("yOuter", outer.Strides[1]), ("count", Starts.Length), ("taps", Taps), ("xStep", x.Strides[axis]), ("yStep", y.Strides[axis]),
            ("innerShape", inner.Shape), ("xInner", inner.Strides[0]), ("yInner", inner.Strides[1]));
    }
}

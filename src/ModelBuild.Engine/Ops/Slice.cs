namespace ModelBuild.Engine;

/// <summary>
/// From <paramref name="Starts"/> to before <paramref name="Ends"/> in <paramref name="Steps"/> along <paramref name="Axes"/> (all, in order, where absent).
/// Negative indices count from the end; indices outside are clamped, as Python does.
/// </summary>
internal sealed record Slice(Ints Starts, Ints Ends, Ints? Axes = null, Ints? Steps = null) : Rearrangement
{
    protected override View[] Views(View x)
    {
        Ints axes = Axes ?? new(Enumerable.Range(0, Starts.Count)), steps = Steps ?? new(Enumerable.Repeat(1, Starts.Count));
        if (Ends.Count != Starts.Count || axes.Count != Starts.Count || steps.Count != Starts.Count || steps.Contains(0))
            throw new OperatorException($"starts {Starts}, ends {Ends}, axes {axes} and steps {steps} don't go together");
        for (int i = 0; i < axes.Count; i++)
        {
            int axis = x.Shape.Axis(axes[i]), length = x.Shape[axis], step = steps[i];
            // A negative step begins at the last element at most, and may end before the first.
            long least = step > 0 ? 0 : -1, most = step > 0 ? length : length - 1;
            long start = Math.Clamp(Starts[i] < 0 ? (long)Starts[i] + length : Starts[i], Math.Min(least, most), most);
            long end = Math.Clamp(Ends[i] < 0 ? (long)Ends[i] + length : Ends[i], least, Math.Max(least, most));
            long count = Math.Max(0, step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -(long)step);
            x = x.Slice(axis, (int)start, (int)count, step);
        }
        return [x];
    }

    // A part of the channels is one in steps of 1; others, and axes counted from the end, are left as they are.
    public override ChannelMap? Channels(Operand?[] inputs)
    {
        TensorType x = inputs[0]!.Type;
        if (inputs[0]!.Axis is not { } axis || Axes?.Any(a => a < 0) == true)
            return null;
        int part = Part(axis);
        if (part < 0)
            return ChannelMap.Straight(inputs);
        return Steps is { } steps && steps[part] != 1 ? null : new([ChannelAxis.Of(x, axis)], [ChannelAxis.Of(Infer([x])[0], axis, Start(part, x.Shape[axis]))], []);
    }

    public override Op WithChannels(Kept?[] inputs, Kept[] outputs)
    {
        Kept x = inputs[0]!;
        int part = Part(x.Axis);
        if (part < 0)
            return this;
        int first = Start(part, x.Total), start = x.Channels.Count(c => c < first);
        return this with { Starts = new Shape(Starts).With(part, start).Axes, Ends = new Shape(Ends).With(part, start + outputs[0].Channels.Length).Axes };
    }

    /// <summary>Where of the axes that are cut this one is; −1 if nowhere.</summary>
    private int Part(int axis) => Axes is { } axes ? axes.ToList().IndexOf(axis) : axis < Starts.Count ? axis : -1;

    private int Start(int part, int length) => Math.Clamp(Starts[part] < 0 ? Starts[part] + length : Starts[part], 0, length);

    public override bool IsNothing(TensorType input, TensorType output) => input == output && Steps?.Any(s => s < 0) != true;
}

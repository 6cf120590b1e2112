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

    public override bool IsNothing(TensorType input, TensorType output) => input == output && Steps?.Any(s => s < 0) != true;
}

namespace ModelBuild.Engine;

internal enum PadMode { Constant, Reflect, Edge, Wrap }

/// <summary>
/// Elements around the input: <paramref name="Pads"/> of them at the begin of each axis, then at the end of each; negative ones are cut off.
/// They are <paramref name="Value"/>, the input mirrored at its first and last element, those elements, or the input again.
/// </summary>
internal sealed record Pad(Ints Pads, PadMode Mode = PadMode.Constant, double Value = 0) : Assembly
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0]);
        int rank = x.Shape.Rank;
        if (Pads.Count != 2 * rank)
            throw new OperatorException($"pads {Pads} of {x.Shape}");
        Shape y = Shape.Of(x.Shape.Select((length, i) => Math.Max(0, length + Pads[i] + Pads[rank + i])));
        for (int i = 0; i < rank; i++)
        {
            if (y[i] > 0 && Mode != PadMode.Constant && Inside(x.Shape, i).Length <= 0)
                throw new OperatorException($"nothing of axis {i} of {x.Shape} is left to pad with");
        }
        return [x with { Shape = y }];
    }

    protected override IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant)
    {
        View x = inputs[0], middle = output;
        int rank = x.Shape.Rank;
        for (int axis = 0; axis < rank; axis++)
        {
            var (start, length) = Inside(inputs[0].Shape, axis);
            x = x.Slice(axis, start, length);
            middle = middle.Slice(axis, Math.Max(0, Pads[axis]), length);
        }
        if (Mode == PadMode.Constant && Pads.Any(p => p > 0))
            yield return (constant(Tensor.From(new(output.Element, Shape.Scalar), [Value])).Expand(output.Shape), output);
        yield return (x, middle);
        for (int axis = 0; axis < rank && Mode != PadMode.Constant; axis++)
        {
            // Axes before this one are whole already, those after it are not yet: what is copied is as wide as what is there.
            View whole = output;
            for (int later = axis + 1; later < rank; later++)
                whole = whole.Slice(later, Math.Max(0, Pads[later]), middle.Shape[later]);
            int begin = Math.Max(0, Pads[axis]), length = middle.Shape[axis];
            foreach (var (to, from, count, step) in Runs(begin, length, whole.Shape[axis]))
                yield return (whole.Slice(axis, begin + from, count, step), whole.Slice(axis, to, count));
        }
    }

    /// <summary>What of an axis is not cut off.</summary>
    private (int Start, int Length) Inside(Shape x, int axis)
    {
        int start = Math.Min(x[axis], Math.Max(0, -Pads[axis])), end = x[axis] - Math.Max(0, -Pads[axis + x.Rank]);
        return (start, Math.Max(0, end - start));
    }

    /// <summary>The border of an axis as runs of equal steps through the <paramref name="length"/> elements that it is made of.</summary>
    private IEnumerable<(int To, int From, int Count, int Step)> Runs(int begin, int length, int total)
    {
        for (int to = 0; to < total;)
        {
            if (to == begin)
            {
                to += length;
                continue;
            }
            int limit = to < begin ? begin : total, from = Source(to - begin, length), count = 1;
            int step = to + 1 < limit ? Source(to + 1 - begin, length) - from : 0;
            while (to + count < limit && Source(to + count - begin, length) == from + count * step)
                count++;
            yield return (to, from, count, step);
            to += count;
        }
    }

    private int Source(int index, int length)
    {
        switch (Mode)
        {
            case PadMode.Edge:
                return Math.Clamp(index, 0, length - 1);
            case PadMode.Wrap:
                return (index % length + length) % length;
            default:
                int period = Math.Max(1, 2 * (length - 1));
                int place = (index % period + period) % period;
                return Math.Min(place, period - place);
        }
    }

    public override Op? OnIntegers(Quantization meaning) => this with { Value = meaning.Integer((float)Value) };

    public override bool IsNothing(TensorType input, TensorType output) => Pads.All(p => p == 0);

    public override ChannelMap? Channels(Operand?[] inputs) =>
        inputs[0]!.Axis is { } axis && Pads[axis] == 0 && Pads[axis + Pads.Count / 2] == 0 ? ChannelMap.Straight(inputs) : null;

    public override Ints? ZeroPads => Mode == PadMode.Constant && Value == 0 && Pads.All(p => p >= 0) ? Pads : null;
}

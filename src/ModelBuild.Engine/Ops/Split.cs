namespace ModelBuild.Engine;

/// <summary>Parts of <paramref name="Sizes"/> along an axis; where they are absent, as many equal parts as there are outputs, the last one smaller if need be.</summary>
internal sealed record Split(int Outputs, int Axis = 0, Ints? Sizes = null) : Rearrangement
{
    protected override View[] Views(View x)
    {
        int axis = x.Shape.Axis(Axis), length = x.Shape[axis], part = (length + Outputs - 1) / Outputs;
        int[] sizes = Sizes is { } given ? [.. given] : [.. Enumerable.Range(0, Outputs).Select(i => Math.Clamp(length - i * part, 0, part))];
        if (sizes.Length != Outputs || sizes.Any(s => s < 0) || sizes.Sum() != length)
            throw new OperatorException($"an axis of {length} in {Outputs} parts of {new Ints(sizes)}");
        int at = 0;
        return Array.ConvertAll(sizes, size => x.Slice(axis, (at += size) - size, size));
    }

    public override bool IsNothing(TensorType input, TensorType output) => Outputs == 1;
}

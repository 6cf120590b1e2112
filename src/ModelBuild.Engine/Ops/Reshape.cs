namespace ModelBuild.Engine;

/// <summary>
/// The elements in their order under the shape <paramref name="Lengths"/>. −1 (once): what remains; 0: the input's length of that axis, or with
/// <paramref name="AllowZero"/> no elements.
/// </summary>
internal sealed record Reshape(Ints Lengths, bool AllowZero = false) : Reshaping
{
    protected override Shape To(Shape x)
    {
        int[] to = [.. Lengths];
        for (int i = 0; i < to.Length; i++)
        {
            if (to[i] == 0 && !AllowZero)
                to[i] = i < x.Rank ? x[i] : throw Fault(x);
        }
        int open = Array.IndexOf(to, -1), known = to.Where(d => d != -1).Aggregate(1, (a, b) => checked(a * b));
        if (to.Any(d => d < -1) || to.Count(d => d == -1) > 1 || (open >= 0 && (known == 0 || x.Size % known != 0)))
            throw Fault(x);
        if (open >= 0)
            to[open] = x.Size / known;
        return to.Aggregate(1, (a, b) => a * b) == x.Size ? Shape.Of(to) : throw Fault(x);
    }

    public override Op? After(Op before) => before is Reshaping && (AllowZero || !Lengths.Contains(0)) ? this : null;

    // What is given as the rest, or as the input's length, may still be that; a number is another one.
    public override Op WithChannels(Kept?[] inputs, Kept[] outputs) =>
        Lengths[outputs[0].Axis] <= 0 ? this : this with { Lengths = new Shape(Lengths).With(outputs[0].Axis, outputs[0].Channels.Length).Axes };

    private OperatorException Fault(Shape x) => new($"{x} can't be reshaped to {Lengths}");
}

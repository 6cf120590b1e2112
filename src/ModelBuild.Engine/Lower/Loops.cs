namespace ModelBuild.Engine;

/// <summary>A loop nest over strided operands. Axes of length 1 are gone, and axes that all operands step through as one are one.</summary>
internal sealed record Loops(Ints Shape, IReadOnlyList<Ints> Strides)
{
    // A row of fewer elements takes longer to begin than to do.
    private const int Short = 8;

    /// <summary>The same elements in any order, where rows are short: the longest axis is then the innermost, as of boxes in [boxes, 4].</summary>
    public Loops WithLongRows()
    {
        int longest = Enumerable.Range(0, Shape.Count).MaxBy(i => Shape[i]);
        if (Shape[^1] >= Short || longest == Shape.Count - 1)
            return this;
        int[] order = [.. Enumerable.Range(0, Shape.Count).Where(i => i != longest), longest];
        return new(new(order.Select(i => Shape[i])), [.. Strides.Select(s => new Ints(order.Select(i => s[i])))]);
    }

    public static Loops Collapse(Shape shape, params IReadOnlyList<Ints> strides)
    {
        // Outermost first is the axis along which the last operand (the result) makes the largest steps: stores then run through memory in order.
        Ints result = strides[^1];
        int[] order = [.. Enumerable.Range(0, shape.Rank).Where(i => shape[i] != 1).OrderByDescending(i => Math.Abs(result[i]))];
        var lengths = new List<int>();
        List<int>[] steps = [.. strides.Select(_ => new List<int>())];
        foreach (int axis in order)
        {
            int last = lengths.Count - 1;
            if (last >= 0 && strides.Select((s, o) => steps[o][last] == s[axis] * shape[axis]).All(same => same))
            {
                lengths[last] *= shape[axis];
                for (int o = 0; o < steps.Length; o++)
                    steps[o][last] = strides[o][axis];
            }
            else
            {
                lengths.Add(shape[axis]);
                for (int o = 0; o < steps.Length; o++)
                    steps[o].Add(strides[o][axis]);
            }
        }
        if (lengths.Count == 0)
        {
            lengths.Add(1);
            foreach (List<int> s in steps)
                s.Add(1);
        }
        return new(new(lengths), [.. steps.Select(s => new Ints(s))]);
    }
}

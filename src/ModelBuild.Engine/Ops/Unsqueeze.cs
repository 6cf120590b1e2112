namespace ModelBuild.Engine;

/// <summary>The shape with axes of length 1 where <paramref name="Axes"/> says, counted in the result.</summary>
internal sealed record Unsqueeze(Ints Axes) : Reshaping
{
    protected override Shape To(Shape x)
    {
        int rank = x.Rank + Axes.Count;
        int[] axes = [.. Axes.Select(a => a < 0 ? a + rank : a)];
        if (axes.Distinct().Count() != axes.Length || axes.Any(a => a < 0 || a >= rank))
            throw new OperatorException($"the axes {Axes} don't fit a result of rank {rank}");
        var lengths = new Queue<int>(x);
        return Shape.Of(Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : lengths.Dequeue()));
    }
}

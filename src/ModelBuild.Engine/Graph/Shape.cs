using System.Collections;
using System.Runtime.CompilerServices;

namespace ModelBuild.Engine;

/// <summary>The lengths of a tensor's axes, outermost first; rank 0 is a scalar.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
internal readonly record struct Shape(Ints Axes) : IReadOnlyList<int>
{
    public static Shape Scalar => default;

    public static Shape Create(ReadOnlySpan<int> axes) => new(new Ints(axes.ToArray()));

    public static Shape Of(IEnumerable<int> axes) => new(new Ints(axes));

    public int Rank => Axes.Count;

    public int Count => Axes.Count;

    public int this[int axis] => Axes[axis];

    /// <summary>How many elements.</summary>
    public int Size => Axes.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Elements between neighbours along each axis, when stored row by row.</summary>
    public Ints Strides
    {
        get
        {
            var strides = new int[Rank];
            for (int axis = Rank - 1, stride = 1; axis >= 0; stride *= Axes[axis--])
                strides[axis] = stride;
            return new(strides);
        }
    }

    /// <summary>An axis counted from the front; −1 is the last one.</summary>
    /// <exception cref="OperatorException">There is no such axis.</exception>
    public int Axis(int axis) => axis >= -Rank && axis < Rank
        ? axis < 0 ? axis + Rank : axis
        : throw new OperatorException($"axis {axis} is outside the shape {this} (−{Rank} to {Rank - 1})");

    public Shape With(int axis, int length) => Of(Axes.Select((a, i) => i == axis ? length : a));

    /// <summary>The shape that both broadcast to, by ONNX's (NumPy's) rule.</summary>
    /// <exception cref="OperatorException">They don't.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        return Of(Enumerable.Range(0, rank).Select(i =>
        {
            int x = i < rank - a.Rank ? 1 : a[i - rank + a.Rank], y = i < rank - b.Rank ? 1 : b[i - rank + b.Rank];
            return x == y || y == 1 ? x : x == 1 ? y : throw new OperatorException($"the shapes {a} and {b} do not broadcast");
        }));
    }

    /// <summary>The shape of the same size whose axes are parts of both shapes' axes; null where they don't divide one another.</summary>
    public static Shape? Refine(Shape a, Shape b)
    {
        int[] ends = [.. Ends(a).Concat(Ends(b)).Distinct().Order()];
        if (a.Size != b.Size || a.Size == 0 || ends.Zip(ends.Skip(1)).Any(e => e.Second % e.First != 0))
            return null;
        return Of(ends.Zip(ends.Skip(1), (inner, outer) => outer / inner).Reverse());

        static IEnumerable<int> Ends(Shape shape) => shape.Reverse().Aggregate(new List<int> { 1 }, (ends, length) => [.. ends, ends[^1] * length]);
    }

    public IEnumerator<int> GetEnumerator() => Axes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => Axes.ToString();
}

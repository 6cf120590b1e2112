namespace ModelBuild.Engine;

/// <summary>Whether a relation holds, element by element: bool. float32, int32 and int64; nothing relates to a NaN.</summary>
internal abstract record Relation : Broadcast
{
    protected abstract bool Holds<T>(T a, T b) where T : IComparable<T>;

    protected virtual ElementType[] Elements => [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    protected override ElementType Result(TensorType[] inputs) => inputs[0].Element == inputs[1].Element
        ? ElementType.Bool
        : throw new OperatorException($"{inputs[0].Element.Word()} and {inputs[1].Element.Word()} are two types");

    protected override string Kernel(TensorType[] inputs) => Name + Need(inputs[0], Elements).Element.Suffix();

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, y = inputs[1]!;
        TensorType type = Whole([x.Type, y.Type]);
        int[] a = Indices(x.Shape, type.Shape), b = Indices(y.Shape, type.Shape);
        if (x.Element.IsFloat())
        {
            double[] m = x.Doubles(), n = y.Doubles();
            return [Tensor.Of(type.Shape, a.Zip(b, (i, j) => !double.IsNaN(m[i]) && !double.IsNaN(n[j]) && Holds(m[i], n[j])).ToArray())];
        }
        long[] k = x.Int64s(), l = y.Int64s();
        return [Tensor.Of(type.Shape, a.Zip(b, (i, j) => Holds(k[i], l[j])).ToArray())];
    }
}

/// <summary>a = b; of bool, too.</summary>
internal sealed record Equal : Relation
{
    protected override ElementType[] Elements => [.. base.Elements, ElementType.Bool];

    protected override bool Holds<T>(T a, T b) => a.CompareTo(b) == 0;
}

/// <summary>a &gt; b.</summary>
internal sealed record Greater : Relation
{
    protected override bool Holds<T>(T a, T b) => a.CompareTo(b) > 0;
}

/// <summary>a ≥ b.</summary>
internal sealed record GreaterOrEqual : Relation
{
    protected override bool Holds<T>(T a, T b) => a.CompareTo(b) >= 0;
}

/// <summary>a &lt; b.</summary>
internal sealed record Less : Relation
{
    protected override bool Holds<T>(T a, T b) => a.CompareTo(b) < 0;
}

/// <summary>a ≤ b.</summary>
internal sealed record LessOrEqual : Relation
{
    protected override bool Holds<T>(T a, T b) => a.CompareTo(b) <= 0;
}

namespace ModelBuild.Engine;

/// <summary>y = f(a, b) on bool.</summary>
internal abstract record Logical : Broadcast
{
    protected abstract bool Apply(bool a, bool b);

    protected override ElementType Result(TensorType[] inputs) => Need(inputs[0], ElementType.Bool).Element == Need(inputs[1], ElementType.Bool).Element ? ElementType.Bool : default;

    protected override string Kernel(TensorType[] inputs) => Name + "Bool";

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, y = inputs[1]!;
        TensorType type = Whole([x.Type, y.Type]);
        bool[] a = [.. x.Span<bool>()], b = [.. y.Span<bool>()];
        return [Tensor.Of(type.Shape, Indices(x.Shape, type.Shape).Zip(Indices(y.Shape, type.Shape), (i, j) => Apply(a[i], b[j])).ToArray())];
    }
}

/// <summary>a and b.</summary>
internal sealed record And : Logical
{
    protected override bool Apply(bool a, bool b) => a & b;
}

/// <summary>a or b.</summary>
internal sealed record Or : Logical
{
    protected override bool Apply(bool a, bool b) => a | b;
}

/// <summary>a or b, but not both.</summary>
internal sealed record Xor : Logical
{
    protected override bool Apply(bool a, bool b) => a ^ b;
}

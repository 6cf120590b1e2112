namespace ModelBuild.Engine;

/// <summary>a where the condition (bool) holds, else b. The kernel is named after the bytes of an element.</summary>
internal sealed record Where : Broadcast
{
    protected override string[] Operands => ["condition", "a", "b"];

    protected override ElementType Result(TensorType[] inputs) => Need(inputs[0], ElementType.Bool) != null && inputs[1].Element == inputs[2].Element
        ? inputs[1].Element
        : throw new OperatorException($"{inputs[1].Element.Word()} and {inputs[2].Element.Word()} are two types");

    protected override string Kernel(TensorType[] inputs) =>
        Name + Need(inputs[1], ElementType.Float32, ElementType.Int32, ElementType.Int64, ElementType.Bool, ElementType.UInt8, ElementType.Int8).Element.Bytes();

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor condition = inputs[0]!, a = inputs[1]!, b = inputs[2]!;
        TensorType type = Whole([condition.Type, a.Type, b.Type]);
        int[] which = Indices(condition.Shape, type.Shape), first = Indices(a.Shape, type.Shape), second = Indices(b.Shape, type.Shape);
        int size = type.Element.Bytes();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < which.Length; i++)
            (condition.Bytes.Span[which[i]] != 0 ? a.Bytes.Slice(first[i] * size, size) : b.Bytes.Slice(second[i] * size, size)).Span.CopyTo(bytes.AsSpan(i * size));
        return [new Tensor(type, bytes)];
    }
}

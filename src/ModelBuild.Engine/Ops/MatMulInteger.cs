namespace ModelBuild.Engine;

/// <summary>Σ (a − a zero)·(b − b zero) as int32 over the last axis of A […, K] with a constant matrix B [K, N]; u8 or s8.</summary>
internal sealed record MatMulInteger(int Zero, Ints WeightZeros) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType a = Need(inputs[0], ElementType.UInt8, ElementType.Int8), b = Need(inputs[1], ElementType.UInt8, ElementType.Int8);
        if (b.Shape.Rank != 2 || a.Shape.Rank < 2 || a.Shape[^1] != b.Shape[0])
            throw new OperatorException($"the matrices {a.Shape} and {b.Shape} don't multiply; the second one must have two axes");
        return [new(ElementType.Int32, a.Shape.With(a.Shape.Rank - 1, b.Shape[1]))];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor a = inputs[0]!, b = inputs[1]!;
        Shape y = Infer([a.Type, b.Type])[0].Shape;
        long[] xs = a.Int64s(), ws = b.Int64s();
        int depth = b.Shape[0], columns = b.Shape[1];
        var result = new int[y.Size];
        for (int i = 0; i < result.Length; i++)
        {
            for (int k = 0; k < depth; k++)
                result[i] += (int)((xs[i / columns * depth + k] - Zero) * (ws[k * columns + i % columns] - WeightZeros[WeightZeros.Count == 1 ? 0 : i % columns]));
        }
        return [Tensor.Of<int>(y, result)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        Tensor b = lowering.Constant(node.Inputs[1]) ?? throw new OperatorException("B must be constant");
        var (a, zero) = ConvInteger.Unsigned(lowering, lowering.Read(node.Inputs[0], Layout.RowMajor), Zero, default);
        int depth = b.Shape[0], columns = b.Shape[1];
        var (parts, bias) = IntegerWeights.Split(b, WeightZeros, zero, new long[columns], outputsAxis: 1);
        lowering.Alias(node.Outputs[0], QuantizedProducts.Sums(lowering, a, parts, bias, depth, columns, transposed: false, lowering.Type(node.Outputs[0])));
    }
}

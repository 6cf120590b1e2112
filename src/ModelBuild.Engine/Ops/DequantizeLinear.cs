namespace ModelBuild.Engine;

/// <summary>Integers → float32: scale · (x − zero point). Constants stay integers: kernels read them as such, or lowering makes floats of them.</summary>
internal sealed record DequantizeLinear(Quantization From) : Op
{
    public override Quantization? Dequantizes => From;

    public override Op? AsUnsigned => From.Unsigned is { } unsigned ? new DequantizeLinear(unsigned) : null;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.UInt8, ElementType.Int8, ElementType.Int32, ElementType.UInt4, ElementType.Int4, ElementType.UInt16, ElementType.Int16);
        From.Check(x.Shape);
        return [x with { Element = ElementType.Float32 }];
    }

    public override Tensor[]? Fold(TensorType?[] types, Tensor?[] constants) => null;

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        long[] integers = x.Int64s();
        return [Tensor.Of<float>(x.Shape, [.. integers.Select((v, i) => From.Index(x.Shape, i) is var at ? From.Scales[at] * (float)(v - From.ZeroPoints[at]) : 0)])];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (lowering.Constant(node.Inputs[0]) is { } constant)
        {
            lowering.Alias(node.Outputs[0], lowering.Constant(Evaluate([constant])[0]));
            return;
        }
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], x);
        foreach (var (from, to, i) in Slices.Along(From, x, y))
        {
            Loops loops = Loops.Collapse(from.Shape, from.Strides, to.Strides).WithLongRows();
            lowering.Emit(x.Element switch { ElementType.UInt8 => "DequantizeU8F32", ElementType.Int8 => "DequantizeI8F32", ElementType.Int32 => "DequantizeI32F32", _ => throw new OperatorException($"{x.Element.Word()} at run time is not supported; u8, i8 and i32 are") },
                ("x", from), ("y", to), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]), ("scale", From.Scales[i]), ("zero", From.ZeroPoints[i]));
        }
    }
}

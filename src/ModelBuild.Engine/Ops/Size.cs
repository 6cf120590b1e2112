namespace ModelBuild.Engine;

/// <summary>How many elements the input has: int64, known while compiling.</summary>
internal sealed record Size : Op
{
    public override TensorType[] Infer(TensorType?[] inputs) => [new(ElementType.Int64, Shape.Scalar)];

    public override Tensor[] Fold(TensorType?[] types, Tensor?[] constants) => [Tensor.Scalar((long)types[0]!.Shape.Size)];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [Tensor.Scalar((long)inputs[0]!.Shape.Size)];

    public override void Lower(Lowering lowering, Node node) => throw new OperatorException("a size is known while compiling");
}

namespace ModelBuild.Engine;

/// <summary>x, of any type.</summary>
internal sealed record Identity : Op
{
    public override TensorType[] Infer(TensorType?[] inputs) => [inputs[0] ?? throw new OperatorException("its input is missing")];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [inputs[0]!];

    public override bool IsNothing(TensorType input, TensorType output) => true;

    public override void Lower(Lowering lowering, Node node) => lowering.Alias(node.Outputs[0], lowering.Read(node.Inputs[0]));
}

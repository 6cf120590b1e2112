namespace ModelBuild.Engine;

/// <summary>Not x.</summary>
internal sealed record Not : Op
{
    public override TensorType[] Infer(TensorType?[] inputs) => [Need(inputs[0], ElementType.Bool)];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [Tensor.Of(inputs[0]!.Shape, Array.ConvertAll(inputs[0]!.Span<bool>().ToArray(), b => !b))];

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]);
        lowering.Each("NotBool", x, lowering.Write(node.Outputs[0], x));
    }
}

namespace ModelBuild.Engine;

/// <summary>The lengths of the input's axes from <paramref name="Start"/> to before <paramref name="End"/>: int64, known while compiling.</summary>
internal sealed record ShapeOf(int Start = 0, int? End = null) : Op
{
    public override string Name => "Shape";

    public override TensorType[] Infer(TensorType?[] inputs) => [Evaluate(inputs[0]!.Shape).Type];

    public override Tensor[] Fold(TensorType?[] types, Tensor?[] constants) => [Evaluate(types[0]!.Shape)];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [Evaluate(inputs[0]!.Shape)];

    public override void Lower(Lowering lowering, Node node) => throw new OperatorException("a shape is known while compiling");

    private Tensor Evaluate(Shape x)
    {
        int start = Clamp(Start), end = Clamp(End ?? x.Rank);
        return Tensor.Of<long>([Math.Max(0, end - start)], [.. x.Skip(start).Take(end - start).Select(d => (long)d)]);

        int Clamp(int axis) => Math.Clamp(axis < 0 ? axis + x.Rank : axis, 0, x.Rank);
    }
}

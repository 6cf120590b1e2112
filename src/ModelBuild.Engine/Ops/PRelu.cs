namespace ModelBuild.Engine;

/// <summary>x, and x·slope where x is negative; the slope broadcasts to x. float32.</summary>
internal sealed record PRelu : Binary
{
    protected override double Apply(double x, double slope) => x < 0 ? slope * x : x;

    protected override long Apply(long x, long slope) => x < 0 ? slope * x : x;

    protected override string Kernel(TensorType[] inputs) => Name + Need(inputs[0], ElementType.Float32).Element.Suffix();

    protected override ElementType Result(TensorType[] inputs) => Shape.Broadcast(inputs[0].Shape, inputs[1].Shape) == inputs[0].Shape
        ? base.Result(inputs)
        : throw new OperatorException($"the slope {inputs[1].Shape} does not broadcast to {inputs[0].Shape}");
}

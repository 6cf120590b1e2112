namespace ModelBuild.Engine;

/// <summary>(x − mean) / √(variance + ε) · scale + shift, by channel: x [N, C, …], and constants of [C] each. float32.</summary>
internal sealed record BatchNormalization(float Epsilon = 1e-5f) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        if (x.Shape.Rank < 1)
            throw new OperatorException("a scalar has no channels");
        int channels = x.Shape.Rank > 1 ? x.Shape[1] : 1;
        for (int i = 1; i < 5; i++)
        {
            if (Need(inputs[i], ElementType.Float32).Shape is not { Rank: 1 } shape || shape[0] != channels)
                throw new OperatorException($"input {i} is {inputs[i]!.Shape}, and {x.Shape} has {channels} channels");
        }
        return [x];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        var (scale, shift) = Map(inputs);
        int channels = scale.Length, inner = x.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        return [Tensor.Of<float>(x.Shape, [.. x.F32.ToArray().Select((v, i) => (float)(v * scale[i / inner % channels] + shift[i / inner % channels]))])];
    }

    public override ChannelMap? Channels(Operand?[] inputs) => inputs.Skip(1).Any(i => i!.Constant == null) || inputs[0]!.Axis != 1 ? null
        : ChannelMap.Straight(inputs, [.. Enumerable.Range(1, 4).Select(i => new ConstantAxis(i, 0))]);

    public override Affine? AsAffine(TensorType input, Tensor?[] constants)
    {
        if (constants.Skip(1).Contains(null) || input.Shape.Rank < 2)
            return null;
        var (scale, shift) = Map(constants);
        return new(Array.ConvertAll(scale, v => (float)v), Array.ConvertAll(shift, v => (float)v));
    }

    public override void Lower(Lowering lowering, Node node)
    {
        var (scale, shift) = Map([.. node.Inputs.Select(lowering.Constant)]);
        View x = lowering.Read(node.Inputs[0]);
        var (result, lo, hi) = lowering.AbsorbClamp(node.Outputs[0]);
        View y = lowering.Write(result, x);
        Loops loops = Loops.Collapse(x.Shape, x.Strides, new(Enumerable.Range(0, x.Shape.Rank).Select(i => i == 1 ? 1 : 0)), y.Strides);
        lowering.Emit("BatchNormalizationF32", ("x", x), ("scale", Constant(scale)), ("shift", Constant(shift)), ("y", y),
            ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("channelStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]), ("lo", lo), ("hi", hi));

        View Constant(double[] values) => lowering.Constant(Tensor.Of<float>([values.Length], Array.ConvertAll(values, v => (float)v)));
    }

    private (double[] Scale, double[] Shift) Map(Tensor?[] inputs)
    {
        double[] scale = inputs[1]!.Doubles(), shift = inputs[2]!.Doubles(), mean = inputs[3]!.Doubles(), variance = inputs[4]!.Doubles();
        for (int i = 0; i < scale.Length; i++)
        {
            scale[i] /= Math.Sqrt(variance[i] + Epsilon);
            shift[i] -= mean[i] * scale[i];
        }
        return (scale, shift);
    }
}

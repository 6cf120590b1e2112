namespace ModelBuild.Engine;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + shift, mean and variance of each image's groups of channels: x [N, C, spatial…] with C a multiple of <paramref name="Groups"/>,
/// scale and shift [C]. float32.
/// </summary>
internal sealed record GroupNormalization(int Groups, float Epsilon = 1e-5f) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        if (x.Shape.Rank < 2 || Groups < 1 || x.Shape[1] % Groups != 0)
            throw new OperatorException($"the channels of {x.Shape} are not {Groups} groups");
        for (int i = 1; i < 3; i++)
        {
            if (Need(inputs[i], ElementType.Float32).Shape is not { Rank: 1 } shape || shape[0] != x.Shape[1])
                throw new OperatorException($"input {i} is {inputs[i]!.Shape}, and {x.Shape} has {x.Shape[1]} channels");
        }
        return [x];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        float[] scale = inputs[1]!.F32.ToArray(), shift = inputs[2]!.F32.ToArray();
        int channels = scale.Length, each = channels / Groups, area = x.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        return [Tensor.Of<float>(x.Shape, [.. x.F32.ToArray().Chunk(Math.Max(1, each * area)).SelectMany((values, group) =>
        {
            double mean = values.Average(v => (double)v), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + Epsilon);
            return values.Select((v, i) => (float)((v - mean) / deviation * scale[group % Groups * each + i / area] + shift[group % Groups * each + i / area]));
        })])];
    }

    // Groups are planes of an instance normalization; scale and shift, a channel each, follow in place.
    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]), scale = lowering.Read(node.Inputs[1], Layout.RowMajor), shift = lowering.Read(node.Inputs[2], Layout.RowMajor);
        View y = lowering.Write(node.Outputs[0], x), from = x.Split(1, Groups), to = y.Split(1, Groups);
        Shape groups = Shape.Of(from.Shape.Select((length, i) => i < 2 ? length : 1)), over = Shape.Of(from.Shape.Select((length, i) => i < 2 ? 1 : length));
        Loops kept = Loops.Collapse(groups, from.Strides, new(from.Strides.Select((_, i) => i == 1 ? 1 : 0)), to.Strides), area = Loops.Collapse(over, from.Strides, to.Strides);
        lowering.Emit("InstanceNormalizationF32", ("x", from), ("scale", Constant(1)), ("shift", Constant(0)), ("y", to),
            ("shape", kept.Shape), ("xStrides", kept.Strides[0]), ("channelStrides", kept.Strides[1]), ("yStrides", kept.Strides[2]),
            ("over", area.Shape), ("xSteps", area.Strides[0]), ("ySteps", area.Strides[1]), ("epsilon", Epsilon));
        Loops all = Loops.Collapse(y.Shape, y.Strides, new(y.Strides.Select((_, i) => i == 1 ? 1 : 0)), y.Strides);
        lowering.Emit("BatchNormalizationF32", ("x", y), ("scale", scale), ("shift", shift), ("y", y),
            ("shape", all.Shape), ("xStrides", all.Strides[0]), ("channelStrides", all.Strides[1]), ("yStrides", all.Strides[2]), ("lo", float.NegativeInfinity), ("hi", float.PositiveInfinity));

        View Constant(float value) => lowering.Constant(Tensor.Of<float>([Groups], [.. Enumerable.Repeat(value, Groups)]));
    }
}

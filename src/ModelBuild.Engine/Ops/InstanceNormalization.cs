namespace ModelBuild.Engine;

/// <summary>(x − mean) / √(variance + ε) · scale + shift, mean and variance of each image's channels: x [N, C, spatial…], scale and shift [C]. float32.</summary>
internal sealed record InstanceNormalization(float Epsilon = 1e-5f) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        if (x.Shape.Rank < 3)
            throw new OperatorException($"{x.Shape} has no spatial axes");
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
        int channels = scale.Length, area = x.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        return [Tensor.Of<float>(x.Shape, [.. x.F32.ToArray().Chunk(Math.Max(1, area)).SelectMany((values, i) =>
        {
            double mean = values.Average(v => (double)v), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + Epsilon);
            return values.Select(v => (float)((v - mean) / deviation * scale[i % channels] + shift[i % channels]));
        })])];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0]), scale = lowering.Read(node.Inputs[1], Layout.RowMajor), shift = lowering.Read(node.Inputs[2], Layout.RowMajor);
        View y = lowering.Write(node.Outputs[0], x);
        Shape planes = Shape.Of(x.Shape.Select((length, i) => i < 2 ? length : 1)), area = Shape.Of(x.Shape.Select((length, i) => i < 2 ? 1 : length));
        Loops kept = Loops.Collapse(planes, x.Strides, new(Enumerable.Range(0, x.Shape.Rank).Select(i => i == 1 ? 1 : 0)), y.Strides);
        Loops over = Loops.Collapse(area, x.Strides, y.Strides);
        lowering.Emit("InstanceNormalizationF32", ("x", x), ("scale", scale), ("shift", shift), ("y", y),
            ("shape", kept.Shape), ("xStrides", kept.Strides[0]), ("channelStrides", kept.Strides[1]), ("yStrides", kept.Strides[2]),
            ("over", over.Shape), ("xSteps", over.Strides[0]), ("ySteps", over.Strides[1]), ("epsilon", Epsilon));
    }
}

namespace ModelBuild.Engine;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + shift, mean and variance over <paramref name="Axis"/> and all axes after it. scale and shift (which may be absent) broadcast to
/// those axes. Further outputs: mean, and 1/√(variance + ε). float32.
/// </summary>
internal sealed record LayerNormalization(int Axis = -1, float Epsilon = 1e-5f) : Op
{
    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        int axis = x.Shape.Axis(Axis);
        for (int i = 1; i < inputs.Length; i++)
        {
            if (inputs[i] != null && Shape.Broadcast(Need(inputs[i], ElementType.Float32).Shape, Row(x.Shape)) != Row(x.Shape))
                throw new OperatorException($"input {i} is {inputs[i]!.Shape}, which does not broadcast to {Row(x.Shape)}");
        }
        TensorType statistics = x with { Shape = Shape.Of(x.Shape.Select((length, i) => i < axis ? length : 1)) };
        return [x, statistics, statistics];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        TensorType[] types = Infer([.. inputs.Select(i => i?.Type)]);
        Shape row = Row(x.Shape);
        float[] scale = Values(1, 1), shift = Values(2, 0), y = x.F32.ToArray();
        var means = new List<float>();
        var deviations = new List<float>();
        for (int at = 0; at < y.Length; at += row.Size)
        {
            double[] values = [.. y.Skip(at).Take(row.Size).Select(v => (double)v)];
            double mean = values.Average(), inverse = 1 / Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + Epsilon);
            for (int i = 0; i < values.Length; i++)
                y[at + i] = (float)((values[i] - mean) * inverse * scale[i] + shift[i]);
            means.Add((float)mean);
            deviations.Add((float)inverse);
        }
        return [Tensor.Of<float>(x.Shape, y), Tensor.Of<float>(types[1].Shape, [.. means]), Tensor.Of<float>(types[2].Shape, [.. deviations])];

        float[] Values(int input, float otherwise) => inputs.Length > input && inputs[input] is { } tensor
            ? [.. Broadcast.Indices(tensor.Shape, row).Select(i => tensor.F32[i])]
            : [.. Enumerable.Repeat(otherwise, row.Size)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0], Layout.RowMajor);
        Shape row = Row(x.Shape);
        View? scale = Operand(1), shift = Operand(2), mean = Output(1), inverse = Output(2);
        lowering.Emit("LayerNormalizationF32", ("x", x), ("scale", scale), ("shift", shift), ("y", lowering.Write(node.Outputs[0], Layout.RowMajor)), ("mean", mean), ("inverse", inverse),
            ("rows", row.Size == 0 ? 0 : x.Shape.Size / row.Size), ("length", row.Size), ("epsilon", Epsilon));

        View? Operand(int input) => node.Inputs.Count > input && node.Inputs[input].Length > 0 ? lowering.As(lowering.Read(node.Inputs[input]).Expand(row), Layout.RowMajor) : null;

        View? Output(int output) => node.Outputs.Count > output && node.Outputs[output].Length > 0 ? lowering.Write(node.Outputs[output], Layout.RowMajor) : null;
    }

    private Shape Row(Shape x) => Shape.Of(x.Skip(x.Axis(Axis)));
}

namespace ModelBuild.Engine;

/// <summary>Convolution in a quantized group: u8 · s8 → int32 → u8, exactly as ONNX Runtime does it.</summary>
internal static class QuantizedConv
{
    public static bool TryLower(Conv op, Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is not { } x || lowering.Quantizing(node.Outputs[0]) is not { } end || IntegerWeights.Of(lowering, node, x.As, outputsAxis: 0) is not { } w)
            return false;
        View origin = op.Origin(lowering.Read(x.Value, Layout.ChannelsLast));
        View y = lowering.Write(end, Layout.ChannelsLast);
        Shape shape = w.Shape;
        bool depthwise = op.IsDepthwise(shape);
        sbyte[] packed = depthwise ? Panels.Taps(w.Values, shape[0]) : Panels.Pack(w.Values, shape, op.Group, op.IsWhole(origin, shape));
        lowering.Emit(depthwise ? "DepthwiseU8S8" : "ConvU8S8", [
            ("x", origin), ("weights", lowering.Place<sbyte>(packed)), ("bias", lowering.Place<int>(w.Bias)), ("scales", lowering.Place<float>(w.Multipliers(end.As))), ("y", y),
            .. op.Window(origin, y, shape, quad: 4), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi)]);
        return true;
    }
}

/// <summary>
/// Weights and bias of a quantized product as integer kernels take them: s8 without zero point; bias int32 with the input's zero point worked in
/// (Σ (x − zx)·w + b = Σ x·w + (b − zx·Σw)); a scale sx·sw an output.
/// </summary>
internal sealed record IntegerWeights(sbyte[] Values, Shape Shape, int[] Bias, float[] Scales)
{
    /// <summary>Null where the group is not one that integer kernels do: float kernels then do it.</summary>
    /// <exception cref="OperatorException">Sums could leave int32.</exception>
    public static IntegerWeights? Of(Lowering lowering, Node node, Quantization x, int outputsAxis)
    {
        if (lowering.QuantizedConstant(node.Inputs[1]) is not { } w || w.As.Block != 0 || (w.As.Scales.Count > 1 && w.Integers.Shape.Axis(w.As.Axis) != outputsAxis))
            return null;
        Shape shape = w.Integers.Shape;
        int outputs = shape[outputsAxis], inner = shape.Skip(outputsAxis + 1).Aggregate(1, (a, b) => a * b);
        long[] raw = w.Integers.Int64s();
        var values = new sbyte[raw.Length];
        var sums = new long[outputs];
        var magnitudes = new long[outputs];
        for (int i = 0; i < raw.Length; i++)
        {
            int m = i / inner % outputs;
            long value = raw[i] - w.As.ZeroPoints[w.As.Scales.Count == 1 ? 0 : m];
            if (value is < -128 or > 127)
                return null;
            values[i] = (sbyte)value;
            sums[m] += value;
            magnitudes[m] += Math.Abs(value);
        }
        var scales = new float[outputs];
        var bias = new int[outputs];
        long[]? given = null;
        if (node.Inputs.Count > 2 && node.Inputs[2].Length > 0)
        {
            if (lowering.QuantizedConstant(node.Inputs[2]) is not { } b || b.Integers.Element != ElementType.Int32 || b.As.ZeroPoints.Any(z => z != 0) || b.Integers.Shape.Size != outputs)
                return null;
            given = b.Integers.Int64s();
            for (int m = 0; m < outputs; m++)
            {
                float expected = x.Scale * w.As.Scales[w.As.Scales.Count == 1 ? 0 : m], is_ = b.As.Scales[b.As.Scales.Count == 1 ? 0 : m];
                if (Math.Abs(is_ - expected) > 1e-5f * expected)
                    return null;
            }
        }
        for (int m = 0; m < outputs; m++)
        {
            scales[m] = x.Scale * w.As.Scales[w.As.Scales.Count == 1 ? 0 : m];
            long start = (given?[m] ?? 0) - x.Zero * sums[m];
            if (Math.Abs(start) + 255 * magnitudes[m] > int.MaxValue)
                throw new OperatorException($"sums of output {m} can leave 32 bits: Σ|w| = {magnitudes[m]}, bias {start}");
            bias[m] = (int)start;
        }
        return new IntegerWeights(values, shape, bias, scales);
    }

    /// <summary>sx·sw / sy, in this order.</summary>
    public float[] Multipliers(Quantization y) => Array.ConvertAll(Scales, s => s / y.Scale);
}

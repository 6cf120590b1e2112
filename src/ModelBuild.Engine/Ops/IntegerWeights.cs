namespace ModelBuild.Engine;

/// <summary>
/// Weights and bias of a quantized product as integer kernels take them: s8 without zero point (in two parts that add up, where they don't fit);
/// bias int32 with the input's zero point worked in (Σ (x − zx)·w + b = Σ x·w + (b − zx·Σw)); a scale sx·sw an output.
/// </summary>
internal sealed record IntegerWeights(sbyte[][] Parts, Shape Shape, int[] Bias, float[] Scales)
{
    /// <summary>Null where the group is not one that integer kernels do: float kernels then do it.</summary>
    /// <exception cref="OperatorException">Sums could leave int32.</exception>
    public static IntegerWeights? Of(Lowering lowering, Node node, Quantization x, int outputsAxis)
    {
        if (lowering.QuantizedConstant(node.Inputs[1]) is not { } w || w.As.Block != 0 || (w.As.Scales.Count > 1 && w.Integers.Shape.Axis(w.As.Axis) != outputsAxis))
            return null;
        int outputs = w.Integers.Shape[outputsAxis];
        float[] scales = [.. Enumerable.Range(0, outputs).Select(m => x.Scale * w.As.Scales[w.As.Scales.Count == 1 ? 0 : m])];
        long[] given = new long[outputs];
        if (node.Inputs.Count > 2 && node.Inputs[2].Length > 0)
        {
            if (lowering.QuantizedConstant(node.Inputs[2]) is not { Integers.Element: ElementType.Int32 } b || b.As.ZeroPoints.Any(z => z != 0) || b.Integers.Shape.Size != outputs)
                return null;
            given = b.Integers.Int64s();
            // The bias counts in steps of sx·sw; exporters round that product now and then.
            if (scales.Where((s, m) => Math.Abs(b.As.Scales[b.As.Scales.Count == 1 ? 0 : m] - s) > 1e-5f * s).Any())
                return null;
        }
        var (parts, bias) = Split(w.Integers, w.As.ZeroPoints, x.Zero, given, outputsAxis);
        return new IntegerWeights(parts, w.Integers.Shape, bias, scales);
    }

    /// <summary>Weights less their zero points as s8, and the bias that stands for the input's zero point too.</summary>
    /// <exception cref="OperatorException">Sums could leave int32.</exception>
    public static (sbyte[][] Parts, int[] Bias) Split(Tensor weights, Ints zeros, int inputZero, long[] given, int outputsAxis)
    {
        Shape shape = weights.Shape;
        int outputs = shape[outputsAxis], inner = shape.Skip(outputsAxis + 1).Aggregate(1, (a, b) => a * b);
        long[] raw = weights.Int64s();
        sbyte[] first = new sbyte[raw.Length], second = new sbyte[raw.Length];
        long[] sums = new long[outputs], magnitudes = new long[outputs];
        for (int i = 0; i < raw.Length; i++)
        {
            int m = i / inner % outputs;
            long value = raw[i] - zeros[zeros.Count == 1 ? 0 : m];
            first[i] = (sbyte)Math.Clamp(value, -128, 127);
            second[i] = checked((sbyte)(value - first[i]));
            sums[m] += value;
            magnitudes[m] += Math.Abs(value);
        }
        var bias = new int[outputs];
        for (int m = 0; m < outputs; m++)
        {
            long start = given[m] - inputZero * sums[m];
            if (Math.Abs(start) + 255 * magnitudes[m] > int.MaxValue)
                throw new OperatorException($"sums of output {m} can leave 32 bits: Σ|w| = {magnitudes[m]}, bias {start}");
            bias[m] = (int)start;
        }
        return (Array.TrueForAll(second, v => v == 0) ? [first] : [first, second], bias);
    }

    /// <summary>What a sum with its bias can be at most, of either sign.</summary>
    public long LargestSum
    {
        get
        {
            int outputs = Bias.Length, each = Shape.Size / outputs;
            return Enumerable.Range(0, outputs).Max(m =>
            {
                long up = 0, down = 0;
                foreach (sbyte w in Parts[0].AsSpan(m * each, each))
                    _ = w > 0 ? up += w : down -= w;
                return 255 * Math.Max(up, down) + Math.Abs((long)Bias[m]);
            });
        }
    }

    /// <summary>sx·sw / sy, in this order.</summary>
    public float[] Multipliers(Quantization y) => Array.ConvertAll(Scales, s => s / y.Scale);
}

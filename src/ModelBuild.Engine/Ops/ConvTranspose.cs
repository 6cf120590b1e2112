namespace ModelBuild.Engine;

/// <summary>
/// Transposed convolution, 1-D or 2-D: x [N, C, (H,) W], w [C, M/groups, (kH,) kW], b [M]. Each input cell adds the kernel, scaled by it, to the output,
/// <paramref name="Strides"/> apart. <paramref name="Pads"/> (begins, then ends) are cut off the output; <paramref name="OutputPads"/> are added to its ends.
/// </summary>
internal sealed record ConvTranspose(Ints Kernel, Ints Strides, Ints Dilations, Ints Pads, Ints OutputPads, int Group = 1) : Op
{
    private int Spatial => Kernel.Count;

    public override Ints Weights => new([1]);

    public override ChannelMap? Channels(Operand?[] inputs) => Group > 1 || inputs.Skip(1).Any(i => i is not (null or { Constant.Element: ElementType.Float32 })) ? null
        : ChannelMap.Product(inputs, 1, Infer([inputs[0]!.Type, inputs[1]!.Type])[0], 1, [new(1, 0, OfInput: true), new(1, 1), .. inputs is [_, _, { }] ? new ConstantAxis[] { new(2, 0) } : []]);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape x = Need(inputs[0], ElementType.Float32).Shape, w = Need(inputs[1], ElementType.Float32).Shape;
        if (x.Rank != Spatial + 2 || w.Rank != x.Rank || w[0] != x[1] || Group < 1 || x[1] % Group != 0)
            throw new OperatorException($"input {x}, weights {w} and group {Group} don't fit a kernel of {Spatial} axes");
        int[] lengths = [.. Enumerable.Range(0, Spatial).Select(i => Strides[i] * (x[i + 2] - 1) + OutputPads[i] + Dilations[i] * (Kernel[i] - 1) + 1 - Pads[i] - Pads[i + Spatial])];
        return lengths.All(l => l > 0) ? [inputs[0]! with { Shape = Shape.Of([x[0], w[1] * Group, .. lengths]) }] : throw new OperatorException($"pads {Pads} cut everything off");
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, w = inputs[1]!;
        Shape y = Infer([x.Type, w.Type])[0].Shape;
        int[] X = Plane(x.Shape.Skip(2)), Y = Plane(y.Skip(2)), K = Plane(Kernel), S = Plane(Strides), D = Plane(Dilations), P = Plane(Pads.Take(Spatial), 0);
        int channels = x.Shape[1], each = w.Shape[1], perGroup = channels / Group;
        ReadOnlySpan<float> xs = x.F32, ws = w.F32;
        var sums = new double[y.Size];
        for (int n = 0; n < y[0]; n++)
        for (int c = 0; c < channels; c++)
        for (int i = 0; i < X[0]; i++)
        for (int j = 0; j < X[1]; j++)
        for (int m = 0; m < each; m++)
        for (int p = 0; p < K[0]; p++)
        for (int q = 0; q < K[1]; q++)
        {
            int row = i * S[0] + p * D[0] - P[0], column = j * S[1] + q * D[1] - P[1];
            if (row >= 0 && row < Y[0] && column >= 0 && column < Y[1])
                sums[((n * y[1] + c / perGroup * each + m) * Y[0] + row) * Y[1] + column] += (double)xs[((n * channels + c) * X[0] + i) * X[1] + j] * ws[((c * each + m) * K[0] + p) * K[1] + q];
        }
        int plane = Y[0] * Y[1];
        Tensor? b = inputs.Length > 2 ? inputs[2] : null;
        return [Tensor.Of<float>(y, [.. sums.Select((v, i) => (float)(v + (b == null ? 0 : b.F32[i / plane % y[1]])))])];

        int[] Plane(IEnumerable<int> values, int first = 1) => Spatial == 2 ? [.. values] : [first, .. values];
    }

    // As a convolution with the kernel turned round, over the input with zeros between its cells.
    public override void Lower(Lowering lowering, Node node)
    {
        Tensor w = lowering.ConstantNumbers(node.Inputs[1]) ?? throw new OperatorException("weights that are not constant are not supported");
        View x = lowering.Read(node.Inputs[0]);
        int[] reach = [.. Enumerable.Range(0, Spatial).Select(i => Dilations[i] * (Kernel[i] - 1))];
        // Zeros before the first cell and after the last one; negative ones are cells that no output reads.
        int[] before = [.. reach.Select((r, i) => r - Pads[i])], after = [.. reach.Select((r, i) => r - Pads[i + Spatial] + OutputPads[i])];
        Shape wide = Shape.Of([x.Shape[0], x.Shape[1], .. Enumerable.Range(0, Spatial).Select(i => Math.Max(0, before[i]) + (x.Shape[i + 2] - 1) * Strides[i] + 1 + Math.Max(0, after[i]))]);
        View spread = lowering.Allocate(new(ElementType.Float32, wide), Layout.ChannelsLast);
        Loops all = Loops.Collapse(spread.Shape, spread.Strides);
        lowering.Emit("Fill4", ("y", spread), ("shape", all.Shape), ("yStrides", all.Strides[0]), ("value", 0));
        lowering.Copy(x, spread with
        {
            Type = x.Type,
            Start = spread.Start + Enumerable.Range(0, Spatial).Sum(i => Math.Max(0, before[i]) * spread.Strides[i + 2]),
            Strides = new(spread.Strides.Select((s, i) => i < 2 ? s : s * Strides[i - 2])),
        });
        View origin = spread with { Start = spread.Start + Enumerable.Range(0, Spatial).Sum(i => Math.Max(0, -before[i]) * spread.Strides[i + 2]) };
        Ints ones = new(Enumerable.Repeat(1, Spatial));
        new Conv(Kernel, ones, Dilations, new(Enumerable.Repeat(0, 2 * Spatial)), Group).Lower(lowering, node, origin, Turned(w));
    }

    /// <summary>[C, M/g, taps] → [M, C/g, taps backwards].</summary>
    private Tensor Turned(Tensor w)
    {
        int channels = w.Shape[0], each = w.Shape[1], taps = w.Shape.Size / (channels * each), perGroup = channels / Group;
        ReadOnlySpan<float> from = w.F32;
        var to = new float[from.Length];
        for (int c = 0; c < channels; c++)
        for (int m = 0; m < each; m++)
        for (int t = 0; t < taps; t++)
            to[((c / perGroup * each + m) * perGroup + c % perGroup) * taps + taps - 1 - t] = from[(c * each + m) * taps + t];
        return Tensor.Of(Shape.Of([each * Group, perGroup, .. w.Shape.Skip(2)]), to);
    }
}

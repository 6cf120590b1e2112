namespace ModelBuild.Engine;

/// <summary>
/// Convolution, 1-D or 2-D: x [N, C, (H,) W] ∗ w [M, C/groups, (kH,) kW] + b [M]. <paramref name="Pads"/>: begins, then ends, an axis each.
/// Attributes have as many values as there are spatial axes.
/// </summary>
internal sealed record Conv(Ints Kernel, Ints Strides, Ints Dilations, Ints Pads, int Group = 1) : Op
{
    private int Spatial => Kernel.Count;

    public override bool HasIntegerKernel => true;

    public override int? WeightsAxis => 0;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape x = inputs[0]!.Shape, w = inputs[1]!.Shape;
        if (x.Rank != Spatial + 2 || w.Rank != x.Rank)
            throw new OperatorException($"input {x} and weights {w} don't fit a kernel of {Spatial} axes");
        if (Group < 1 || w[1] * Group != x[1] || w[0] % Group != 0)
            throw new OperatorException($"input {x} and weights {w} don't fit group {Group}");
        return [inputs[0]! with { Shape = Shape.Of([x[0], w[0], .. Enumerable.Range(0, Spatial).Select(i => Length(x[i + 2], i))]) }];
    }

    private int Length(int length, int axis)
    {
        int span = length + Pads[axis] + Pads[axis + Spatial] - Dilations[axis] * (Kernel[axis] - 1) - 1;
        return span >= 0 ? span / Strides[axis] + 1 : throw new OperatorException($"a kernel of {Kernel} with dilations {Dilations} is larger than its padded input on spatial axis {axis}");
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, w = inputs[1]!;
        Shape y = Infer([x.Type, w.Type])[0].Shape;
        var (xh, xw, kh, kw, yh, yw) = Spatial == 2
            ? (x.Shape[2], x.Shape[3], Kernel[0], Kernel[1], y[2], y[3])
            : (1, x.Shape[2], 1, Kernel[0], 1, y[2]);
        var (sh, sw, dh, dw, top, left) = (Row(Strides, 1), Strides[^1], Row(Dilations, 1), Dilations[^1], Spatial == 2 ? Pads[0] : 0, Spatial == 2 ? Pads[1] : Pads[0]);
        int channels = w.Shape[1], outputs = y[1] / Group;
        ReadOnlySpan<float> xs = x.F32, ws = w.F32, b = inputs.Length > 2 && inputs[2] != null ? inputs[2]!.F32 : default;
        var result = new float[y.Size];
        int at = 0;
        for (int n = 0; n < y[0]; n++)
        for (int m = 0; m < y[1]; m++)
        for (int i = 0; i < yh; i++)
        for (int j = 0; j < yw; j++)
        {
            double sum = b.IsEmpty ? 0 : b[m];
            for (int c = 0; c < channels; c++)
            for (int p = 0; p < kh; p++)
            for (int q = 0; q < kw; q++)
            {
                int row = i * sh + p * dh - top, column = j * sw + q * dw - left;
                if (row >= 0 && row < xh && column >= 0 && column < xw)
                    sum += (double)xs[((n * x.Shape[1] + m / outputs * channels + c) * xh + row) * xw + column] * ws[((m * channels + c) * kh + p) * kw + q];
            }
            result[at++] = (float)sum;
        }
        return [Tensor.Of<float>(y, result)];

        int Row(Ints values, int otherwise) => Spatial == 2 ? values[0] : otherwise;
    }

    public override Ints Weights => new([1]);

    public override Op? Mix() => Group == 1 ? new Conv(Ones, Ones, Ones, new(Enumerable.Repeat(0, 2 * Spatial))) : null;

    private Ints Ones => new(Enumerable.Repeat(1, Spatial));

    public override PatchProduct? AsPatches(TensorType input, TensorType weights, TensorType output) => Spatial == 2
        ? new WindowPatches(input.Shape, output.Shape, weights.Shape, Group, Strides, Dilations, new([Pads[0], Pads[1]]))
        : new WindowPatches(Plane(input.Shape), Plane(output.Shape), Plane(weights.Shape), Group, new([1, Strides[0]]), new([1, Dilations[0]]), new([0, Pads[0]]));

    private static Shape Plane(Shape shape) => [shape[0], shape[1], 1, shape[2]];

    public override Halo Halo(int input) => input != 0 ? default
        : Spatial == 2 ? new(Pads[0], Pads[1], Pads[2], Pads[3]) : new(0, Pads[0], 0, Pads[1]);

    public override Tensor?[]? WithAffine(Affine affine, Tensor?[] constants)
    {
        if (constants[1] is not { } w || (constants.Length > 2 && constants[2] == null))
            return null;
        int outputs = w.Shape[0], each = w.Shape.Size / outputs;
        float[] weights = [.. w.F32], bias = constants.Length > 2 ? [.. constants[2]!.F32] : new float[outputs];
        for (int m = 0; m < outputs; m++)
        {
            float scale = affine.Scale?[m] ?? 1, shift = affine.Shift?[m] ?? 0;
            bias[m] = (float)((double)bias[m] * scale + shift);
            for (int i = 0; i < each; i++)
                weights[m * each + i] *= scale;
        }
        return [null, Tensor.Of(w.Shape, weights), Tensor.Of([outputs], bias)];
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        if (inputs.Skip(1).Any(i => i is not (null or { Constant.Element: ElementType.Float32 })))
            return null;
        TensorType x = inputs[0]!.Type, y = Infer([x, inputs[1]!.Type])[0];
        ConstantAxis[] outputs = [new(1, 0), .. inputs is [_, _, { }] ? new ConstantAxis[] { new(2, 0) } : []];
        if (Group == 1)
            return ChannelMap.Product(inputs, 1, y, 1, [.. outputs, new(1, 1, OfInput: true)]);
        // A group goes as a whole: of a depthwise filter, a channel.
        return inputs[0]!.Axis != 1 ? null : new([ChannelAxis.Of(x, 1, 0, Group), null, .. inputs.Skip(2).Select(_ => (ChannelAxis?)null)], [ChannelAxis.Of(y, 1, 0, Group)], outputs);
    }

    public override Op WithChannels(Kept?[] inputs, Kept[] outputs) => Group == 1 ? this : this with { Group = Group * outputs[0].Channels.Length / outputs[0].Total };

    public override Op? WithPads(Ints pads)
    {
        // Begins of N, C and the spatial axes, then ends.
        int rank = pads.Count / 2;
        if (pads[0] != 0 || pads[1] != 0 || pads[rank] != 0 || pads[rank + 1] != 0 || pads.Any(p => p < 0))
            return null;
        return this with { Pads = new(pads.Skip(2).Take(Spatial).Concat(pads.Skip(rank + 2)).Select((p, i) => p + Pads[i])) };
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (QuantizedProducts.TryLower(this, lowering, node))
            return;
        Tensor w = lowering.ConstantNumbers(node.Inputs[1]) ?? throw new OperatorException("weights that are not constant are not supported");
        if (IsPointwise && Sparse(lowering, node, !lowering.HasPlanes(node.Inputs[0]), !lowering.IsReadInPlanes(node.Outputs[0])) is { } choice)
        {
            lowering.Choose(choice);
            if (choice.IsSparse)
            {
                Lower(lowering, node, w, choice.Rows);
                return;
            }
        }
        Lower(lowering, node, Origin(lowering.Read(node.Inputs[0], Layout.ChannelsLast)), w);
    }

    public override bool TakesPlanes(Lowering lowering, Node node) => IsPointwise && Sparse(lowering, node, gathers: false, copies: false) is { IsSparse: true };

    /// <summary>Whether each pixel is computed from one alone, at the same place.</summary>
    private bool IsPointwise => Group == 1 && Kernel.All(k => k == 1) && Strides.All(s => s == 1) && Pads.All(p => p == 0);

    private static SparseChoice? Sparse(Lowering lowering, Node node, bool gathers, bool copies)
    {
        Shape y = lowering.Type(node.Outputs[0]).Shape;
        return lowering.ConstantNumbers(node.Inputs[1]) is { } w ? SparseChoice.Of(w.F32, w.Shape[0], w.Shape[1], y.Skip(2).Aggregate(1, (a, b) => a * b), gathers, copies) : null;
    }

    /// <summary>Writes the sparse kernel's call.</summary>
    private static void Lower(Lowering lowering, Node node, Tensor w, int rows)
    {
        View x = lowering.Read(node.Inputs[0], lowering.HasEvenPixels(node.Inputs[0]) ? Layout.Any : Layout.Planes);
        View? bias = node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? lowering.Read(node.Inputs[2]) : lowering.AbsorbBias(node.Outputs[0], axis: 1, out node);
        var (value, residual) = lowering.AbsorbResidual(node.Outputs[0], Layout.Planes);
        var (result, lo, hi) = lowering.AbsorbClamp(value);
        View y = lowering.Write(result, Layout.Planes);
        int outputs = w.Shape[0], depth = w.Shape[1];
        lowering.Emit("SparseConvF32F32", ("x", x), ("weights", lowering.PlaceSparse(w.F32, outputs, depth, rows)), ("bias", bias), ("residual", residual), ("y", y),
            ("images", y.Shape[0]), ("pixels", y.Shape.Size / (y.Shape[0] * outputs)), ("outputs", outputs), ("depth", depth), ("rows", rows),
            ("xImage", x.Strides[0]), ("xPixel", x.Strides[^1]), ("xChannel", x.Strides[1]), ("yImage", y.Strides[0]), ("yChannel", y.Strides[1]),
            ("residualImage", residual?.Strides[0] ?? 0), ("residualChannel", residual?.Strides[1] ?? 0), ("lo", lo), ("hi", hi));
    }

    /// <summary>Where the first window begins: in the border that whoever wrote x left around it.</summary>
    internal View Origin(View x)
    {
        Image image = Image.Of(x);
        return x with { Start = x.Start - (Spatial == 2 ? Pads[0] : 0) * image.Line - (Spatial == 2 ? Pads[1] : Pads[0]) * image.Pixel };
    }

    /// <summary>Writes the float kernel's call; <paramref name="origin"/> is where the first window begins.</summary>
    internal void Lower(Lowering lowering, Node node, View origin, Tensor w)
    {
        View? bias = node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? lowering.Read(node.Inputs[2]) : lowering.AbsorbBias(node.Outputs[0], axis: 1, out node);
        var (value, residual) = lowering.AbsorbResidual(node.Outputs[0], Layout.ChannelsLast);
        var (result, lo, hi) = lowering.AbsorbClamp(value);
        View y = lowering.Write(result, Layout.ChannelsLast);
        Image rest = residual == null ? default : Image.Of(residual);
        if (WinogradChoice.Of(this, w.Shape, y.Shape, lowering.Numerics) is { } choice)
        {
            lowering.Emit("WinogradF32F32", [
                ("x", origin), ("weights", lowering.Place(Panels.PackTaps(w), choice.Form)), ("bias", bias), ("residual", residual), ("y", y), ("work", lowering.Room(choice.RoomBytes)),
                .. choice.Sizes(Window(origin, y, w.Shape), w.Shape[1]),
                ("residualImage", rest.Stride), ("residualLine", rest.Line), ("residualPixel", rest.Pixel), ("lo", lo), ("hi", hi)]);
            return;
        }
        bool depthwise = IsDepthwise(w.Shape);
        View weights = lowering.Place(depthwise ? Panels.Taps(w) : Panels.Pack(w, Group));
        lowering.Emit(depthwise ? "DepthwiseF32F32" : "ConvF32F32", [
            ("x", origin), ("weights", weights), ("bias", bias), ("residual", residual), ("y", y),
            .. Window(origin, y, w.Shape),
            ("residualImage", rest.Stride), ("residualLine", rest.Line), ("residualPixel", rest.Pixel), ("lo", lo), ("hi", hi)]);
    }

    internal bool IsDepthwise(Shape weights) => weights[1] == 1 && weights[0] == Group && Group > 1;

    /// <summary>Sizes and distances as convolution kernels take them. Taps of a row that lie side by side in memory are one longer tap.</summary>
    internal (string, object?)[] Window(View origin, View y, Shape weights, int quad = 1, bool depthwise = true)
    {
        Image from = Image.Of(origin), to = Image.Of(y);
        int kh = Spatial == 2 ? Kernel[0] : 1, kw = Kernel[^1], channels = weights[1], outputs = weights[0] / Group;
        var (sh, sw, dh, dw) = (Spatial == 2 ? Strides[0] : 1, Strides[^1], Spatial == 2 ? Dilations[0] : 1, Dilations[^1]);
        (string, object?)[] sizes = [("images", from.Images), ("height", to.Height), ("width", to.Width)];
        (string, object?)[] distances = [
            ("xImage", from.Stride), ("xLine", from.Line * sh), ("xPixel", from.Pixel * sw), ("tapRow", from.Line * dh), ("tapColumn", from.Pixel * dw),
            ("yImage", to.Stride), ("yLine", to.Line), ("yPixel", to.Pixel)];
        if (depthwise && IsDepthwise(weights))
            return [.. sizes, ("channels", weights[0]), ("tapRows", kh), ("tapColumns", kw), .. distances];
        bool whole = IsWhole(origin, weights);
        int depth = whole ? channels * kw : channels, taps = whole ? kh : kh * kw;
        return [.. sizes, ("channels", outputs), ("depth", depth), ("tapRows", kh), ("tapColumns", whole ? 1 : kw), .. distances,
            ("groups", Group), ("xGroup", channels), ("weightsGroup", outputs * taps * ((depth + quad - 1) / quad * quad))];
    }

    /// <summary>Whether the taps of a kernel's row are one stretch of memory.</summary>
    internal bool IsWhole(View origin, Shape weights) => Image.Of(origin).Pixel * Dilations[^1] == weights[1];
}

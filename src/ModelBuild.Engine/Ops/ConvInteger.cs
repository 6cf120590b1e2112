namespace ModelBuild.Engine;

/// <summary>Σ (x − x zero)·(w − w zero) as int32; x and w are u8 or s8. <paramref name="Window"/> holds the attributes that a convolution has.</summary>
internal sealed record ConvInteger(Conv Window, int Zero, Ints WeightZeros) : Op
{
    public override int ZeroElement => Zero;

    public override Halo Halo(int input) => Window.Halo(input);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.UInt8, ElementType.Int8), w = Need(inputs[1], ElementType.UInt8, ElementType.Int8);
        return [Window.Infer([x, w])[0] with { Element = ElementType.Int32 }];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!, w = inputs[1]!;
        int each = w.Shape.Size / w.Shape[0];
        Tensor numbers = Tensor.Of<float>(x.Shape, Array.ConvertAll(x.Int64s(), v => (float)(v - Zero)));
        Tensor weights = Tensor.Of<float>(w.Shape, [.. w.Int64s().Select((v, i) => (float)(v - WeightZeros[WeightZeros.Count == 1 ? 0 : i / each]))]);
        // Double precision inside, and no sum of int32 is beyond it; the float that carries the result is exact to 2^24.
        Tensor y = Window.Evaluate([numbers, weights])[0];
        return [Tensor.Of<int>(y.Shape, Array.ConvertAll(y.F32.ToArray(), v => (int)v))];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        Tensor w = lowering.Constant(node.Inputs[1]) ?? throw new OperatorException("weights that are not constant are not supported");
        View x = lowering.Read(node.Inputs[0], Layout.ChannelsLast);
        View y = lowering.Write(node.Outputs[0], Layout.ChannelsLast);
        (x, int zero) = Unsigned(lowering, x, Zero, Window.Halo(0));
        var (parts, bias) = IntegerWeights.Split(w, WeightZeros, zero, new long[w.Shape[0]], outputsAxis: 0);
        View sums = QuantizedProducts.Sums(Window, lowering, Window.Origin(x), parts, w.Shape, bias, y.Type);
        lowering.Copy(sums, y);
    }

    /// <summary>s8 as u8 whose zero point is 128 higher: kernels multiply u8 by s8.</summary>
    public static (View, int) Unsigned(Lowering lowering, View x, int zero, Halo halo)
    {
        if (x.Element == ElementType.UInt8)
            return (x, zero);
        View flipped = lowering.Allocate(x.Type with { Element = ElementType.UInt8 }, x.IsRowMajor && halo == default ? Layout.RowMajor : Layout.ChannelsLast, halo, zero + 128);
        lowering.Each("FlipSign8", x, flipped);
        return (flipped, zero + 128);
    }
}

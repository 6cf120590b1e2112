namespace ModelBuild.Engine;

/// <summary>
/// Reads quantized operators. QLinear… are the groups that they abbreviate (DequantizeLinear → operator → QuantizeLinear), so that one lowering serves
/// both ways of writing them.
/// </summary>
internal static class OnnxQuantization
{
    public static Op Quantize(OnnxNode n)
    {
        Tensor scale = n.Take(1) ?? throw new OperatorException("the scale is missing");
        Tensor? zero = n.Take(2);
        ElementType type = zero?.Element ?? (ElementType)n.Int("output_dtype", (int)ElementType.UInt8);
        return new QuantizeLinear(Of(scale, zero, type, n.Int("axis", 1), n.Int("block_size", 0)));
    }

    public static Op Dequantize(OnnxNode n)
    {
        ElementType type = n.InputType(0).Element;
        Tensor scale = n.Take(1) ?? throw new OperatorException("the scale is missing");
        return new DequantizeLinear(Of(scale, n.Take(2), type, n.Int("axis", 1), n.Int("block_size", 0)));
    }

    public static Op? Conv(OnnxNode n)
    {
        // x, x scale, x zero, w, w scale, w zero, y scale, y zero, bias.
        n.Require(3, 8);
        Quantization x = At(n, 0), w = At(n, 3, axis: 0), y = Of(Const(n, 6), Const(n, 7), Const(n, 7).Element, 1, 0);
        GraphBuilder b = n.Builder;
        var inputs = new List<string> { b.Add(n.Name, new DequantizeLinear(x), n.Inputs[0]), b.Add(n.Name, new DequantizeLinear(w), n.Inputs[3]) };
        if (n.Has(8))
        {
            var scales = new EquatableArray<float>(w.Scales.Select(s => x.Scale * s));
            inputs.Add(b.Add(n.Name, new DequantizeLinear(new(scales, new(scales.Select(_ => 0)), ElementType.Int32, 0)), n.Inputs[8]));
        }
        string product = b.Add(n.Name, OnnxWindows.Conv(n, n.Shape(0), n.Shape(3)), inputs.ToArray());
        b.Add(new Node(n.Name, new QuantizeLinear(y), new([product]), new(n.Outputs)));
        return null;
    }

    public static Op? MatMul(OnnxNode n)
    {
        // a, a scale, a zero, b, b scale, b zero, y scale, y zero.
        Quantization a = At(n, 0, axis: -2), c = At(n, 3, axis: -1), y = Of(Const(n, 6), Const(n, 7), Const(n, 7).Element, 1, 0);
        GraphBuilder b = n.Builder;
        string product = b.Add(n.Name, new MatMul(), b.Add(n.Name, new DequantizeLinear(a), n.Inputs[0]), b.Add(n.Name, new DequantizeLinear(c), n.Inputs[3]));
        b.Add(new Node(n.Name, new QuantizeLinear(y), new([product]), new(n.Outputs)));
        return null;
    }

    public static Op ConvInteger(OnnxNode n)
    {
        n.Require(1);
        return new ConvInteger(OnnxWindows.Conv(n, n.Shape(0), n.Shape(1)), n.Take(2)?.Int32s() is { } zero ? Single(zero) : 0, n.Take(3)?.Int32s() ?? new([0]));
    }

    public static Op MatMulInteger(OnnxNode n)
    {
        n.Require(1);
        return new MatMulInteger(n.Take(2)?.Int32s() is { } zero ? Single(zero) : 0, n.Take(3)?.Int32s() ?? new([0]));
    }

    private static int Single(Ints zeros) => zeros.Distinct().Count() == 1 ? zeros[0] : throw new OperatorException("a zero point for each row of the input is not supported; one for the tensor is");

    private static Quantization At(OnnxNode n, int input, int axis = 1) => Of(Const(n, input + 1), Const(n, input + 2), n.InputType(input).Element, axis, 0);

    private static Tensor Const(OnnxNode n, int input)
    {
        n.Require(input);
        return n.Constant(input) ?? throw new OperatorException($"input {input} is missing");
    }

    private static Quantization Of(Tensor scale, Tensor? zero, ElementType type, int axis, int block)
    {
        if (zero != null && zero.Element != type)
            throw new OperatorException($"a zero point of type {zero.Element.Word()} for {type.Word()}");
        float[] scales = Array.ConvertAll(scale.Doubles(), v => (float)v);
        if (scales.Any(s => !(s > 0) || float.IsInfinity(s)))
            throw new OperatorException("a scale that is not a positive number");
        return new(new(scales), zero == null ? new(scales.Select(_ => 0)) : zero.Int32s(), type, scales.Length == 1 ? 1 : axis, block);
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, Quantization q)
    {
        Shape shape = q.Block > 0 ? w.Input(0).Shape is var x ? x.With(x.Axis(q.Axis), (x[x.Axis(q.Axis)] + q.Block - 1) / q.Block) : default
            : q.Scales.Count == 1 ? Shape.Scalar : [q.Scales.Count];
        w.Int("axis", q.Scales.Count == 1 ? null : q.Axis).Int("block_size", q.Block > 0 ? q.Block : null).Constant(Tensor.Of<float>(shape, [.. q.Scales]));
        // int32 has no zero point, in ONNX Runtime not even a zero.
        return q.Type == ElementType.Int32 ? w : w.Constant(Tensor.From(new(q.Type, shape), Zeros(q.ZeroPoints)));
    }

    public static OnnxNodeWriter Write(OnnxNodeWriter w, int zero, Ints weightZeros) => w
        .Constant(Tensor.From(w.Input(0) with { Shape = Shape.Scalar }, [(long)zero]))
        .Constant(Tensor.From(w.Input(1) with { Shape = weightZeros.Count == 1 ? Shape.Scalar : [weightZeros.Count] }, Zeros(weightZeros)));

    private static long[] Zeros(Ints zeros) => [.. zeros.Select(z => (long)z)];
}

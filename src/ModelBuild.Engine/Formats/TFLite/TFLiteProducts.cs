namespace ModelBuild.Engine;

/// <summary>Reads matrix products.</summary>
internal static class TFLiteProducts
{
    /// <summary>Weights [outputs, inputs], in a graph's order as <paramref name="order"/> says, of the shape that follows: integers with their meaning, an output being axis 0, or floats.</summary>
    public static string Weights(TFLiteNode n, int input, Func<Tensor, Tensor> order, int outputsAxis)
    {
        if (n.Integers(input) is not var (integers, meaning))
            return n.Constant(input) is { } constant ? n.Constant(order(constant.Element == ElementType.Float32 ? constant : n.Floats(input))) : throw new OperatorException($"'{n.Input(input).Name}' are weights that are not constant, which is not supported");
        if (meaning.Scales.Count > 1 && integers.Shape.Axis(meaning.Axis) != outputsAxis)
            throw new OperatorException($"'{n.Input(input).Name}' has scales along axis {meaning.Axis}; along axis {outputsAxis}, of outputs, they are supported");
        return n.Add(new DequantizeLinear(meaning with { Axis = 0 }), n.Constant(order(integers)));
    }

    /// <summary>A bias that counts in steps of what its inputs and weights count in, or floats; null where it is absent.</summary>
    public static string? Bias(TFLiteNode n, int input, int data, int weights)
    {
        if (!n.Has(input))
            return null;
        if (n.Constant(input) is not { Element: ElementType.Int32 } integers)
            return n.Data(input);
        if (n.Integers(weights) is not var (_, w) || n.Input(data).Quantization is not { Scales.Count: 1 } x)
            throw new OperatorException($"'{n.Input(input).Name}' is a bias of integers, and the data or the weights are none");
        var scales = new EquatableArray<float>(w.Scales.Select(s => x.Scale * s));
        return n.Add(new DequantizeLinear(new(scales, new(scales.Select(_ => 0)), ElementType.Int32, 0)), n.Constant(integers));
    }

    public static void FullyConnected(TFLiteNode n)
    {
        if (n.Byte(1) != 0)
            throw new OperatorException("shuffled weights are not supported");
        string x = n.Data(0);
        Shape shape = n.Shape(0), weights = n.Shape(1);
        if (weights.Rank != 2 || shape.Size % Math.Max(1, weights[1]) != 0)
            throw new OperatorException($"weights {weights} for an input {shape}");
        int rows = shape.Size / Math.Max(1, weights[1]);
        if (shape.Rank != 2 || shape[1] != weights[1])
            x = n.Add(new Reshape(new([rows, weights[1]]), true), x);
        string y;
        if (n.Constant(1) == null && n.Integers(1) == null)
        {
            y = n.Add(new MatMul(), x, n.Add(new Transpose(new([1, 0])), n.Data(1)));
            if (n.Has(2))
                y = n.Add(new Add(), y, n.Data(2));
        }
        else
        {
            string w = Weights(n, 1, t => t, 0);
            y = Bias(n, 2, 0, 1) is { } b ? n.Add(new Gemm(TransB: true), x, w, b) : n.Add(new Gemm(TransB: true), x, w);
        }
        y = n.Activate(y, 0);
        n.Put(n.Flag(2) && shape.Rank != 2 ? n.Add(new Reshape(new([.. shape.SkipLast(1), weights[0]]), true), y) : y);
    }

    public static void BatchMatMul(TFLiteNode n) => n.Put(n.Add(new MatMul(), Side(n, 0), Side(n, 1)));

    private static string Side(TFLiteNode n, int input)
    {
        int rank = n.Shape(input).Rank;
        return n.Flag(input) && rank >= 2 ? n.Add(new Transpose(new([.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2])), n.Data(input)) : n.Data(input);
    }
}

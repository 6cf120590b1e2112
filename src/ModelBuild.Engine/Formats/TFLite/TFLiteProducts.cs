namespace ModelBuild.Engine;

/// <summary>Reads and writes matrix products.</summary>
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

    /// <summary>Constant B are weights [outputs, inputs], into which α goes; a C of one row is their bias.</summary>
    public static void Write(TFLiteNodeWriter w, Gemm o)
    {
        int a = w.Get(0);
        if (o.TransA)
            a = w.Transposed(a, new([1, 0]));
        Shape y = w.Output;
        bool row = !w.Has(2) || (w.Constant(2) is { } c && (c.Shape.Size == 1 || (c.Shape.Size == y[1] && c.Shape[^1] == y[1])));
        if (w.Constant(1) == null)
        {
            int product = w.Mid("BATCH_MATMUL", [a, w.Get(1)], y, (0, false), (1, o.TransB));
            if (o.Alpha != 1)
                product = w.Mid("MUL", [product, w.Value(o.Alpha)], y);
            if (w.Has(2))
                product = w.Mid("ADD", [product, o.Beta == 1 ? w.Get(2) : w.Mid("MUL", [w.Get(2), w.Value(o.Beta)], w.Shape(2))], y);
            w.Put(w.Activated(product), false);
            return;
        }
        int weights = w.Weights(1, t => Order(t, o.TransB, o.Alpha), 0);
        if (row)
        {
            Put(w, a, weights, w.Bias(2, weights, y[1], o.Beta), y.Rank);
            return;
        }
        int sum = w.Mid("FULLY_CONNECTED", [a, weights, w.Constant(Tensor.Of<float>([y[1]], new float[y[1]]))], y, Options(0, 2));
        w.Put("ADD", [sum, o.Beta == 1 ? w.Get(2) : w.Mid("MUL", [w.Get(2), w.Value(o.Beta)], w.Shape(2))], false, (0, w.Activation));
    }

    private static Tensor Order(Tensor b, bool transposed, float alpha)
    {
        Tensor rows = transposed ? b : new Transpose(new([1, 0])).Evaluate([b])[0];
        return alpha == 1 ? rows : Tensor.Of<float>(rows.Shape, [.. rows.F32.ToArray().Select(v => v * alpha)]);
    }

    private static void Put(TFLiteNodeWriter w, int x, int weights, int bias, int rank)
    {
        int version = w.Meaning(weights) is { Scales.Count: > 1 } ? 12 : w.IsInteger ? rank > 2 ? 5 : 4 : rank > 2 ? 5 : 1;
        w.Put(version, "FULLY_CONNECTED", [x, weights, bias], false, Options(w.Activation, rank));
    }

    private static (int, object)[] Options(sbyte activation, int rank) => [(0, activation), (1, (sbyte)0), (2, rank > 2)];

    public static void Write(TFLiteNodeWriter w, MatMul _)
    {
        Shape a = w.Shape(0), b = w.Shape(1), y = w.Output;
        if (w.Constant(1) != null && b.Rank == 2 && a.Rank >= 2)
        {
            int weights = w.Weights(1, t => Order(t, false, 1), 0);
            Put(w, w.Get(0), weights, w.Bias(2, weights, b[1]), y.Rank);
            return;
        }
        if (w.IsInteger)
            throw new OperatorException($"integers of {a} and {b} are not supported");
        int left = a.Rank == 1 ? w.Reshaped(w.Get(0), [1, a[0]]) : w.Get(0), right = b.Rank == 1 ? w.Reshaped(w.Get(1), [b[0], 1]) : w.Get(1);
        if (a.Rank > 1 && b.Rank > 1)
            w.Put("BATCH_MATMUL", [left, right], false, (0, false), (1, false));
        else
            w.Put(w.Reshaped(w.Mid("BATCH_MATMUL", [left, right], Shape.Of([.. a.Rank == 1 ? [.. y.SkipLast(b.Rank == 1 ? 0 : 1), 1, .. y.TakeLast(b.Rank == 1 ? 0 : 1)] : y, .. b.Rank == 1 ? [1] : Array.Empty<int>()]), (0, false), (1, false)), y), false);
    }
}

namespace ModelBuild.Engine;

/// <summary>Operators of other formats that are several of ours, added to a graph under the name of one node. Each gives the value that holds its result.</summary>
internal readonly struct Composed(GraphBuilder builder, string node)
{
    public string Add(Op op, params ReadOnlySpan<string> inputs) => builder.Add(node, op, inputs);

    public string Constant(Tensor tensor) => builder.AddConstant(builder.Fresh(node), tensor);

    public string Constant(float value) => Constant(Tensor.Scalar(value));

    public TensorType Type(string value) => builder.Type(value);

    private Shape Shape(string value) => builder.Type(value).Shape;

    /// <summary>Each element over (bias + alpha/size · the sum of the squares of the size channels around it)^beta: x [N, C, …].</summary>
    public string LocalResponse(string x, int size, float alpha, float beta, float bias)
    {
        Shape shape = Shape(x);
        if (size < 1 || shape.Rank < 2)
            throw new OperatorException($"{size} channels of {shape}");
        // A mean over channels is a pool whose axis they are.
        int before = (size - 1) / 2, rest = ModelBuild.Engine.Shape.Of(shape.Skip(2)).Size;
        string planes = Add(new Reshape(new([shape[0], shape[1], rest])), Add(new Mul(), x, x));
        string means = Add(new AveragePool(new([size]), new([1]), new([1]), new([before, size - 1 - before]), IncludePads: true), Add(new Transpose(new([0, 2, 1])), planes));
        string sums = Add(new Reshape(shape.Axes), Add(new Transpose(new([0, 2, 1])), means));
        string scale = Add(new Pow(), Add(new Add(), Add(new Mul(), sums, Constant(alpha)), Constant(bias)), Constant(beta));
        return Add(new Div(), x, scale);
    }

    /// <summary>The last two axes are matrices, of which nothing stays above the k-th diagonal or, if <paramref name="upper"/>, below it.</summary>
    public string Triangle(string x, long k, bool upper)
    {
        TensorType type = Type(x);
        if (type.Shape.Rank < 2)
            throw new OperatorException($"{type.Shape} has no matrices");
        int rows = type.Shape[^2], columns = type.Shape[^1];
        bool[] stays = [.. Enumerable.Range(0, rows * columns).Select(i => upper ? i % columns - i / columns >= k : i % columns - i / columns <= k)];
        return Add(new Where(), Constant(Tensor.Of([rows, columns], stays)), x, Constant(new Tensor(type with { Shape = ModelBuild.Engine.Shape.Scalar }, new byte[type.Element.Bytes()])));
    }

    /// <summary>1 at the first of the largest elements along an axis, 0 elsewhere.</summary>
    public string Hardmax(string x, int axis)
    {
        Shape shape = Shape(x);
        int at = shape.Axis(axis), length = shape[at];
        string counted = Constant(Tensor.Of(ModelBuild.Engine.Shape.Of(shape.Skip(at).Select((_, i) => i == 0 ? length : 1)), [.. Enumerable.Range(0, length).Select(i => (long)i)]));
        return Add(new Cast(Type(x).Element), Add(new Equal(), Add(new ArgMax(at, true, false), x), counted));
    }

    /// <summary>x over the sum of absolute values, or the root of the sum of squares, along an axis; 0 where that is 0.</summary>
    public string LpNormalization(string x, int axis, int p)
    {
        Ints axes = new([axis]);
        string norm = Add(p switch { 1 => new ReduceL1(axes, true, false), 2 => new ReduceL2(axes, true, false), _ => throw new OperatorException($"p = {p} is not supported; 1 and 2 are") }, x);
        return Add(new Div(), x, Add(new Max(), norm, Constant(1.17549435e-38f)));
    }

    /// <summary>The p-norm of a window's cells, by a pool that takes their mean, padding included.</summary>
    public string LpPool(string x, int p, AveragePool mean)
    {
        string means = Add(mean, Power(x, p));
        return Root(Add(new Mul(), means, Constant(ModelBuild.Engine.Shape.Of(mean.Kernel).Size)), p);
    }

    public string GlobalLpPool(string x, int p) => Root(Add(new ReduceSum(new(Enumerable.Range(2, Math.Max(0, Shape(x).Rank - 2))), true, true), Power(x, p)), p);

    private string Power(string x, int p) => p switch
    {
        1 => Add(new Abs(), x),
        2 => Add(new Mul(), x, x),
        > 2 => Add(new Pow(), Add(new Abs(), x), Constant(p)),
        _ => throw new OperatorException($"p = {p} is no norm"),
    };

    private string Root(string x, int p) => p switch { 1 => x, 2 => Add(new Sqrt(), x), _ => Add(new Pow(), x, Constant(1f / p)) };

    /// <summary>(x − mean) / (deviation + 1e-9) over axes.</summary>
    public string MeanVariance(string x, Ints axes)
    {
        string centered = Add(new Sub(), x, Add(new ReduceMean(axes, true, false), x));
        string deviation = Add(new Sqrt(), Add(new ReduceMean(axes, true, false), Add(new Mul(), centered, centered)));
        return Add(new Div(), centered, Add(new Add(), deviation, Constant(1e-9f)));
    }

    /// <summary>x / √(mean of squares + ε) · scale, over an axis and those after it.</summary>
    public string RootMeanSquare(string x, string scale, int axis, float epsilon)
    {
        int first = Shape(x).Axis(axis);
        string squares = Add(new ReduceMean(new(Enumerable.Range(first, Shape(x).Rank - first)), true, false), Add(new Mul(), x, x));
        return Add(new Mul(), Add(new Div(), x, Add(new Sqrt(), Add(new Add(), squares, Constant(epsilon)))), scale);
    }

    /// <summary>values [off, on] by where a new axis of <paramref name="depth"/> is at the index; indices count from the end where negative, and outside are nowhere.</summary>
    public string OneHot(string indices, int depth, string values, int axis)
    {
        string whole = Add(new Cast(ElementType.Int64), indices);
        string at = Add(new Where(), Add(new Less(), whole, Constant(Tensor.Scalar(0L))), Add(new Add(), whole, Constant(Tensor.Scalar((long)depth))), whole);
        Shape shape = [.. Shape(indices), 1];
        int place = shape.Axis(axis);
        string counted = Constant(Tensor.Of(ModelBuild.Engine.Shape.Of(shape.Skip(place).Select((_, i) => i == 0 ? depth : 1)), [.. Enumerable.Range(0, depth).Select(i => (long)i)]));
        return Add(new Where(), Add(new Equal(), Add(new Unsqueeze(new([place])), at), counted), Value(1, values), Value(0, values));
    }

    // One of the two values, as a scalar.
    private string Value(int index, string values) => Add(new Reshape(default), Add(new Slice(new([index]), new([index + 1]), new([0]), null), values));

    /// <summary>The first steps of each sample backwards, of known numbers of steps; times and samples are the first two axes.</summary>
    public string ReverseSequence(string x, long[] lengths, int batchAxis, int timeAxis)
    {
        Shape shape = Shape(x);
        if (shape.Rank < 2 || batchAxis == timeAxis || batchAxis is not (0 or 1) || timeAxis is not (0 or 1) || lengths.Length != shape[batchAxis] || lengths.Any(l => l < 0 || l > shape[timeAxis]))
            throw new OperatorException($"lengths [{string.Join(", ", lengths)}] of {shape}, samples being axis {batchAxis} and times {timeAxis}");
        long[] order = [.. Enumerable.Range(0, shape[0] * shape[1]).Select(i =>
        {
            int first = i / shape[1], second = i % shape[1];
            long length = lengths[batchAxis == 0 ? first : second], time = timeAxis == 0 ? first : second, from = time < length ? length - 1 - time : time;
            return timeAxis == 0 ? from * shape[1] + second : first * shape[1] + from;
        })];
        string rows = Add(new Reshape(new([shape[0] * shape[1], .. shape.Skip(2)])), x);
        return Add(new Reshape(shape.Axes), Add(new Gather(0), rows, Constant(Tensor.Of([order.Length], order))));
    }

    public string BitwiseNot(string x) => Add(new BitwiseXor(), x, Constant(Tensor.From(Type(x) with { Shape = ModelBuild.Engine.Shape.Scalar }, [-1L])));

    public string IsNaN(string x) => Add(new Not(), Add(new Equal(), x, x));

    public string IsInfinite(string x, bool positive, bool negative)
    {
        string? above = positive ? Add(new Equal(), x, Constant(float.PositiveInfinity)) : null, below = negative ? Add(new Equal(), x, Constant(float.NegativeInfinity)) : null;
        return above != null && below != null ? Add(new Or(), above, below) : above ?? below ?? Constant(Tensor.Of(Shape(x), new bool[Shape(x).Size]));
    }

    /// <summary>x in uint8, at the scale and zero point of its own range with 0 in it; and these two.</summary>
    public (string Y, string Scale, string Zero) QuantizeByRange(string x)
    {
        string least = Add(new Min(), Add(new ReduceMin(null, false, false), x), Constant(0)), most = Add(new Max(), Add(new ReduceMax(null, false, false), x), Constant(0));
        string span = Add(new Sub(), most, least), scale = Add(new Where(), Add(new Equal(), span, Constant(0)), Constant(1), Add(new Div(), span, Constant(255)));
        string zero = Add(new Round(), Add(new Clip(0, 255), Add(new Sub(), Constant(0), Add(new Div(), least, scale))));
        string y = Add(new Clip(0, 255), Add(new Add(), Add(new Round(), Add(new Div(), x, scale)), zero));
        return (Add(new Cast(ElementType.UInt8), y), scale, Add(new Cast(ElementType.UInt8), zero));
    }
}

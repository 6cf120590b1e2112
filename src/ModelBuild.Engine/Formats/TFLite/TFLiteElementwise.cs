namespace ModelBuild.Engine;

/// <summary>How operators are read that go element by element: images stay in the order in which they are there.</summary>
internal static class TFLiteElementwise
{
    public static void Unary(this TFLiteNode n, Op op)
    {
        bool first = n.IsFirst(0);
        n.Put(n.Add(op, n.Data(0, first)), first);
    }

    /// <param name="n">The node.</param>
    /// <param name="op">Of its two inputs, which broadcast.</param>
    /// <param name="activation">The option that names the activation that follows; −1 where there is none.</param>
    public static void Binary(this TFLiteNode n, Op op, int activation = -1)
    {
        int rank = Math.Max(n.Shape(0).Rank, n.Shape(1).Rank);
        bool first = rank == 4 && n.IsFirst(0, 1);
        string y = n.Add(op, n.Data(0, first, rank), n.Data(1, first, rank));
        n.Put(activation < 0 ? y : n.Activate(y, activation), first);
    }

    /// <summary>Indices as int64.</summary>
    public static string Wide(this TFLiteNode n, int input) => n.Input(input).Element == ElementType.Int64 ? n.Raw(input) : n.Add(new Cast(ElementType.Int64), n.Raw(input));

    public static void Sum(TFLiteNode n)
    {
        string sum = n.Data(0);
        for (int i = 1; i < n.InputCount; i++)
            sum = n.Add(new Add(), sum, n.Data(i));
        n.Put(n.InputCount == 1 ? n.Add(new Identity(), sum) : sum);
    }

    /// <summary>Training's rounding to a grid: what it leaves of a number.</summary>
    public static void FakeQuantize(TFLiteNode n)
    {
        float least = n.Float(0), most = n.Float(1), scale = (most - least) / 255;
        if (n.Int(2, 8) != 8 || n.Flag(3) || !(scale > 0) || least > 0 || most < 0 || float.IsInfinity(scale))
            throw new OperatorException($"{n.Int(2, 8)} bits from {least} to {most}{(n.Flag(3) ? ", a narrow range," : "")} are not supported; 8 bits around 0 are");
        var grid = new Quantization(new([scale]), new([(int)Math.Round(-least / scale, MidpointRounding.AwayFromZero)]), ElementType.UInt8);
        bool first = n.IsFirst(0);
        n.Put(n.Add(new DequantizeLinear(grid), n.Add(new QuantizeLinear(grid), n.Data(0, first))), first);
    }

    /// <summary>Constants stay integers, so that products read them as such.</summary>
    public static void Dequantize(TFLiteNode n)
    {
        if (n.Integers(0) is var (integers, meaning))
        {
            n.Put(n.Data(0));
            n.PutDequantized(integers, meaning);
            return;
        }
        bool first = n.IsFirst(0);
        string x = n.Data(0, first);
        n.Put(n.Type(x).Element == ElementType.Float32 ? n.Add(new Identity(), x) : n.Add(new Cast(ElementType.Float32), x), first);
    }

    /// <summary>The tensor was made dense when it was read.</summary>
    public static void Densify(TFLiteNode n)
    {
        if (n.Integers(0) is var (integers, meaning))
        {
            n.PutConstant(integers, meaning);
            return;
        }
        n.Put(n.Constant(n.Need(0)));
    }

    public static void FloorDiv(TFLiteNode n)
    {
        string a = n.Data(0), b = n.Data(1);
        n.Put(n.Type(a).Element.IsFloat() ? n.Add(new Floor(), n.Add(new Div(), a, b)) : n.Add(new Div(), n.Add(new Sub(), a, n.Add(new Mod(), a, b)), b));
    }

    public static void FloorMod(TFLiteNode n)
    {
        string a = n.Data(0), b = n.Data(1);
        n.Put(n.Type(a).Element.IsFloat() ? n.Add(new Sub(), a, n.Add(new Mul(), n.Add(new Floor(), n.Add(new Div(), a, b)), b)) : n.Add(new Mod(), a, b));
    }

    public static void SquaredDifference(TFLiteNode n)
    {
        string difference = n.Add(new Sub(), n.Data(0), n.Data(1));
        n.Put(n.Add(new Mul(), difference, difference));
    }

    /// <summary>A condition of one axis chooses whole slices of what has more.</summary>
    public static void Select(TFLiteNode n)
    {
        string condition = n.Data(0);
        if (n.Operator == "SELECT" && n.Shape(0).Rank == 1 && n.Shape(1).Rank > 1)
            condition = n.Add(new Unsqueeze(new(Enumerable.Range(1, n.Shape(1).Rank - 1))), condition);
        n.Put(n.Add(new Where(), condition, n.Data(1), n.Data(2)));
    }

    public static void Softmax(TFLiteNode n)
    {
        float beta = n.Float(0);
        string x = n.Data(0);
        n.Put(n.Add(new Softmax(), beta == 1 ? x : n.Add(new Mul(), x, n.Constant(Tensor.Scalar(beta)))));
    }

    /// <summary>Element by element, of as many inputs as there are: images stay in the order in which they are there.</summary>
    public static void Each(this TFLiteNodeWriter w, string op, params (int Field, object Value)[] options)
    {
        bool last = IsLast(w);
        w.Put(op, [.. Enumerable.Range(0, w.InputCount).Select(i => w.Broadcast(i, last))], last, options);
    }

    /// <summary>The same where kernels calculate: with floats and integers of 32 and 64 bits, all of one type.</summary>
    public static void Calculate(this TFLiteNodeWriter w, string op, params (int Field, object Value)[] options)
    {
        foreach (int input in Enumerable.Range(0, w.InputCount))
        {
            if (!w.IsInteger && (w.Type(input).Element is not (ElementType.Float32 or ElementType.Int32 or ElementType.Int64) || w.Type(input).Element != w.OutputElement))
                throw new OperatorException($"{w.Type(input).Element.Word()} for {w.OutputElement.Word()} is not supported; f32, i32 and i64 are, one for all");
        }
        w.Each(op, options);
    }

    private static bool IsLast(TFLiteNodeWriter w) => w.Output.Rank is 3 or 4 && Enumerable.Range(0, w.InputCount).Any(i => w.Shape(i).Rank == w.Output.Rank && w.IsLast(i));

    /// <summary>The larger, or smaller, where integers must all mean the same.</summary>
    public static void Compare(this TFLiteNodeWriter w, string op)
    {
        bool last = IsLast(w);
        w.Put(op, [.. Enumerable.Range(0, w.InputCount).Select(i => w.Requantized(w.Broadcast(i, last)))], last);
    }

    public static void Write(TFLiteNodeWriter w, Clip o)
    {
        string? one = (o.Lo, o.Hi) switch { (0, 6) => "RELU6", (-1, 1) => "RELU_N1_TO_1", (0, float.PositiveInfinity) => "RELU", _ => null };
        if (one != null)
        {
            w.Each(one);
            return;
        }
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        // Bytes are clamped by the scale that they get: the clamp is only there where it includes them all.
        if (w.IsInteger)
            w.Put(x, last);
        else if (float.IsNegativeInfinity(o.Lo))
            w.Put("MINIMUM", [x, w.Value(o.Hi)], last);
        else if (float.IsPositiveInfinity(o.Hi))
            w.Put("MAXIMUM", [x, w.Value(o.Lo)], last);
        else
            w.Put("MINIMUM", [w.Mid("MAXIMUM", [x, w.Value(o.Lo)], w.ShapeOf(x)), w.Value(o.Hi)], last);
    }

    /// <summary>x above zero, α·(eˣ − 1) below: ELU is that with α = 1.</summary>
    public static void Write(TFLiteNodeWriter w, Elu o)
    {
        if (o.Alpha == 1)
            w.Each("ELU");
        else
            Write(w, o.Alpha, 1);
    }

    public static void Write(TFLiteNodeWriter w, Selu o) => Write(w, o.Alpha, o.Gamma);

    private static void Write(TFLiteNodeWriter w, float alpha, float gamma)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        int up = w.Mid("MUL", [w.Mid("RELU", [x], shape), w.Value(gamma)], shape);
        int down = w.Mid("MUL", [w.Mid("ELU", [w.Mid("MINIMUM", [x, w.Value(0)], shape)], shape), w.Value(alpha * gamma)], shape);
        w.Put("ADD", [up, down], last);
    }

    /// <summary>α·ELU(x / α), which is x above zero.</summary>
    public static void Write(TFLiteNodeWriter w, Celu o)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        w.Put("MUL", [w.Mid("ELU", [w.Mid("MUL", [x, w.Value(1 / o.Alpha)], shape)], shape), w.Value(o.Alpha)], last);
    }

    public static void Write(TFLiteNodeWriter w, Reciprocal _)
    {
        bool last = w.IsLast(0);
        w.Put("DIV", [w.Value(1), w.Get(0, last)], last);
    }

    public static void Write(TFLiteNodeWriter w, HardSigmoid o)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        int line = w.Mid("ADD", [w.Mid("MUL", [x, w.Value(o.Alpha)], shape), w.Value(o.Beta)], shape);
        w.Put("MINIMUM", [w.Mid("RELU", [line], shape), w.Value(1)], last);
    }

    public static void Write(TFLiteNodeWriter w, Swish o)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        w.Put("MUL", [x, w.Mid("LOGISTIC", [o.Alpha == 1 ? x : w.Mid("MUL", [x, w.Value(o.Alpha)], shape)], shape)], last);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), whose powers stay small.</summary>
    private static int[] Softplus(TFLiteNodeWriter w, int x)
    {
        Shape shape = w.ShapeOf(x);
        int power = w.Mid("EXP", [w.Mid("NEG", [w.Mid("ABS", [x], shape)], shape)], shape);
        return [w.Mid("RELU", [x], shape), w.Mid("LOG", [w.Mid("ADD", [power, w.Value(1)], shape)], shape)];
    }

    public static void Write(TFLiteNodeWriter w, Softplus _)
    {
        bool last = w.IsLast(0);
        w.Put("ADD", Softplus(w, w.Get(0, last)), last);
    }

    public static void Write(TFLiteNodeWriter w, Mish _)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        w.Put("MUL", [x, w.Mid("TANH", [w.Mid("ADD", Softplus(w, x), shape)], shape)], last);
    }

    public static void Write(TFLiteNodeWriter w, Softsign _)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = w.ShapeOf(x);
        w.Put("DIV", [x, w.Mid("ADD", [w.Mid("ABS", [x], shape), w.Value(1)], shape)], last);
    }

    /// <summary>The axis must be the last one.</summary>
    public static void Write(TFLiteNodeWriter w, string op, SoftmaxBase o)
    {
        int rank = w.Output.Rank, axis = w.Shape(0).Axis(o.Axis);
        (int, object)[] options = op == "SOFTMAX" ? [(0, 1f)] : [];
        bool last = rank is 3 or 4 && (axis == 1 || (w.IsLast(0) && TFLiteNodeWriter.Axis(axis, rank, true) == rank - 1));
        if (last || axis == rank - 1)
        {
            w.Put(op, [w.Get(0, last)], last, options);
            return;
        }
        // Swapping the two axes is its own way back.
        Ints order = new(Enumerable.Range(0, rank).Select(a => a == axis ? rank - 1 : a == rank - 1 ? axis : a));
        int x = w.Transposed(w.Get(0), order);
        w.Put(w.Transposed(w.Mid(op, [x], w.ShapeOf(x), options), order), false);
    }

    public static void Write(TFLiteNodeWriter w, BatchNormalization o)
    {
        if (o.AsAffine(w.Type(0), [null, .. Enumerable.Range(1, 4).Select(w.Constant)]) is not { Scale: { } scale, Shift: { } shift })
            throw new OperatorException("statistics that are not constant are not supported");
        bool last = w.IsLast(0);
        int x = w.Get(0, last);
        Shape shape = Channels(w.ShapeOf(x).Rank, last, scale.Length);
        w.Put("ADD", [w.Mid("MUL", [x, w.Constant(Tensor.Of<float>(shape, scale))], w.ShapeOf(x)), w.Constant(Tensor.Of<float>(shape, shift))], last);
    }

    private static Shape Channels(int rank, bool last, int channels) => last ? [channels] : Shape.Of([channels, .. Enumerable.Repeat(1, rank - 2)]);

    public static void Write(TFLiteNodeWriter w, LayerNormalization o)
    {
        if (w.OutputCount > 1)
            throw new OperatorException("statistics as outputs are not supported");
        int axis = w.Shape(0).Axis(o.Axis);
        int y = Normalized(w, w.Get(0), new(Enumerable.Range(axis, w.Shape(0).Rank - axis)), o.Epsilon);
        int scaled = w.Mid("MUL", [y, w.Get(1)], w.ShapeOf(y));
        w.Put(w.Has(2) ? w.Mid("ADD", [scaled, w.Get(2)], w.ShapeOf(y)) : scaled, false);
    }

    public static void Write(TFLiteNodeWriter w, InstanceNormalization o)
    {
        bool last = w.IsLast(0);
        int x = w.Get(0, last), rank = w.ShapeOf(x).Rank;
        if (w.Constant(1) is not { } scale || w.Constant(2) is not { } shift)
            throw new OperatorException("a scale or shift that is not constant is not supported");
        int y = Normalized(w, x, new(Enumerable.Range(last ? 1 : 2, rank - 2)), o.Epsilon);
        Shape shape = Channels(rank, last, scale.Shape.Size);
        w.Put("ADD", [w.Mid("MUL", [y, w.Constant(scale.Reshape(shape))], w.ShapeOf(x)), w.Constant(shift.Reshape(shape))], last);
    }

    private static int Normalized(TFLiteNodeWriter w, int x, Ints axes, float epsilon)
    {
        Shape shape = w.ShapeOf(x), one = Shape.Of(shape.Select((d, i) => axes.Contains(i) ? 1 : d));
        int centred = w.Mid("SUB", [x, w.Mid("MEAN", [x, w.Numbers(axes)], one, (0, true))], shape);
        int variance = w.Mid("MEAN", [w.Mid("MUL", [centred, centred], shape), w.Numbers(axes)], one, (0, true));
        return w.Mid("MUL", [centred, w.Mid("RSQRT", [w.Mid("ADD", [variance, w.Value(epsilon)], one)], one)], shape);
    }
}

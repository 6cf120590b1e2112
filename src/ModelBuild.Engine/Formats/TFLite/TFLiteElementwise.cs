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
}

namespace ModelBuild.Engine;

/// <summary>Element-wise operators of ONNX that are several of ours, or none.</summary>
internal static class OnnxElementwise
{
    /// <summary>Bounds are attributes before opset 11, then inputs, of which each may be absent or computed.</summary>
    public static Op? Clip(OnnxNode n)
    {
        bool Known(int input) => !n.Has(input) || n.Constant(input) is { Element: ElementType.Float32, Shape.Size: 1 };
        float Bound(string attribute, int input, float otherwise) => n.Has(attribute) ? n.Float(attribute, otherwise) : n.Take(input) is { } bound ? bound.F32[0] : otherwise;
        if (Known(1) && Known(2) && (n.InputType(0).Element == ElementType.Float32 || !(n.Has(1) || n.Has(2))))
            return n.InputType(0).Element == ElementType.Float32
                ? new Clip(Bound("min", 1, float.NegativeInfinity), Bound("max", 2, float.PositiveInfinity))
                : new Identity();
        string x = n.Inputs[0];
        if (n.Has(1) && n.Has(2))
            x = n.Builder.Add(n.Name, new Max(), x, n.Inputs[1]);
        n.Add(n.Has(2) ? new Min() : new Max(), x, n.Inputs[n.Has(2) ? 2 : 1]);
        return null;
    }

    /// <summary>Nothing, unless it trains. Its mask then drops nothing.</summary>
    public static Op? Dropout(OnnxNode n)
    {
        if (n.Take(2) is { } training && training.Int64s() is [not 0] && n.Take(1) is not { F32: [0] })
            throw new OperatorException("training_mode is not supported");
        if (n.Outputs.Count > 1 && n.Outputs[1].Length > 0)
        {
            Shape shape = n.Shape(0);
            n.Builder.AddConstant(n.Outputs[1], n.Opset < 10
                ? Tensor.From(n.InputType(0), Enumerable.Repeat(1.0, shape.Size).ToArray())
                : Tensor.Of(shape, Enumerable.Repeat(true, shape.Size).ToArray()));
        }
        n.Add(new Identity(), n.Inputs[0]);
        return null;
    }

    /// <summary>Any number of inputs, two at a time.</summary>
    public static Op? Chain(OnnxNode n, Binary op)
    {
        string first = n.Inputs[0];
        for (int i = 1; i + 1 < n.Inputs.Count; i++)
            first = n.Builder.Add(n.Name, op, first, n.Inputs[i]);
        if (n.Inputs.Count == 1)
            n.Add(new Identity(), first);
        else
            n.Add(op, first, n.Inputs[^1]);
        return null;
    }

    public static Op Gelu(OnnxNode n) => n.Text("approximate", "none") switch
    {
        "none" => new Gelu(),
        "tanh" => new Gelu(Approximate: true),
        var other => throw new OperatorException($"approximate '{other}' is unknown; none and tanh are known"),
    };

    /// <summary>The second input only says what type.</summary>
    public static Op? CastLike(OnnxNode n)
    {
        n.Add(new Cast(n.InputType(1).Element), n.Inputs[0]);
        return null;
    }

    public static Op? Mean(OnnxNode n)
    {
        string sum = n.Inputs[0];
        foreach (string input in n.Inputs.Skip(1))
            sum = n.Builder.Add(n.Name, new Add(), sum, input);
        n.Add(new Div(), sum, n.Builder.AddConstant(n.Builder.Fresh(n.Name), Tensor.From(n.InputType(0) with { Shape = Shape.Scalar }, [(double)n.Inputs.Count])));
        return null;
    }
}

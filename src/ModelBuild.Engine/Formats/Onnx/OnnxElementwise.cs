namespace ModelBuild.Engine;

/// <summary>Element-wise operators of ONNX that are several of ours, or none.</summary>
internal static class OnnxElementwise
{
    /// <summary>Before opset 7 operands have one shape, or the attribute broadcast says that the second one's axes are some of the first's, the last ones or those from axis on.</summary>
    public static Op? Binary(OnnxNode n, Op op)
    {
        if (n.Opset >= 7 || !n.Flag("broadcast") || !n.Has("axis"))
            return op;
        int left = n.Shape(0).Rank, right = n.Shape(1).Rank, axis = n.Shape(0).Axis(n.Int("axis", 0));
        n.Add(op, n.Inputs[0], WithAxes(n, left - axis - right));
        return null;
    }

    /// <summary>Before opset 7 a slope of one axis has a value a channel.</summary>
    public static Op? PRelu(OnnxNode n)
    {
        if (n.Opset >= 7 || n.Shape(1) is not [> 1])
            return new PRelu();
        n.Add(new PRelu(), n.Inputs[0], WithAxes(n, n.Shape(0).Rank - 2));
        return null;
    }

    /// <summary>The second input with further axes behind its own.</summary>
    private static string WithAxes(OnnxNode n, int count) =>
        count <= 0 ? n.Inputs[1] : n.Builder.Add(n.Name, new Unsqueeze(new(Enumerable.Range(n.Shape(1).Rank, count))), n.Inputs[1]);

    /// <summary>Bounds are attributes before opset 11, then inputs, of which each may be absent, constant or computed.</summary>
    public static Op? Clip(OnnxNode n)
    {
        if (n.Opset < 11)
            return new Clip(n.Float("min", float.NegativeInfinity), n.Float("max", float.PositiveInfinity));
        if (!n.Has(1) && !n.Has(2))
            return new Identity();
        if (Known(1, float.NegativeInfinity) is { } lo && Known(2, float.PositiveInfinity) is { } hi)
        {
            n.Take(1);
            n.Take(2);
            return new Clip(lo, hi);
        }
        string x = n.Inputs[0];
        if (n.Has(1) && n.Has(2))
            x = n.Builder.Add(n.Name, new Max(), x, n.Inputs[1]);
        n.Add(n.Has(2) ? new Min() : new Max(), x, n.Inputs[n.Has(2) ? 2 : 1]);
        return null;

        float? Known(int input, float absent) => !n.Has(input) ? absent
            : n.Constant(input) is { Element: ElementType.Float32, Shape.Size: 1 } bound ? bound.F32[0] : null;
    }

    /// <summary>Nothing, unless it trains. Its mask then drops nothing.</summary>
    public static Op? Dropout(OnnxNode n)
    {
        if (n.Take(2) is { } training && training.Int64s() is [not 0] && n.Take(1) is not { F32: [0] })
            throw new OperatorException("training_mode is not supported");
        if (n.Opset < 7 && !n.Flag("is_test"))
            throw new OperatorException("is_test = 0 is not supported; export the model for inference");
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

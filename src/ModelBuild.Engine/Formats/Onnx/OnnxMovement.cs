namespace ModelBuild.Engine;

/// <summary>How operators are read that changed over the opsets: attributes became inputs, axes got another meaning.</summary>
internal static class OnnxMovement
{
    public static Op? Constant(OnnxNode n)
    {
        Tensor? tensor = n.Tensor("value") ?? n.Sparse("sparse_value");
        if (n.Has("value_float"))
            tensor = Tensor.Scalar(n.Float("value_float", 0));
        else if (n.Floats("value_floats") is { } floats)
            tensor = Tensor.Of<float>([floats.Length], floats);
        else if (n.Long("value_int") is { } integer)
            tensor = Tensor.Scalar(integer);
        else if (n.Longs("value_ints") is { } integers)
            tensor = Tensor.Of<long>([integers.Length], integers);
        n.Builder.AddConstant(n.Outputs[0], tensor ?? throw new OperatorException("it has no numbers as its value"));
        return null;
    }

    public static Op Reshape(OnnxNode n)
    {
        bool allowZero = n.Flag("allowzero");
        return new Reshape(n.TakeInts("shape", 1) ?? throw new OperatorException("shape is missing"), allowZero);
    }

    public static Op Slice(OnnxNode n)
    {
        Ints starts = n.TakeInts("starts", 1) ?? throw new OperatorException("starts are missing"), ends = n.TakeInts("ends", 2) ?? throw new OperatorException("ends are missing");
        return new Slice(starts, ends, n.TakeInts("axes", 3), n.Take(4)?.Int32s());
    }

    /// <summary>Before opset 13 the axis begins the columns of a matrix, over all of which the sum goes.</summary>
    public static Op? Softmax(OnnxNode n, Func<int, Op> softmax)
    {
        Shape x = n.Shape(0);
        if (n.Opset >= 13)
            return softmax(n.Int("axis", -1));
        int axis = n.Int("axis", 1);
        axis = axis == x.Rank ? axis : x.Axis(axis);
        if (axis < x.Rank && Shape.Of(x.Skip(axis + 1)).Size == 1)
            return softmax(axis);
        string matrix = n.Builder.Add(n.Name, new Flatten(axis), n.Inputs[0]);
        string result = n.Builder.Add(n.Name, softmax(-1), matrix);
        n.Builder.Add(new Node(n.Name, new Reshape(x.Axes), new([result]), new([n.Outputs[0]])));
        return null;
    }
}

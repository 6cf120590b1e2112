namespace ModelBuild.Engine;

/// <summary>An operator of the file while it is read: its options by field number, its inputs as values of the graph, and where its outputs go.</summary>
internal sealed class TFLiteNode(TFLiteValues values, string name, TFLiteCall call, long left)
{
    public string Name => name;

    public string Operator => call.Name;

    public int InputCount => call.Inputs.Length;

    public int OutputCount => call.Outputs.Length;

    /// <summary>Bytes that constants may still become.</summary>
    public long Left { get; private set; } = left;

    // Options.
    public int Int(int field, int otherwise = 0) => call.Options?.Int(field, otherwise) ?? otherwise;

    public int Byte(int field, int otherwise = 0) => call.Options?.Byte(field, otherwise) ?? otherwise;

    public bool Flag(int field, bool otherwise = false) => call.Options?.Flag(field, otherwise) ?? otherwise;

    public float Float(int field, float otherwise = 0) => call.Options?.Float(field, otherwise) ?? otherwise;

    public Ints Ints(int field) => new(call.Options?.Ints(field) ?? []);

    // Inputs.
    public bool Has(int input) => input < call.Inputs.Length && call.Inputs[input] >= 0;

    public int Index(int input) => Has(input) ? call.Inputs[input] : throw new OperatorException($"input {input} is missing");

    public TFLiteTensor Input(int input) => values.Tensor(Index(input));

    public TFLiteTensor Output(int output) => values.Tensor(OutputIndex(output));

    private int OutputIndex(int output) => output < call.Outputs.Length && call.Outputs[output] >= 0 ? call.Outputs[output] : throw new OperatorException($"output {output} is missing");

    /// <summary>The shape that the graph has for an input, in the file's order.</summary>
    public Shape Shape(int input) => values.IsFirst(Index(input)) && values.Builder.Type(values.Stored(Index(input), true, name)).Shape is var shape
        ? ModelBuild.Engine.Shape.Of(TFLiteValues.ToLast.Select(a => shape[a])) : values.Builder.Type(values.Stored(Index(input), false, name)).Shape;

    /// <summary>Whether one of these inputs is there with channels first, and so none of four axes needs to be turned.</summary>
    public bool IsFirst(params ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            if (Has(input) && values.IsFirst(Index(input)))
                return true;
        }
        return false;
    }

    /// <summary>An input as numbers, with channels last or first; of so many axes, further ones being 1 long.</summary>
    public string Data(int input, bool first = false, int rank = 0)
    {
        Shape shape = first || rank > 0 ? Shape(input) : default;
        if (shape.Rank >= rank)
            return first && shape.Rank != 4 ? throw new OperatorException($"input {input} is {shape}, and no image") : values.Numbers(Index(input), first, name);
        string wide = Add(new Reshape(new([.. Enumerable.Repeat(1, rank - shape.Rank), .. shape]), true), values.Numbers(Index(input), false, name));
        return first ? Add(new Transpose(TFLiteValues.ToFirst), wide) : wide;
    }

    /// <summary>An input as the file stores it.</summary>
    public string Raw(int input) => values.AsInFile(Index(input), name);

    public Tensor? Constant(int input) => Has(input) ? values.Constant(Index(input)) : null;

    /// <exception cref="NotConstantException">The input is computed.</exception>
    public Tensor Need(int input) => Constant(input) ?? throw new NotConstantException(Input(input).Name);

    public Ints NeedInts(int input) => Need(input).Int32s();

    public int NeedInt(int input) => Need(input).Int32s() is [var only] ? only : throw new OperatorException($"input {input} is no single number");

    /// <summary>Constant integers and what they mean.</summary>
    public (Tensor Integers, Quantization As)? Integers(int input) => values.Integers(Index(input));

    /// <summary>A constant input as float32, whatever it is stored as.</summary>
    public Tensor Floats(int input) => values.Integers(Index(input)) is var (integers, meaning) ? new DequantizeLinear(meaning).Evaluate([integers])[0] : new Cast(ElementType.Float32).Evaluate([Need(input)])[0];

    public float Scale(int input) => Input(input).Quantization is { Scales.Count: 1 } q ? q.Scale : throw new OperatorException($"input {input} has no single scale");

    // The graph.
    public TensorType Type(string value) => values.Builder.Type(value);

    public Composed Graph => new(values.Builder, name);

    public string Constant(Tensor tensor) => Graph.Constant(tensor);

    public string Add(Op op, params ReadOnlySpan<string> inputs)
    {
        bool folds = true;
        foreach (string input in inputs)
            folds &= values.Builder.Constant(input) != null;
        if (folds && inputs.Length > 0)
        {
            TensorType[] types = op.Infer([.. inputs.ToArray().Select(i => Type(i))]);
            Left -= types.Sum(t => (long)t.Bytes);
            if (Left < 0)
                throw new OperatorException("what constants become is many times larger than the file");
        }
        return values.Builder.Add(name, op, inputs);
    }

    /// <summary>An activation that the options name: none, Relu, Relu between −1 and 1, Relu6, tanh.</summary>
    public string Activate(string value, int field) => Byte(field) switch
    {
        0 => value,
        1 => Add(new Relu(), value),
        2 => Add(new Clip(-1, 1), value),
        3 => Add(new Clip(0, 6), value),
        4 => Add(new Tanh(), value),
        var other => throw new OperatorException($"the fused activation {other} is not supported; none, relu, relu_n1_to_1, relu6 and tanh are"),
    };

    public void Put(string value, bool first = false, int output = 0) => values.Put(OutputIndex(output), value, first, name);

    /// <summary>Adds an operator with two outputs.</summary>
    public string[] AddTwo(Op op, string input)
    {
        string[] outputs = [values.Builder.Fresh(name), $"{values.Builder.Fresh(name)}.second"];
        values.Builder.Add(new Node(name, op, new([input]), new(outputs)));
        return outputs;
    }

    /// <summary>The output is these constant integers, which mean something.</summary>
    public void PutConstant(Tensor integers, Quantization meaning)
    {
        values.Put(OutputIndex(0), Constant(integers), false, name, meaning);
        values.AddDequantized(OutputIndex(0), integers, meaning);
    }

    public void PutDequantized(Tensor integers, Quantization meaning) => values.AddDequantized(OutputIndex(0), integers, meaning);
}

namespace ModelBuild.Engine;

/// <summary>
/// The file's tensors as values of the graph. Its images have channels last, ours have them first: a tensor of four axes may be there in either order, and is transposed
/// where only the other one is. Signed bytes that are computed are unsigned ones here, 128 more with a zero point 128 higher: what kernels read.
/// </summary>
internal sealed class TFLiteValues(GraphBuilder builder, Func<int, TFLiteTensor> tensors, bool resized)
{
    /// <summary>From channels last to channels first, and back.</summary>
    public static readonly Ints ToFirst = new([0, 3, 1, 2]), ToLast = new([0, 2, 3, 1]);

    private readonly Dictionary<(int Tensor, bool First), string> _stored = [], _numbers = [];
    private readonly Dictionary<int, Quantization> _meanings = [];
    private readonly Dictionary<int, (Tensor Integers, Quantization As)> _dequantized = [];

    public GraphBuilder Builder => builder;

    public TFLiteTensor Tensor(int tensor) => tensors(tensor);

    public void AddInput(int tensor, string name, Shape shape)
    {
        TFLiteTensor t = tensors(tensor);
        builder.AddInput(name, new(t.Element, shape));
        _stored[(tensor, false)] = name;
        if (t.Quantization is not { } q)
            return;
        _meanings[tensor] = Single(q);
        if (q.Unsigned is not { } unsigned)
            return;
        _stored[(tensor, false)] = builder.Add(name, new QuantizeLinear(unsigned), builder.Add(name, new DequantizeLinear(q), name));
        _meanings[tensor] = unsigned;
    }

    /// <summary>The tensor as the file means it, under a name of its own.</summary>
    public void AddOutput(int tensor, string name)
    {
        string value = Stored(tensor, first: false, name);
        bool means = tensors(tensor).Quantization != null && _meanings.TryGetValue(tensor, out Quantization? meaning) && meaning.Scales.Count == 1;
        // What it means is then known of the output itself.
        builder.Add(means ? new Node(name, new QuantizeLinear(tensors(tensor).Quantization!), new([builder.Add(name, new DequantizeLinear(_meanings[tensor]), value)]), new([name]))
            : new Node(name, new Identity(), new([value]), new([name])));
    }

    /// <summary>The tensor in the file's order and element type, signed where it is.</summary>
    public string AsInFile(int tensor, string node)
    {
        string value = Stored(tensor, first: false, node);
        return tensors(tensor).Quantization is { } q && _meanings.TryGetValue(tensor, out Quantization? meaning) && meaning.Type != q.Type
            ? builder.Add(node, new QuantizeLinear(q), builder.Add(node, new DequantizeLinear(meaning), value)) : value;
    }

    public bool IsComputed(int tensor) => _stored.ContainsKey((tensor, false)) || _stored.ContainsKey((tensor, true));

    /// <summary>Whether the tensor is there with channels first.</summary>
    public bool IsFirst(int tensor) => _stored.ContainsKey((tensor, true)) && Constant(tensor) == null;

    /// <summary>The constant, as it is stored: the file's, or what operators make of constants.</summary>
    public Tensor? Constant(int tensor) => tensors(tensor).Constant ?? (_stored.TryGetValue((tensor, false), out string? value) ? builder.Constant(value) : null);

    /// <summary>Constant integers and what they mean, whether the file's operators read them as such or as the numbers they stand for.</summary>
    public (Tensor Integers, Quantization As)? Integers(int tensor) =>
        tensors(tensor) is { Quantization: { } q, Constant: { } constant } ? (constant, q) : _dequantized.TryGetValue(tensor, out var known) ? known : null;

    public void AddDequantized(int tensor, Tensor integers, Quantization meaning) => _dequantized[tensor] = (integers, meaning);

    /// <summary>The tensor in its own element type.</summary>
    public string Stored(int tensor, bool first, string node)
    {
        if (_stored.TryGetValue((tensor, first), out string? value))
            return value;
        if (_stored.TryGetValue((tensor, !first), out string? other))
            return _stored[(tensor, first)] = builder.Add(node, new Transpose(first ? ToFirst : ToLast), other);
        TFLiteTensor t = tensors(tensor);
        if (t.Constant is not { } constant)
            throw new OperatorException(t.IsVariable ? $"the state '{t.Name}', which stays from call to call, is not supported" : $"it reads '{t.Name}', which nothing before it computes");
        if (t.Quantization is { } q)
            _meanings[tensor] = q;
        _stored[(tensor, false)] = builder.AddConstant(builder.Fresh(t.Name), constant);
        return first ? Stored(tensor, first, node) : _stored[(tensor, false)];
    }

    /// <summary>The tensor as numbers: what its integers stand for, where they stand for something.</summary>
    public string Numbers(int tensor, bool first, string node)
    {
        if (_numbers.TryGetValue((tensor, first), out string? value))
            return value;
        string stored = Stored(tensor, first, node);
        if (!_meanings.TryGetValue(tensor, out Quantization? meaning))
            return stored;
        if (first && meaning.Scales.Count > 1)
            meaning = meaning with { Axis = ToFirst.ToList().IndexOf(meaning.Axis) };
        return _numbers[(tensor, first)] = builder.Add(node, new DequantizeLinear(meaning), stored);
    }

    /// <summary>What an operator computed becomes the tensor; numbers are quantized where the file's tensor is.</summary>
    public void Put(int tensor, string value, bool first, string node, Quantization? constant = null)
    {
        TFLiteTensor t = tensors(tensor);
        if (t.Constant != null || IsComputed(tensor))
            throw new OperatorException($"it writes '{t.Name}', which is there already");
        TensorType type = builder.Type(value);
        Shape shape = first ? Shape.Of(ToLast.Select(a => type.Shape[a])) : type.Shape;
        if (!resized && t.IsFixed && shape != t.Shape)
        {
            if (shape.Size != t.Shape.Size)
                throw new OperatorException($"its output '{t.Name}' is {t.Shape} in the file, and {shape} by its inputs");
            value = builder.Add(node, new Reshape(t.Shape.Axes, true), first ? builder.Add(node, new Transpose(ToLast), value) : value);
            first = false;
        }
        if (constant != null)
            _meanings[tensor] = constant;
        if (t.Quantization is { } q && type.Element == ElementType.Float32)
        {
            Quantization meaning = q.Unsigned ?? q;
            if (meaning.Type != ElementType.UInt8)
                throw new OperatorException($"its output '{t.Name}' is {q.Type.Word()} that stands for numbers, which is not supported; u8 and i8 are");
            _meanings[tensor] = Single(meaning);
            value = builder.Add(node, new QuantizeLinear(meaning), value);
        }
        else if (type.Element != t.Element)
            throw new OperatorException($"its output '{t.Name}' is {t.Element.Word()} in the file, and {type.Element.Word()} by its inputs");
        _stored[(tensor, first)] = value;
    }

    private static Quantization Single(Quantization meaning) => meaning.Scales.Count == 1 ? meaning : throw new OperatorException($"{meaning.Scales.Count} scales for what is computed; one is supported");
}

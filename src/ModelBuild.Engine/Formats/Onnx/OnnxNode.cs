using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>
/// A node of the file while it is read: attributes by name and type, and inputs that are parameters in our graph. What is taken here is no longer
/// an input of the node that is added.
/// </summary>
internal sealed class OnnxNode(NodeProto proto, long opset, GraphBuilder builder, OnnxTensors tensors)
{
    private readonly HashSet<int> _taken = [];

    public string Name => proto.Name.Length > 0 ? proto.Name : proto.Output.FirstOrDefault(o => o.Length > 0) ?? proto.OpType;

    public string Type => proto.OpType;

    public long Opset => opset;

    public GraphBuilder Builder => builder;

    public IReadOnlyList<string> Inputs => proto.Input;

    public IReadOnlyList<string> Outputs => proto.Output;

    public bool Has(int input) => input < proto.Input.Count && proto.Input[input].Length > 0;

    public bool Has(string attribute) => Find(attribute) != null;

    public Shape Shape(int input) => builder.Type(Need(input)).Shape;

    public TensorType InputType(int input) => builder.Type(Need(input));

    public Tensor? Constant(int input) => Has(input) ? builder.Constant(proto.Input[input]) : null;

    // Attributes.
    public int Int(string name, int otherwise) => Find(name) is { } a ? checked((int)a.I) : otherwise;

    public bool Flag(string name, bool otherwise = false) => Find(name) is { } a ? a.I != 0 : otherwise;

    public float Float(string name, float otherwise) => Find(name) is { } a ? a.F : otherwise;

    public string Text(string name, string otherwise) => Find(name) is { } a ? a.S.ToStringUtf8() : otherwise;

    /// <summary>An element type, by ONNX's number.</summary>
    public ElementType Element(string name) => Find(name) is { } a && Enum.IsDefined((ElementType)a.I) ? (ElementType)a.I : throw new OperatorException($"{name} must be an element type");

    public Ints? Ints(string name) => Find(name) is { } a ? new(a.Ints.Select(v => (int)Math.Clamp(v, int.MinValue, int.MaxValue))) : null;

    public long? Long(string name) => Find(name)?.I;

    public long[]? Longs(string name) => Find(name) is { } a ? [.. a.Ints] : null;

    public string[]? Texts(string name) => Find(name) is { } a ? [.. a.Strings.Select(s => s.ToStringUtf8())] : null;

    public float[]? Floats(string name) => Find(name) is { } a ? [.. a.Floats] : null;

    public Tensor? Tensor(string name) => Find(name) is { T: { } t } ? tensors.Tensor(t, $"{Name}.{name}") : null;

    public Tensor? Sparse(string name) => Find(name) is { SparseTensor: { } t } ? tensors.Sparse(t) : null;

    // Inputs that are parameters.

    /// <summary>The constant at an input, which the node then no longer has; null where the input is absent.</summary>
    /// <exception cref="NotConstantException">The input is there, and not constant.</exception>
    public Tensor? Take(int input)
    {
        if (!Has(input))
            return null;
        _taken.Add(input);
        return builder.Constant(proto.Input[input]) ?? throw new NotConstantException(proto.Input[input]);
    }

    /// <summary>Whether an input is the same in every call: a constant, or what constant integers stand for.</summary>
    public bool IsFixed(int input) => Has(input) && builder.IsFixed(proto.Input[input]);

    /// <summary>The inputs stay the node's, and must be fixed: weights, which kernels read in an order of their own.</summary>
    public void Require(params ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            if (Has(input) && !IsFixed(input))
                throw new NotConstantException(proto.Input[input]);
        }
    }

    /// <summary>Integers that are an attribute in older opsets and an input in newer ones; null where neither is there.</summary>
    public Ints? TakeInts(string attribute, int input) => Ints(attribute) ?? Take(input)?.Int32s();

    /// <summary>Adds the node: its op, with the inputs that were not taken and the outputs that the file names.</summary>
    public void Add(Op op)
    {
        string[] inputs = [.. proto.Input.Where((_, i) => !_taken.Contains(i))];
        int last = Array.FindLastIndex(inputs, i => i.Length > 0), lastOutput = proto.Output.ToList().FindLastIndex(o => o.Length > 0);
        builder.Add(new Node(Name, op, new(inputs.Take(last + 1)), new(proto.Output.Take(lastOutput + 1))));
    }

    /// <summary>Adds one of several nodes for this one: it reads what is said, and writes output 0.</summary>
    public void Add(Op op, params ReadOnlySpan<string> inputs) => builder.Add(new Node(Name, op, new(inputs.ToArray()), new([proto.Output[0]])));

    private string Need(int input) => Has(input) ? proto.Input[input] : throw new OperatorException($"input {input} is missing");

    private AttributeProto? Find(string name) => proto.Attribute.FirstOrDefault(a => a.Name == name);
}

/// <summary>An input must be known while compiling, and is not.</summary>
internal sealed class NotConstantException(string value) : Exception($"the input '{value}' must be constant")
{
    public string Value { get; } = value;
}

using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>An input or output with everything that the class says of it.</summary>
internal sealed class TensorModel
{
    private readonly PlanTensor _tensor;
    private readonly string _class;

    public TensorModel(PlanTensor tensor, bool isInput, string className)
    {
        _tensor = tensor;
        _class = className;
        IsInput = isInput;
        Parameter = Identifiers.Parameter(tensor.Identifier);
        Plural = Identifiers.Plural(Parameter);
        Length = tensor.Shape.Aggregate(1, (a, b) => checked(a * b));
    }

    public bool IsInput { get; }

    /// <summary>The model's name.</summary>
    public string Name => _tensor.Name;

    public string Identifier => _tensor.Identifier;

    public string Parameter { get; }

    /// <summary>The parameter of <c>RunBatch</c>.</summary>
    public string Plural { get; set; }

    public int Length { get; }

    public string Type => CSharpTypes[_tensor.Type];

    public bool IsFloat => _tensor.Type == "f32";

    /// <summary>What the tensor's integers stand for.</summary>
    public PlanMeaning? Meaning => _tensor.Meaning;

    public string Span => (IsInput ? "global::System.ReadOnlySpan<" : "global::System.Span<") + Type + ">";

    public string Shape => "[" + string.Join(", ", _tensor.Shape.Select(Literals.Number)) + "]";

    /// <summary>How the class's own code calls the tensor's class; in scripts without capitals a parameter would hide it.</summary>
    public string Member => Parameter == Identifier ? _class + "." + Identifier : Identifier;

    public string Elements => Length == 1 ? "1 element" : Literals.Grouped(Length) + " elements";

    /// <summary><c>float32 [1, 784]</c>.</summary>
    public string Description => Words[_tensor.Type] + " " + Shape;

    public static bool Knows(string type) => CSharpTypes.ContainsKey(type);

    private static readonly Dictionary<string, string> CSharpTypes = new()
    {
        ["f32"] = "float", ["f64"] = "double", ["f16"] = "global::System.Half",
        ["i64"] = "long", ["i32"] = "int", ["i16"] = "short", ["i8"] = "sbyte",
        ["u64"] = "ulong", ["u32"] = "uint", ["u16"] = "ushort", ["u8"] = "byte", ["bool"] = "bool",
    };

    private static readonly Dictionary<string, string> Words = new()
    {
        ["f32"] = "float32", ["f64"] = "float64", ["f16"] = "float16",
        ["i64"] = "int64", ["i32"] = "int32", ["i16"] = "int16", ["i8"] = "int8",
        ["u64"] = "uint64", ["u32"] = "uint32", ["u16"] = "uint16", ["u8"] = "uint8", ["bool"] = "bool",
    };
}

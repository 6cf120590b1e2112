namespace ModelBuild;

/// <summary>
/// What the engine hands to the generator: a class to write, and the kernel calls, in order, that its <c>Run</c> makes.
/// It names kernels and places, never operators.
/// </summary>
internal sealed record Plan(
    string Tool,
    string Class,
    string Namespace,
    PlanSource Source,
    string ContentId,
    PlanWeights Weights,
    int ScratchBytes,
    bool Batch,
    EquatableArray<PlanTensor> Inputs,
    EquatableArray<PlanTensor> Outputs,
    EquatableArray<string> Labels,
    EquatableArray<PlanFact> Facts,
    EquatableArray<PlanExpansion> Expansions,
    EquatableArray<PlanCall> Calls,
    PlanPixels? Pixels = null,
    string Backend = "")
{
    /// <summary>The number on a plan's first line; a generator reads only its own.</summary>
    public const int Format = 1;

    /// <summary>The backend of a plan whose resource is an ONNX file that ONNX Runtime runs; such a plan has no calls. That of any other plan is empty.</summary>
    public const string OnnxRuntime = "OnnxRuntime";

    public bool IsByOnnxRuntime => Backend == OnnxRuntime;
}

/// <summary>The model file that the plan was made from: its name without folders, and its SHA-256 in hexadecimal.</summary>
internal sealed record PlanSource(string File, string Hash);

/// <summary>
/// The embedded resource that holds the weights, its length, the bytes that stored forms expand to at construction, and the SHA-256 of all that
/// follows its header, in hexadecimal.
/// </summary>
internal sealed record PlanWeights(string Resource, int Bytes, int ExpandedBytes, string Hash);

/// <summary>
/// An input or output: the model's name for it, the identifier made of it, its element type (<c>f32</c>, <c>i64</c>, …), its shape, and the numbers that its integers stand for, where
/// they do.
/// </summary>
internal sealed record PlanTensor(string Name, string Identifier, string Type, EquatableArray<int> Shape, PlanMeaning? Meaning = null);

/// <summary>A number is scale · (integer − zero). The scale is a text: who prints it prints what was written.</summary>
internal sealed record PlanMeaning(string Scale, int Zero);

/// <summary>
/// The float32 input that the class also takes as bytes: x becomes (x·scale − mean) / std, a value each a channel; <paramref name="Inner"/> elements of a channel lie in a row. The numbers
/// are texts: who prints them prints what was written.
/// </summary>
internal sealed record PlanPixels(int Input, int Inner, EquatableArray<string> Scale, EquatableArray<string> Mean, EquatableArray<string> Std);

/// <summary>A line for the class's header and <c>Info</c>: the recipe, a size, a measured error. Some keys also have a property of their own.</summary>
internal sealed record PlanFact(string Key, string Value)
{
    public const string Recipe = "recipe", AccuracyBefore = "accuracyBefore", AccuracyAfter = "accuracyAfter";
}

/// <summary>
/// Weights stored in one form and executed in another: <paramref name="Decoder"/> reads <paramref name="Elements"/> values and writes them at <paramref name="To"/>, or what
/// <paramref name="Form"/>, if it isn't empty, makes of them. <paramref name="Sizes"/> are what else it needs to know.
/// </summary>
internal sealed record PlanExpansion(string Name, string Decoder, int From, int To, int Elements, string Form = "", EquatableArray<int> Sizes = default);

/// <summary>One kernel call: one line of the plan, one statement of the generated class. <paramref name="Comment"/> is for readers only.</summary>
internal sealed record PlanCall(string Kernel, EquatableArray<PlanArgument> Arguments, string Comment);

/// <summary>An argument by the name of the kernel's parameter, in the plan's notation.</summary>
internal sealed record PlanArgument(string Name, string Value);

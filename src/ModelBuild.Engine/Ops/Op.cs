namespace ModelBuild.Engine;

/// <summary>
/// What a node computes: a record whose parameters are ONNX's attributes, with its newest opset's defaults. Inputs that only matter while compiling (shapes, axes, pads) are
/// parameters too. Nothing else in the engine names an operator: it owns its types, its meaning, its folding and its lowering.
/// </summary>
internal abstract record Op
{
    /// <summary>ONNX's name.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The outputs' types; null stands for an absent input.</summary>
    /// <exception cref="OperatorException">The operator doesn't take such inputs.</exception>
    public abstract TensorType[] Infer(TensorType?[] inputs);

    /// <summary>The operator's meaning, written plainly and computed in double precision where it computes: folds constants, judges kernels.</summary>
    public abstract Tensor[] Evaluate(Tensor?[] inputs);

    /// <summary>Writes kernel calls for the node.</summary>
    public abstract void Lower(Lowering lowering, Node node);

    /// <summary>The outputs where they are known while compiling, else null.</summary>
    public virtual Tensor[]? Fold(TensorType?[] types, Tensor?[] constants)
    {
        for (int i = 0; i < types.Length; i++)
        {
            if (types[i] != null && constants[i] == null)
                return null;
        }
        Infer(types);
        return Evaluate(constants);
    }

    /// <summary>The bounds where the operator only clamps: a kernel before it does that for nothing.</summary>
    public virtual (float Lo, float Hi)? Clamp => null;

    /// <summary>Whether the operator adds two inputs: a convolution before it does that as it stores.</summary>
    public virtual bool AddsTwo => false;

    /// <summary>Whether the operator takes images in planes as well as with channels last.</summary>
    public virtual bool TakesPlanes(Lowering lowering, Node node) => false;

    /// <summary>The border that a kernel for this node wants around its input, filled with zeros (channels-last data only).</summary>
    public virtual Halo Halo(int input) => default;

    /// <summary>The inputs that hold weights where they are constant: what steps prune and quantize.</summary>
    public virtual Ints Weights => default;

    // What lowering asks of quantized groups (DequantizeLinear → operator → QuantizeLinear).

    /// <summary>How the input's integers are to be read as numbers, where the operator does only that; such a node is lowered when a float kernel reads it.</summary>
    public virtual Quantization? Dequantizes => null;

    /// <summary>The element of the input that stands for zero: what a border is filled with.</summary>
    public virtual int ZeroElement => Dequantizes?.ZeroPoints[0] ?? 0;

    /// <summary>Where the operator only moves elements about, whatever they mean: the operator that moves the integers that stand for them.</summary>
    public virtual Op? OnIntegers(Quantization meaning) => null;

    /// <summary>Where an axis of the input is in the output, if all of it is there.</summary>
    public virtual int? AxisAfter(int axis, int rank) => null;

    /// <summary>Whether the first input is rows that are multiplied by a matrix, the second.</summary>
    public virtual bool MultipliesRows => false;

    /// <summary>How the first input meets constant weights, the second, where that is a matrix product, patch by patch: what weights are then solved by.</summary>
    public virtual PatchProduct? AsPatches(TensorType input, TensorType weights, TensorType output) => null;

    /// <summary>Where the operator is such a product: the one that makes of its outputs others, each of all of them at its place.</summary>
    public virtual Op? Mix() => null;

    /// <summary>Whether a quantized group of the operator runs as integers.</summary>
    public virtual bool HasIntegerKernel => false;

    /// <summary>Whether integers leave the operator with the meaning with which they come in.</summary>
    public virtual bool KeepsScale => false;

    /// <summary>The operator on unsigned bytes, where it is about signed ones: 128 is added to the zero point.</summary>
    public virtual Op? AsUnsigned => null;

    /// <summary>The axis of the constant second input that counts outputs: weights, which get a scale for each.</summary>
    public virtual int? WeightsAxis => null;

    /// <summary>How the output's integers stand for numbers, where the operator only quantizes.</summary>
    public virtual Quantization? Quantizes => null;

    // What simplify asks. The answers are exact: the graph means the same afterwards, up to float rounding where constants are multiplied.

    /// <summary>Whether the first output is the first input, unchanged.</summary>
    public virtual bool IsNothing(TensorType input, TensorType output) => false;

    /// <summary>One operator that does what <paramref name="before"/> and then this one do; both have one data input.</summary>
    public virtual Op? After(Op before) => null;

    /// <summary>y = x·scale + shift by channel (axis 1, or the last of a matrix), where the operator is just that.</summary>
    public virtual Affine? AsAffine(TensorType input, Tensor?[] constants) => null;

    /// <summary>The operator's constants, with an affine map of its output's channels worked into them; by input, as many as it then has.</summary>
    public virtual Tensor?[]? WithAffine(Affine affine, Tensor?[] constants) => null;

    /// <summary>The operator's constants, with y = x·scale + shift of its first input worked into them; scale and shift have that input's shape.</summary>
    public virtual Tensor?[]? BehindAffine(Tensor scale, Tensor shift, Tensor?[] constants) => null;

    /// <summary>Whether channels that are s times as large, s positive, leave the operator s times as large.</summary>
    public virtual bool IsHomogeneous => OnlyMoves;

    /// <summary>The zeros that the operator puts around a tensor (begins, then ends, of every axis), where that is all that it does.</summary>
    public virtual Ints? ZeroPads => null;

    /// <summary>The operator with zeros around its input as part of itself.</summary>
    public virtual Op? WithPads(Ints pads) => null;

    // What the removal of channels asks.

    /// <summary>Which channels of inputs and outputs go together; null where the operator can't do without any, or its channels can't be told apart.</summary>
    public virtual ChannelMap? Channels(Operand?[] inputs) => null;

    /// <summary>Whether the output is nothing but elements of the first input.</summary>
    public virtual bool OnlyMoves => false;

    /// <summary>The operator on fewer channels; null stands for an input that is read as a whole.</summary>
    public virtual Op WithChannels(Kept?[] inputs, Kept[] outputs) => this;

    /// <summary>The type, if it is there and of one of these element types.</summary>
    protected TensorType Need(TensorType? type, params ReadOnlySpan<ElementType> elements)
    {
        if (type == null)
            throw new OperatorException("an input is missing");
        if (!elements.Contains(type.Element))
            throw new OperatorException($"{type.Element.Word()} is not supported; {string.Join(", ", elements.ToArray().Select(e => e.Word()))} {(elements.Length == 1 ? "is" : "are")}");
        return type;
    }
}

/// <summary>y = x·<paramref name="Scale"/> + <paramref name="Shift"/>, one value a channel; null is 1, or 0.</summary>
internal sealed record Affine(float[]? Scale, float[]? Shift);

/// <summary>Rows and columns around a channels-last image.</summary>
internal readonly record struct Halo(int Top, int Left, int Bottom, int Right)
{
    public static Halo Max(Halo a, Halo b) => new(Math.Max(a.Top, b.Top), Math.Max(a.Left, b.Left), Math.Max(a.Bottom, b.Bottom), Math.Max(a.Right, b.Right));
}

/// <summary>An operator can't do what it is asked: the text says why. Whoever knows the file and the node turns it into a diagnostic.</summary>
internal sealed class OperatorException(string message) : Exception(message);

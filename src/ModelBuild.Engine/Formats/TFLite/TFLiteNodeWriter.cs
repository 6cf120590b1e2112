namespace ModelBuild.Engine;

/// <summary>
/// A node while it is written: its inputs as tensors with channels first, as the graph has them, or last, and where its output goes. Where it is one of integers, inputs are bytes,
/// and the output is quantized by <paramref name="target"/>.
/// </summary>
internal sealed class TFLiteNodeWriter(TFLiteWriter writer, Node node, EquatableArray<string> inputs, EquatableArray<string> outputs, Quantization? target, int activation)
{
    public bool IsInteger => target != null;

    /// <summary>What the output's bytes mean, where the node is one of integers.</summary>
    public Quantization? Target => target;

    /// <summary>The activation that is part of the operator, by the file's number; 0 is none.</summary>
    public sbyte Activation => (sbyte)activation;

    public int InputCount => inputs.Count;

    public int OutputCount => outputs.Count(o => o.Length > 0);

    public Shape OutputShape(int output) => writer.Type(outputs[output]).Shape;

    public bool Has(int input) => input < inputs.Count && inputs[input].Length > 0;

    /// <summary>The shape of an input in the graph's order.</summary>
    public Shape Shape(int input) => writer.Type(inputs[input]).Shape;

    public Shape Output => writer.Type(outputs[0]).Shape;

    public ElementType OutputElement => writer.Type(outputs[0]).Element;

    public Shape ShapeOf(int tensor) => writer.Tensor(tensor).Type.Shape;

    public TensorType Type(int input) => writer.Type(inputs[input]);

    /// <summary>The constant as it is in the graph, numbers where integers stand for them.</summary>
    public Tensor? Constant(int input)
    {
        if (!Has(input))
            return null;
        if (writer.Constant(inputs[input]) is { } constant)
            return constant;
        return writer.StandsFor(inputs[input]) is var (integers, meaning) && writer.Constant(integers) is { } stored ? new DequantizeLinear(meaning).Evaluate([stored])[0] : null;
    }

    /// <summary>Constant integers and what they mean.</summary>
    public (Tensor Integers, Quantization As)? Integers(int input) =>
        writer.StandsFor(inputs[input]) is var (integers, meaning) && writer.Constant(integers) is { } stored ? (TFLiteWriter.Signed(stored), TFLiteWriter.Signed(meaning)) : null;

    /// <summary>Whether an input is an image that is there with channels last, so that the operator had best read and write it like this.</summary>
    public bool IsLast(params ReadOnlySpan<int> which)
    {
        foreach (int input in which)
        {
            if (Has(input) && Shape(input).Rank is 3 or 4 && writer.Constant(inputs[input]) == null && writer.Has(inputs[input], last: true))
                return true;
        }
        return false;
    }

    public bool IsPlain(int input) => writer.Has(inputs[input], last: false);

    public int Get(int input, bool last = false) => writer.Get(inputs[input], last);

    /// <summary>Where an axis of the graph's order is.</summary>
    public static int Axis(int axis, int rank, bool last) => last ? TFLiteWriter.ToLast(rank).ToList().IndexOf(axis) : axis;

    public static Shape Order(Shape shape, bool last) => last ? ModelBuild.Engine.Shape.Of(TFLiteWriter.ToLast(shape.Rank).Select(a => shape[a])) : shape;

    /// <summary>An input for an operator that broadcasts: of fewer axes than the output, it gets further ones where those are not the first.</summary>
    public int Broadcast(int input, bool last)
    {
        int rank = Output.Rank;
        if (!last || Shape(input).Rank == rank)
            return Get(input, last);
        Shape wide = ModelBuild.Engine.Shape.Of([.. Enumerable.Repeat(1, rank - Shape(input).Rank), .. Shape(input)]);
        return Constant(input) is { Element: ElementType.Float32 } constant && !IsInteger
            ? Constant(new Transpose(TFLiteWriter.ToLast(rank)).Evaluate([constant.Reshape(wide)])[0])
            : writer.Transposed(writer.Reshaped(Get(input), wide), TFLiteWriter.ToLast(rank));
    }

    public int Numbers(Ints values, bool matrix = false) => writer.Numbers(values, matrix);

    public int Number(int value) => writer.AddTensor(new(writer.Fresh($"{node.Name}.number"), new(ElementType.Int32, ModelBuild.Engine.Shape.Scalar), Data: Tensor.Scalar(value)));

    public int Constant(Tensor tensor) => writer.AddConstant(writer.Fresh($"{node.Name}.constant"), tensor, null);

    public int Value(float value) => Constant(Tensor.Scalar(value));

    public int Constant(Tensor tensor, Quantization? meaning) => writer.AddConstant(writer.Fresh($"{node.Name}.constant"), tensor, meaning);

    public Quantization? Meaning(int tensor) => writer.Tensor(tensor).Meaning;

    public ElementType Element(int tensor) => writer.Tensor(tensor).Type.Element;

    /// <summary>Weights in the file's order, an axis of which counts outputs: bytes where the node is one of integers, else numbers.</summary>
    public int Weights(int input, Func<Tensor, Tensor> order, int outputsAxis)
    {
        if (Integers(input) is var (integers, meaning) && meaning.Block == 0 && integers.Element is ElementType.Int8 or ElementType.Int4 && meaning.ZeroPoints.All(z => z == 0) && (meaning.Scales.Count == 1 || integers.Shape.Axis(meaning.Axis) == node.Op.WeightsAxis))
        {
            Tensor bytes = integers.Element == ElementType.Int4 ? Tensor.From(integers.Type with { Element = ElementType.Int8 }, integers.Int64s()) : integers;
            int tensor = writer.AddConstant(inputs[input], order(bytes), meaning with { Type = ElementType.Int8, Axis = meaning.Scales.Count == 1 ? 1 : outputsAxis });
            return IsInteger ? tensor : writer.Emit("DEQUANTIZE", [tensor], writer.Tensor(tensor).Type with { Element = ElementType.Float32 }, null, writer.Fresh(inputs[input]), meaning.Scales.Count > 1 ? 5 : 2);
        }
        Tensor floats = Constant(input) ?? throw new OperatorException("weights that are not constant are not supported");
        return writer.AddWeights(inputs[input], order(floats), outputsAxis);
    }

    /// <summary>The bias as a vector, of zeros where there is none, as kernels may take no other: int32 in steps of the input's and the weights' where the node is one of integers.</summary>
    public int Bias(int input, int weights, int outputs, float factor = 1)
    {
        if (IsInteger)
        {
            (Tensor integers, Quantization w) = (Has(input) ? Integers(input)!.Value.Integers : Tensor.Of<int>([outputs], new int[outputs]), Meaning(weights)!);
            float x = writer.StandsFor(node.Inputs[0])!.Value.As.Scale;
            var meaning = new Quantization(new(w.Scales.Select(s => x * s)), new(new int[w.Scales.Count]), ElementType.Int32, w.Scales.Count == 1 ? 1 : 0);
            return writer.AddConstant(Has(input) ? inputs[input] : $"{node.Name}.bias", integers.Reshape([integers.Shape.Size]), meaning);
        }
        float[] values = new float[outputs];
        if (Has(input))
        {
            Tensor bias = Constant(input) ?? throw new OperatorException("a bias that is not constant is not supported");
            for (int m = 0; m < outputs; m++)
                values[m] = factor * bias.F32[bias.Shape.Size == 1 ? 0 : m];
        }
        return writer.AddConstant(Has(input) ? inputs[input] : $"{node.Name}.bias", Tensor.Of<float>([outputs], values), null);
    }

    public int Reshaped(int tensor, Shape shape) => writer.Reshaped(tensor, shape);

    public int Transposed(int tensor, Ints order) => writer.Transposed(tensor, order);

    public Ints Lengths(Shape x, Shape y) => writer.Lengths(x, y);

    /// <summary>A tensor on the way, that means what the operator's first input does.</summary>
    public int Mid(string op, int[] tensors, Shape shape, params (int Field, object Value)[] options) =>
        writer.Emit(op, tensors, writer.Tensor(tensors[0]).Type with { Shape = shape }, writer.Tensor(tensors[0]).Meaning, writer.Fresh($"{node.Name}.{op.ToLowerInvariant()}"), 0, options);

    /// <summary>The same of another element type.</summary>
    public int MidOf(ElementType element, string op, int[] tensors, Shape shape, params (int Field, object Value)[] options) =>
        writer.Emit(op, tensors, new(element, shape), null, writer.Fresh($"{node.Name}.{op.ToLowerInvariant()}"), 0, options);

    /// <summary>The same of what another tensor means.</summary>
    public int MidOf(int like, int version, string op, int[] tensors, Shape shape, params (int Field, object Value)[] options) =>
        writer.Emit(op, tensors, writer.Tensor(like).Type with { Shape = shape }, writer.Tensor(like).Meaning, writer.Fresh($"{node.Name}.{op.ToLowerInvariant()}"), version, options);

    /// <summary>The bytes as those of another meaning.</summary>
    public int Requantized(int tensor, Quantization meaning) => writer.Tensor(tensor).Meaning == meaning ? tensor
        : writer.Emit("QUANTIZE", [tensor], writer.Tensor(tensor).Type with { Element = ElementType.Int8 }, meaning, writer.Fresh($"{node.Name}.quantize"));

    /// <summary>The tensor in the meaning of the node's output, where it has one.</summary>
    public int Requantized(int tensor) => target == null ? tensor : Requantized(tensor, target);

    /// <summary>The operator whose output is the node's.</summary>
    public void Put(string op, int[] tensors, bool last, params (int Field, object Value)[] options) => Put(0, op, tensors, last, options);

    public void Put(int version, string op, int[] tensors, bool last, params (int Field, object Value)[] options)
    {
        Shape shape = Order(Output, last);
        if (target == null)
        {
            // Bytes that are only moved mean what they meant.
            bool moved = writer.Type(outputs[0]).Element is ElementType.UInt8 or ElementType.Int8 && writer.Tensor(tensors[0]) is { Type.Element: ElementType.Int8, Meaning: not null };
            TensorType type = new(moved ? ElementType.Int8 : writer.Type(outputs[0]).Element, shape);
            writer.Put(outputs[0], last, writer.Emit(op, tensors, type, moved ? writer.Tensor(tensors[0]).Meaning : null, writer.Fresh(outputs[0]), version, options));
            return;
        }
        int y = writer.Emit(op, tensors, new(ElementType.Int8, shape), Given(op, tensors), writer.Fresh(outputs[0]), version, options);
        writer.Put(outputs[0], last, Requantized(y, target));
    }

    /// <summary>What the operator's bytes mean: the node's output where it may choose.</summary>
    private Quantization? Given(string op, int[] tensors) =>
        TFLiteOperators.ByName[op] is var row && row.KeepsMeaning ? writer.Tensor(tensors[0]).Meaning : row.Gives ?? target;

    /// <summary>A tensor on the way that is the node's output but for its shape.</summary>
    public int Made(string op, int[] tensors, Shape shape, params (int Field, object Value)[] options) =>
        writer.Emit(op, tensors, writer.Tensor(tensors[0]).Type with { Shape = shape }, target == null ? writer.Tensor(tensors[0]).Meaning : Given(op, tensors), writer.Fresh($"{node.Name}.{op.ToLowerInvariant()}"), 0, options);

    /// <summary>The node's output is this tensor.</summary>
    public void Put(int tensor, bool last) => writer.Put(outputs[0], last, Requantized(tensor));

    /// <summary>The activation, which the operator before can't have as part of it.</summary>
    public int Activated(int tensor) => activation switch
    {
        1 => Mid("RELU", [tensor], ShapeOf(tensor)), 2 => Mid("RELU_N1_TO_1", [tensor], ShapeOf(tensor)), 3 => Mid("RELU6", [tensor], ShapeOf(tensor)), _ => tensor,
    };

    /// <summary>An operator with as many outputs as the node, which have the meaning of its data.</summary>
    public void PutAll(string op, int data, int[] tensors, bool last, params (int Field, object Value)[] options)
    {
        int[] made = [.. outputs.Select(o => writer.AddTensor(writer.Tensor(data) with { Name = writer.Fresh(o), Type = writer.Tensor(data).Type with { Shape = Order(writer.Type(o).Shape, last) }, Data = null, Batch = false }))];
        for (int i = 0; i < made.Length; i++)
            writer.Put(outputs[i], last, made[i]);
        writer.Emit(op, tensors, made, 0, options);
    }

    /// <summary>The largest elements, and their indices, which are int32 in the file.</summary>
    public void PutTop(int x, int count)
    {
        TensorType y = writer.Type(outputs[0]);
        int values = writer.AddTensor(new(writer.Fresh(outputs[0]), y)), places = writer.AddTensor(new(writer.Fresh($"{node.Name}.places"), y with { Element = ElementType.Int32 }));
        writer.Emit("TOPK_V2", [x, count], [values, places], 0, []);
        writer.Put(outputs[0], false, values);
        writer.Put(outputs[1], false, writer.Emit("CAST", [places], y with { Element = ElementType.Int64 }, null, writer.Fresh(outputs[1])));
    }

    /// <summary>The node's output is this tensor, another order of the input's elements.</summary>
    public void PutOrder(int tensor, bool last) => writer.Put(outputs[0], last, Requantized(tensor));
}

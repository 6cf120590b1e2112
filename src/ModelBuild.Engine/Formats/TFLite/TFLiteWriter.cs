namespace ModelBuild.Engine;

/// <summary>
/// A graph as a TensorFlow Lite file. Images have channels last there, and first here: a value of three or four axes may be there in either order, and is transposed where only the other one is.
/// A dequantized value is its integers, and is made numbers only where an operator reads it that has no kernel for integers; unsigned bytes become signed ones, 128 less. The same graph gives the same bytes.
/// </summary>
internal sealed class TFLiteWriter
{
    private const string Format = "TensorFlow Lite";

    // Smaller constants stay float32: what makes them of something else would take more than it saves.
    private const int LeastElements = 64;

    private readonly Graph _graph;
    private readonly List<TFLiteNewTensor> _tensors = [];
    private readonly List<TFLiteNewCall> _calls = [];
    private readonly Dictionary<(string Value, bool Last), int> _at = [];
    private readonly Dictionary<string, string> _same = [];
    private readonly Dictionary<string, (string Integers, Quantization As)> _standsFor = [];
    private readonly Dictionary<string, int> _ints = [];
    private readonly HashSet<string> _names;
    private readonly HashSet<Node> _done = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Node[]> _readers;

    private TFLiteWriter(Graph graph)
    {
        _graph = graph;
        _names = [.. graph.Inputs, .. graph.Outputs];
        _readers = graph.Nodes.SelectMany(n => n.Inputs.Distinct().Select(i => (i, n))).GroupBy(p => p.i, p => p.n).ToDictionary(g => g.Key, g => g.ToArray());
    }

    public bool Batch => _graph.Batch;

    /// <param name="graph">What to write.</param>
    /// <param name="producer">The version of the tool that writes.</param>
    /// <exception cref="ExportException">TensorFlow Lite has no operator that says what a node does.</exception>
    public static byte[] Write(Graph graph, string producer) => new TFLiteWriter(graph).Build(producer);

    private byte[] Build(string producer)
    {
        int[] inputs = [.. _graph.Inputs.Select(AddInput)];
        foreach (Node node in _graph.Nodes.Where(n => !_done.Contains(n)))
        {
            try
            {
                Add(node);
            }
            catch (OperatorException e)
            {
                throw new ExportException(node, Format, e.Message);
            }
        }
        var outputs = new List<int>();
        foreach (string output in _graph.Outputs)
            outputs.Add(AddOutput(output, [.. inputs, .. outputs]));
        return TFLiteFileWriter.Write(_graph.Name.Length > 0 ? _graph.Name : "main", producer, _tensors, _calls, inputs, [.. outputs]);
    }

    public TensorType Type(string value) => _graph.Types[value];

    public Tensor? Constant(string value) => _graph.Constant(Root(value));

    public TFLiteNewTensor Tensor(int tensor) => _tensors[tensor];

    private int AddInput(string input)
    {
        TensorType type = _graph.Types[input];
        Quantization? meaning = MeaningBehind(input);
        int tensor = AddTensor(new(input, type, meaning, Batch: Batch));
        _at[(input, false)] = meaning?.Type == ElementType.UInt8 ? Emit("QUANTIZE", [tensor], type with { Element = ElementType.Int8 }, Signed(meaning), Fresh($"{input}.signed")) : tensor;
        return tensor;
    }

    /// <summary>What an input's bytes mean to whoever reads them, or what is moved of them.</summary>
    private Quantization? MeaningBehind(string value)
    {
        if (_graph.Types[value].Element is not (ElementType.UInt8 or ElementType.Int8))
            return null;
        foreach (Node reader in _readers.GetValueOrDefault(value, []))
        {
            if ((reader.Op.Dequantizes is { Scales.Count: 1 } q ? q with { Axis = 1 } : reader.Op is Movement ? reader.Outputs.Select(MeaningBehind).FirstOrDefault(m => m != null) : null) is { } meaning)
                return meaning;
        }
        return null;
    }

    private int AddOutput(string output, int[] taken)
    {
        int tensor = Get(output, last: false);
        TFLiteNewTensor t = _tensors[tensor];
        if (t.Meaning is { } q && _graph.Types[output].Element == ElementType.UInt8 && t.Type.Element == ElementType.Int8)
            tensor = Emit("QUANTIZE", [tensor], t.Type with { Element = ElementType.UInt8 }, q with { Type = ElementType.UInt8, ZeroPoints = new(q.ZeroPoints.Select(z => z + 128)) }, output);
        else if (t.Data != null || taken.Contains(tensor))
            tensor = Reshaped(tensor, t.Type.Shape);
        _tensors[tensor] = _tensors[tensor] with { Name = output, Batch = Batch };
        return tensor;
    }

    private void Add(Node node)
    {
        _done.Add(node);
        string output = node.Outputs[0];
        if (node.Op.Dequantizes is { } from)
        {
            if (Constant(node.Inputs[0]) == null && (from.Scales.Count != 1 || from.Type is not (ElementType.Int8 or ElementType.UInt8)))
                throw new OperatorException($"{from.Type.Word()} with {from.Scales.Count} scales is not supported; u8 and i8 with one are");
            if (Constant(node.Inputs[0]) == null && _tensors[Get(node.Inputs[0], Has(node.Inputs[0], last: true))].Meaning != Signed(from))
                throw new OperatorException($"the bytes of '{node.Inputs[0]}' mean nothing, or something else, where they are made");
            _standsFor[output] = (Root(node.Inputs[0]), from);
            return;
        }
        if (node.Op.Quantizes is { } to)
        {
            if (to.Scales.Count != 1 || to.Type is not (ElementType.Int8 or ElementType.UInt8))
                throw new OperatorException($"{to.Type.Word()} with {to.Scales.Count} scales is not supported; u8 and i8 with one are");
            if (StandsFor(node.Inputs[0]) is var (integers, meaning) && Signed(meaning) == Signed(to))
                _same[output] = integers;
            else
            {
                string value = StandsFor(node.Inputs[0])?.Integers ?? node.Inputs[0];
                bool last = Has(value, last: true);
                int x = Get(value, last);
                _at[(output, last)] = Emit("QUANTIZE", [x], _tensors[x].Type with { Element = ElementType.Int8 }, Signed(to), Fresh(output));
            }
            return;
        }
        if (node.Op is Identity)
        {
            _same[output] = Root(node.Inputs[0]);
            return;
        }
        if (!TFLiteOperators.ByOp.TryGetValue(node.Op.GetType(), out TFLiteWriting? row))
            throw new OperatorException($"TensorFlow Lite has no operator that says the same; valid: {string.Join(", ", TFLiteOperators.ByOp.Keys.Select(t => t.Name).Order(StringComparer.Ordinal))}");
        row.Write(Plan(node, row), node.Op);
    }

    /// <summary>What of the nodes behind becomes part of the operator: an activation, and the quantization with which it is one of integers.</summary>
    private TFLiteNodeWriter Plan(Node node, TFLiteWriting row)
    {
        string end = node.Outputs[0];
        if (node.Outputs.Count > 1)
            return new TFLiteNodeWriter(this, node, node.Inputs, node.Outputs, null, 0);
        Node? clamp = SoleReader(end) is { Op.Clamp: { } } reader ? reader : null;
        int activation = clamp == null || !row.Fuses ? 0 : ActivationOf(clamp.Op.Clamp!.Value);
        if (row.Integers && HasIntegers(node) && row.OfIntegers?.Invoke(node.Op, _graph.Types[node.Inputs[0]].Shape, _graph.Types[end].Shape) != false)
        {
            Node? quantizing = clamp == null ? SoleReader(end) : SoleReader(clamp.Outputs[0]);
            if (quantizing?.Op.Quantizes is { Scales.Count: 1, Type: ElementType.Int8 or ElementType.UInt8 } q && (clamp == null || activation > 0 || Includes(clamp.Op.Clamp!.Value, q)))
            {
                _done.Add(quantizing);
                if (clamp != null)
                    _done.Add(clamp);
                return new TFLiteNodeWriter(this, node, new(node.Inputs.Select((v, i) => i > 0 && node.Op.WeightsAxis != null ? v : StandsFor(v)?.Integers ?? v)), quantizing.Outputs, Signed(q), activation);
            }
        }
        if (activation == 0)
            return new TFLiteNodeWriter(this, node, node.Inputs, node.Outputs, null, 0);
        _done.Add(clamp!);
        return new TFLiteNodeWriter(this, node, node.Inputs, clamp!.Outputs, null, activation);
    }

    /// <summary>Whether all that the node reads is bytes, and its weights and bias are what kernels of integers take.</summary>
    private bool HasIntegers(Node node)
    {
        if (node.Op.WeightsAxis is not { } axis)
            return node.Inputs.All(i => i.Length == 0 || _graph.Types[i].Element != ElementType.Float32 || StandsFor(i) is { As: { Scales.Count: 1, Type: ElementType.Int8 or ElementType.UInt8 } });
        if (StandsFor(node.Inputs[0]) is not { As: { Scales.Count: 1, Type: ElementType.Int8 or ElementType.UInt8 } x } || Constant(node.Inputs[0]) != null || StandsFor(node.Inputs[1]) is not var (weights, w) || Constant(weights) is not { } tensor)
            return false;
        if (w.Block != 0 || w.Type is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int4) || Signed(w).ZeroPoints.Any(z => z != 0) || (w.Scales.Count > 1 && tensor.Shape.Axis(w.Axis) != axis))
            return false;
        if (node.Inputs.Count < 3 || node.Inputs[2].Length == 0)
            return true;
        // A bias counts in steps of what its inputs and weights count in; files round that product now and then.
        return StandsFor(node.Inputs[2]) is var (bias, b) && Constant(bias) is { Element: ElementType.Int32 } && b.ZeroPoints.All(z => z == 0) && b.Scales.Count is var count
            && (count == w.Scales.Count || count == 1 || w.Scales.Count == 1)
            && Enumerable.Range(0, Math.Max(count, w.Scales.Count)).All(m => Math.Abs(b.Scales[count == 1 ? 0 : m] / (x.Scale * w.Scales[w.Scales.Count == 1 ? 0 : m]) - 1) <= 1e-5f);
    }

    private static int ActivationOf((float Lo, float Hi) clamp) => clamp switch { (0, float.PositiveInfinity) => 1, (-1, 1) => 2, (0, 6) => 3, _ => 0 };

    private static bool Includes((float Lo, float Hi) clamp, Quantization q) =>
        clamp.Lo <= q.Scale * (q.Range.Least - q.Zero) && clamp.Hi >= q.Scale * (q.Range.Most - q.Zero);

    private Node? SoleReader(string value) => _readers.GetValueOrDefault(value) is [var only] && only.Inputs.Count(i => i == value) == 1 && only.Inputs[0] == value && !_graph.Outputs.Contains(value) ? only : null;

    public (string Integers, Quantization As)? StandsFor(string value) => value.Length > 0 && _standsFor.TryGetValue(Root(value), out var known) ? known : null;

    private string Root(string value)
    {
        while (_same.TryGetValue(value, out string? other))
            value = other;
        return value;
    }

    /// <summary>Signed bytes that stand for the same numbers.</summary>
    public static Quantization Signed(Quantization q) =>
        (q.Type == ElementType.UInt8 ? q with { Type = ElementType.Int8, ZeroPoints = new(q.ZeroPoints.Select(z => z - 128)) } : q) is var signed && signed.Scales.Count == 1 ? signed with { Axis = 1 } : signed;

    /// <summary>Unsigned bytes, each 128 less.</summary>
    public static Tensor Signed(Tensor tensor) => tensor.Element != ElementType.UInt8 ? tensor : new(tensor.Type with { Element = ElementType.Int8 }, Array.ConvertAll(tensor.Bytes.ToArray(), b => (byte)(b ^ 0x80)));

    public static Ints ToLast(int rank) => new([0, .. Enumerable.Range(2, rank - 2), 1]);

    public static Ints ToFirst(int rank) => new([0, rank - 1, .. Enumerable.Range(1, rank - 2)]);

    /// <summary>Whether the value is there in this order, or what it stands for is, without a transposition.</summary>
    public bool Has(string value, bool last) => Root(value) is var root && (_at.ContainsKey((root, last)) || (StandsFor(root) is { } integers && _at.ContainsKey((integers.Integers, last))));

    /// <summary>The value's tensor, with channels first or last.</summary>
    public int Get(string value, bool last)
    {
        value = Root(value);
        if (_at.TryGetValue((value, last), out int tensor))
            return tensor;
        int rank = _graph.Types[value].Shape.Rank;
        if (_graph.Constant(value) is { } constant)
            return _at[(value, last)] = AddConstant(value, last ? new Transpose(ToLast(rank)).Evaluate([constant])[0] : constant, MeaningOf(value));
        if (_at.TryGetValue((value, !last), out int other))
            return _at[(value, last)] = Transposed(other, last ? ToLast(rank) : ToFirst(rank));
        if (StandsFor(value) is not var (integers, meaning))
            throw new OperatorException($"it reads '{value}', which nothing before it computes");
        if (_graph.Constant(integers) is { } known)
        {
            Tensor numbers = meaning.Block == 0 && meaning.Type is ElementType.Int8 or ElementType.UInt8 ? known : new DequantizeLinear(meaning).Evaluate([known])[0];
            if (numbers.Element == ElementType.Float32)
                return _at[(value, last)] = AddConstant(value, last ? new Transpose(ToLast(rank)).Evaluate([numbers])[0] : numbers, null);
        }
        bool order = Has(integers, last) ? last : !last && Has(integers, !last) ? !last : Has(integers, true);
        int x = Get(integers, order);
        _at[(value, order)] = Emit("DEQUANTIZE", [x], _tensors[x].Type with { Element = ElementType.Float32 }, null, Fresh(value), meaning.Scales.Count > 1 ? 5 : 2);
        return Get(value, last);
    }

    private Quantization? MeaningOf(string integers) => _standsFor.Values.Where(s => s.Integers == integers).Select(s => s.As).FirstOrDefault();

    public void Put(string value, bool last, int tensor) => _at[(value, last)] = tensor;

    /// <summary>A constant in the smallest form that says it to the bit.</summary>
    public int AddConstant(string name, Tensor tensor, Quantization? meaning)
    {
        if (meaning != null)
            return AddTensor(new(Fresh(name), Signed(tensor).Type, Signed(meaning), Signed(tensor)));
        if (tensor.Element == ElementType.Float32 && tensor.Shape.Size >= LeastElements)
        {
            Half[] halves = Array.ConvertAll(tensor.F32.ToArray(), v => (Half)v);
            bool exact = true;
            for (int i = 0; i < halves.Length && exact; i++)
                exact = ((float)halves[i]).Equals(tensor.F32[i]);
            if (exact)
                return Emit("DEQUANTIZE", [AddTensor(new(Fresh($"{name}.f16"), tensor.Type with { Element = ElementType.Float16 }, Data: Engine.Tensor.Of(tensor.Shape, halves)))], tensor.Type, null, Fresh(name), 3);
        }
        return AddTensor(new(Fresh(name), tensor.Type, Data: tensor));
    }

    /// <summary>Weights, of which an axis counts outputs: as integers and scales, where they are that to the bit.</summary>
    public int AddWeights(string name, Tensor tensor, int outputs)
    {
        if (tensor.Element != ElementType.Float32 || tensor.Shape.Size < LeastElements)
            return AddConstant(name, tensor, null);
        int length = tensor.Shape[outputs], inner = tensor.Shape.Skip(outputs + 1).Aggregate(1, (a, b) => a * b);
        if (Grid.Of(tensor.F32, [.. Enumerable.Range(0, tensor.Shape.Size).Select(i => i / inner % length)], length) is not [var grid, ..] || tensor.Shape.Size < 8 * length)
            return AddConstant(name, tensor, null);
        // What is all zero has no scale, and any does.
        var meaning = new Quantization(new(grid.Scales.Select(s => s > 0 ? s : 1)), new(new int[length]), ElementType.Int8, outputs);
        return Emit("DEQUANTIZE", [AddTensor(new(Fresh($"{name}.int"), tensor.Type with { Element = ElementType.Int8 }, meaning, Engine.Tensor.Of(tensor.Shape, grid.Integers)))], tensor.Type, null, Fresh(name), 5);
    }

    /// <summary>Constant int32 that say something about an operator: axes, sizes, pads.</summary>
    public int Numbers(Ints values, bool matrix = false)
    {
        string key = $"{values}{matrix}";
        if (_ints.TryGetValue(key, out int known))
            return known;
        Shape shape = matrix ? [values.Count / 2, 2] : [values.Count];
        return _ints[key] = AddTensor(new($"c{_ints.Count}", new(ElementType.Int32, shape), Data: Engine.Tensor.Of(shape, values.ToArray())));
    }

    public int AddTensor(TFLiteNewTensor tensor)
    {
        _tensors.Add(tensor);
        return _tensors.Count - 1;
    }

    /// <summary>Adds an operator with one output, a new tensor.</summary>
    public int Emit(string op, int[] inputs, TensorType type, Quantization? meaning, string name, int version = 0, params (int Field, object Value)[] options)
    {
        int output = AddTensor(new(name, type, meaning));
        Emit(op, inputs, [output], version, options);
        return output;
    }

    public void Emit(string op, int[] inputs, int[] outputs, int version, (int Field, object Value)[] options)
    {
        if (version == 0)
            version = inputs.Any(i => i >= 0 && _tensors[i].Type.Element == ElementType.Int8) ? TFLiteOperators.ByName[op].IntegerVersion : 1;
        _calls.Add(new(op, version, inputs, outputs, options));
    }

    public int Transposed(int tensor, Ints order)
    {
        TFLiteNewTensor t = _tensors[tensor];
        Shape shape = Shape.Of(order.Select(a => t.Type.Shape[a]));
        // Where only axes of one element change places, all stays where it is.
        int[] moved = [.. order.Where(a => t.Type.Shape[a] != 1)];
        return moved.SequenceEqual(moved.Order())
            ? Reshaped(tensor, shape)
            : Emit("TRANSPOSE", [tensor, Numbers(order)], t.Type with { Shape = shape }, t.Meaning, Fresh(t.Name));
    }

    public int Reshaped(int tensor, Shape shape)
    {
        TFLiteNewTensor t = _tensors[tensor];
        Ints lengths = Lengths(t.Type.Shape, shape);
        return Emit("RESHAPE", [tensor, Numbers(lengths)], t.Type with { Shape = shape }, t.Meaning, Fresh(t.Name), 1, (0, lengths));
    }

    /// <summary>The lengths to reshape to; a batch is as long as it is.</summary>
    public Ints Lengths(Shape x, Shape y) => Batch && x is [1, ..] && y is [1, ..] && y.Size > 0 ? new([-1, .. y.Skip(1)]) : y.Axes;

    public string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; !_names.Add(name); i++)
            name = $"{hint}.{i}";
        return name;
    }
}

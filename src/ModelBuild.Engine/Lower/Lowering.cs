using System.Globalization;
using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>
/// From graph to kernel calls. Each node's operator is asked in turn and works through this: it reads values as they lie in memory, asks for room
/// for its results, and writes calls. A node may absorb the ones after it, which are then not asked.
/// </summary>
internal sealed class Lowering
{
    private readonly Graph _graph;
    private readonly Dictionary<string, View> _views = [];
    private readonly Dictionary<string, (int Input, View View)> _later = [];
    private readonly Dictionary<string, List<(Node Node, int Input)>> _readers = [];
    private readonly Dictionary<string, Node> _writers = [];
    private readonly Dictionary<(string, Layout), View> _copies = [];

    // Only for a view as it was allocated: another view of the same buffer (a slice, a transpose) has something else around it.
    private readonly Dictionary<View, Halo> _halos = new(ReferenceEqualityComparer.Instance);
    // Rows whose elements lie in another order than the model says: which element is where.
    private readonly Dictionary<string, int[]> _orders = [];
    private readonly HashSet<Node> _absorbed = new(ReferenceEqualityComparer.Instance);
    private readonly List<Buffer> _buffers = [];
    private readonly List<LoweredCall> _calls = [];
    private readonly List<string> _choices = [];
    private string _comment = "", _layer = "";

    private Lowering(Graph graph, Optimize optimize, Numerics numerics)
    {
        _graph = graph;
        Numerics = numerics;
        Weights = new(optimize);
        foreach (Node node in graph.Nodes)
        {
            foreach (string output in node.Outputs)
                _writers[output] = node;
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (!_readers.TryGetValue(node.Inputs[i], out List<(Node, int)>? readers))
                    _readers[node.Inputs[i]] = readers = [];
                readers.Add((node, i));
            }
        }
    }

    public WeightsWriter Weights { get; }

    public Numerics Numerics { get; }

    /// <summary>Calls, weights and scratch of a graph.</summary>
    public static Lowered Run(Graph graph, Optimize optimize = Optimize.Size, Numerics numerics = Numerics.Strict)
    {
        var lowering = new Lowering(graph, optimize, numerics);
        foreach (Node node in graph.Nodes.Where(n => !lowering._absorbed.Contains(n) && n.Op.Dequantizes == null))
            lowering.Lower(node);
        for (int i = 0; i < graph.Outputs.Length; i++)
        {
            lowering._comment = $"output '{graph.Outputs[i]}'";
            lowering.Store(i, lowering.Read(graph.Outputs[i]));
        }
        int scratch = MemoryPlan.Place(lowering._buffers);
        return new Lowered(new(lowering._calls.Select(c => c.ToPlan())), new(lowering.Weights.Expansions), lowering.Weights.ExpandedBytes, lowering.Weights, scratch, new(lowering._choices));
    }

    private void Lower(Node node)
    {
        string outer = _comment, outerLayer = _layer;
        _layer = node.Name;
        _comment = $"{node.Name}: {node.Op.Name} {Type(node.Outputs[0]).Shape}";
        try
        {
            node.Op.Lower(this, node);
        }
        catch (OperatorException e)
        {
            throw new OperatorException($"{node}: {e.Message}");
        }
        _comment = outer;
        _layer = outerLayer;
    }

    public TensorType Type(string value) => _graph.Types[value];

    public Tensor? Constant(string value) => value.Length == 0 ? null : _graph.Constant(value);

    /// <summary>The constant, or the numbers that constant integers stand for.</summary>
    public Tensor? ConstantNumbers(string value) =>
        Constant(value) ?? (QuantizedConstant(value) is { } quantized ? new DequantizeLinear(quantized.As).Evaluate([quantized.Integers])[0] : null);

    /// <summary>A value as it lies in memory. A constant gets its place in the weights, a model's input is loaded, on the first call.</summary>
    public View Read(string value, Layout layout = Layout.Any)
    {
        if (!_views.TryGetValue(value, out View? view))
        {
            if (Constant(value) is { } constant)
                view = Constant(constant);
            else if (_graph.Inputs.IndexOf(value) is >= 0 and var input)
                view = Load(input, View.Of(Type(value)), value, layout);
            else if (_later.TryGetValue(value, out var later))
                view = Load(later.Input, later.View, value, layout);
            else if (_writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes != null)
            {
                Lower(writer);
                view = _views[value];
            }
            else
                throw new InvalidOperationException($"'{value}' is read before it is written");
            _views[value] = view;
        }
        Halo halo = layout == Layout.ChannelsLast ? HaloOf(value) : default;
        if (view.Is(layout) && (halo == default || _halos.GetValueOrDefault(view) == halo))
            return view;
        if (_copies.TryGetValue((value, layout), out View? copy))
            return copy;
        copy = Allocate(view.Type, layout, halo, ZeroOf(value));
        Copy(view, copy);
        return _copies[(value, layout)] = copy;
    }

    /// <summary>The view itself where it lies so, else a copy that does.</summary>
    public View As(View view, Layout layout)
    {
        if (view.Is(layout))
            return view;
        View copy = Allocate(view.Type, layout);
        Copy(view, copy);
        return copy;
    }

    /// <summary>Room for a result, with the border that its readers want where channels are last.</summary>
    public View Write(string value, Layout layout)
    {
        View view = Allocate(Type(value), layout, layout == Layout.ChannelsLast ? HaloOf(value) : default, ZeroOf(value));
        return _views[value] = view;
    }

    /// <summary>Room for a result that lies as another tensor of its shape does.</summary>
    public View Write(string value, View like) => Write(value, like.IsRowMajor ? Layout.RowMajor : like.HasInnerChannels ? Layout.ChannelsLast : like.IsPlanes ? Layout.Planes : Layout.RowMajor);

    /// <summary>The value is a view of memory that exists: nothing is computed.</summary>
    public void Alias(string value, View view) => _views[value] = view;

    /// <summary>Data for a kernel, in the weights.</summary>
    public View Constant(Tensor tensor) => new(Weights.Add(tensor.Bytes.Span, tensor.Element.Bytes(), Owner), 0, tensor.Type, tensor.Shape.Strides);

    /// <summary>The weights of a layer.</summary>
    public View Place(PanelWeights weights) =>
        new(Weights.Add(MemoryMarshal.AsBytes(weights.Values.AsSpan()), sizeof(float), Owner, weights.Layout), 0, new(ElementType.Float32, [weights.Values.Length]), new([1]));

    /// <summary>Filters, of which a kernel reads a form.</summary>
    public View Place(PanelWeights filters, WeightsForm form) =>
        new(Weights.Add(filters.Values, Owner, filters.Layout, form), 0, new(ElementType.Float32, [WinogradWeights.Elements(form, filters.Values.Length)]), new([1]));

    /// <summary>The same of integers, whose form is of int16.</summary>
    public View Place(ReadOnlySpan<sbyte> filters, WeightsForm form) =>
        new(Weights.Add(filters, Owner, form), 0, new(ElementType.Int16, [WinogradWeights.Elements(form, filters.Length)]), new([1]));

    /// <summary>Room for what a kernel computes on the way, in bytes.</summary>
    public View Room(int bytes) => Allocate(new(ElementType.UInt8, [bytes]), Layout.RowMajor);

    /// <summary>A temporary of its own, or a result that gets its name by <see cref="Alias"/>.</summary>
    public View Allocate(TensorType type, Layout layout, Halo halo = default, int zero = 0)
    {
        Shape shape = type.Shape;
        if (layout == Layout.Planes)
        {
            int plane = View.PlaneOf(shape), width = shape[^1];
            var planes = new Buffer(Space.Scratch, checked(shape[0] * shape[1] * plane * type.Element.Bytes()));
            _buffers.Add(planes);
            return new View(planes, 0, type, shape.Rank == 4 ? new([shape[1] * plane, plane, width, 1]) : new([shape[1] * plane, plane, 1]));
        }
        if (layout != Layout.ChannelsLast || shape.Rank is not (3 or 4))
        {
            var dense = new Buffer(Space.Scratch, Math.Max(type.Bytes, 1));
            _buffers.Add(dense);
            return new View(dense, 0, type, shape.Strides);
        }
        int images = shape[0], channels = shape[1], height = shape.Rank == 4 ? shape[2] : 1, columns = shape[^1];
        int lines = height + halo.Top + halo.Bottom, pixels = columns + halo.Left + halo.Right, line = pixels * channels, image = lines * line;
        var buffer = new Buffer(Space.Scratch, Math.Max(1, checked(images * image * type.Element.Bytes())));
        _buffers.Add(buffer);
        Ints strides = shape.Rank == 4 ? new([image, 1, line, channels]) : new([image, 1, channels]);
        if (halo != default)
        {
            Emit("FillHalo" + type.Element.Bytes(), ("y", new View(buffer, 0, type, strides)), ("images", images), ("height", height), ("width", columns), ("channels", channels),
                ("top", halo.Top), ("left", halo.Left), ("bottom", halo.Bottom), ("right", halo.Right), ("value", zero));
        }
        var view = new View(buffer, halo.Top * line + halo.Left * channels, type, strides);
        _halos[view] = halo;
        return view;
    }

    /// <summary>Data of a layer's own in the weights.</summary>
    public View Place<T>(ReadOnlySpan<T> data) where T : unmanaged => Constant(Tensor.Of([data.Length], data));

    /// <summary>Data of a layer's own for the sparse kernel: weights [M, K] in blocks of some outputs; <paramref name="channels"/> as the layout has them.</summary>
    public View PlaceSparse(ReadOnlySpan<float> weights, int outputs, int depth, int rows, int channels = 0)
    {
        Buffer buffer = Weights.AddSparse(Panels.Blocks(weights, depth, rows), new(outputs, depth, rows) { Channels = channels }, Owner);
        Shape words = [buffer.Bytes / sizeof(int)];
        return new View(buffer, 0, new(ElementType.Int32, words), words.Strides);
    }

    /// <summary>Says why a layer's kernel was chosen: in the comments of the calls that follow, and in the report.</summary>
    public void Choose(SparseChoice choice)
    {
        _comment += $": {choice}";
        _choices.Add($"{_layer}: {choice}");
    }

    /// <summary>Whether a value lies as the sparse kernel reads it.</summary>
    public bool HasEvenPixels(string value) => _views.TryGetValue(value, out View? view) && view.HasEvenPixels;

    /// <summary>Whether a value lies in planes, or can be loaded so.</summary>
    public bool HasPlanes(string value) => _views.TryGetValue(value, out View? view) ? view.IsPlanes : _graph.Inputs.Contains(value);

    /// <summary>Whether anything needs the value: a node may give more than the graph uses.</summary>
    public bool IsRead(string value) => _graph.Outputs.Contains(value) || _readers.ContainsKey(value);

    /// <summary>Whether all readers of a value would take it in planes as well as with channels last.</summary>
    public bool IsReadInPlanes(string value) => (_readers.GetValueOrDefault(value) ?? []).All(r => r.Node.Op.TakesPlanes(this, r.Node));

    /// <summary>Copies between any two views of one shape and element size.</summary>
    public void Copy(View from, View to) => Each("Copy" + to.Element.Bytes(), from, to);

    /// <summary>A call that goes through two views of one shape, element by element.</summary>
    public void Each(string kernel, View x, View y, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        Loops loops = Loops.Collapse(y.Shape, x.Strides, y.Strides);
        Emit(kernel, [("x", x), ("y", y), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]), .. more]);
    }

    /// <summary>One line of the plan. Values: int, float, <see cref="Ints"/>, a <see cref="View"/> (its start), or null for an absent operand.</summary>
    public void Emit(string kernel, params (string Name, object? Value)[] arguments)
    {
        foreach (View view in arguments.Select(a => a.Value).OfType<View>())
        {
            view.Buffer.First = Math.Min(view.Buffer.First, _calls.Count);
            view.Buffer.Last = Math.Max(view.Buffer.Last, _calls.Count);
        }
        _calls.Add(new LoweredCall(kernel, arguments, _comment));
    }

    /// <summary>Takes over a clamp that follows: the value that then leaves the kernel, and its bounds.</summary>
    public (string Value, float Lo, float Hi) AbsorbClamp(string value)
    {
        if (SoleReader(value) is not { Op.Clamp: { } clamp } next)
            return (value, float.NegativeInfinity, float.PositiveInfinity);
        Absorb(next);
        return (next.Outputs[0], clamp.Lo, clamp.Hi);
    }

    /// <summary>Takes over an addition of a constant with one element per index of <paramref name="axis"/>: a bias. <paramref name="last"/> is the node whose output leaves the kernel.</summary>
    public View? AbsorbBias(string value, int axis, out Node last)
    {
        last = _writers[value];
        if (SoleReader(value) is not { Op.AddsTwo: true } next)
            return null;
        Shape shape = Type(value).Shape;
        string other = next.Inputs[next.Inputs[0] == value ? 1 : 0];
        if (Constant(other) is not { } constant || Type(next.Outputs[0]).Shape != shape || constant.Shape.Size != shape[axis] || shape.Rank - axis > constant.Shape.Rank || constant.Shape[constant.Shape.Rank - shape.Rank + axis] != shape[axis])
            return null;
        Absorb(next);
        last = next;
        return Read(other);
    }

    /// <summary>Takes over an addition of a value of the same shape that is already there (a residual connection).</summary>
    public (string Value, View? Residual) AbsorbResidual(string value, Layout layout)
    {
        if (SoleReader(value) is not { Op.AddsTwo: true } next)
            return (value, null);
        string other = next.Inputs[next.Inputs[0] == value ? 1 : 0];
        if (other == value || !_views.TryGetValue(other, out View? view) || view.Shape != Type(value).Shape || !view.Is(layout))
            return (value, null);
        Absorb(next);
        return (next.Outputs[0], view);
    }

    /// <summary>The integers and their meaning, where a value is what a dequantization of run-time u8 (one scale) gives.</summary>
    public (string Value, Quantization As)? Quantized(string value) =>
        _writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes is { Type: ElementType.UInt8, Scales.Count: 1 } q && Constant(writer.Inputs[0]) == null ? (writer.Inputs[0], q) : null;

    /// <summary>The bytes that stand for a value, and their meaning, signed or not: what a dequantization of them gives.</summary>
    public (string Value, Quantization As)? Dequantized(string value) =>
        _writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes is { Scales.Count: 1 } q && Constant(writer.Inputs[0]) == null ? (writer.Inputs[0], q) : null;

    /// <summary>The constant integers and their meaning, where a value is what a dequantization of them gives.</summary>
    public (Tensor Integers, Quantization As)? QuantizedConstant(string value) =>
        _writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes is { } q && Constant(writer.Inputs[0]) is { } integers ? (integers, q) : null;

    /// <summary>Where only a clamp, or nothing, stands between a value and its quantization to u8 with one scale: the integers that then leave the kernel, and their bounds.</summary>
    public QuantizedEnd? Quantizing(string value)
    {
        float lo = float.NegativeInfinity, hi = float.PositiveInfinity;
        var nodes = new List<Node>();
        for (Node? next = SoleReader(value); next != null; next = SoleReader(next.Outputs[0]))
        {
            nodes.Add(next);
            if (next.Op.Quantizes is { Type: ElementType.UInt8, Scales.Count: 1 } q)
                return new QuantizedEnd(next.Outputs[0], q, float.IsInfinity(lo) ? 0 : q.Integer(lo), float.IsInfinity(hi) ? 255 : q.Integer(hi), nodes);
            if (next.Op.Clamp is not { } clamp || nodes.Count > 1)
                return null;
            (lo, hi) = clamp;
        }
        return null;
    }

    /// <summary>Takes the nodes over; the result goes where the last one's would.</summary>
    public View Write(QuantizedEnd end, Layout layout)
    {
        foreach (Node node in end.Nodes)
            Absorb(node);
        return Write(end.Value, layout);
    }

    private void Absorb(Node node)
    {
        _absorbed.Add(node);
        _comment = _comment.Insert(_comment.LastIndexOf('['), $"+ {node.Op.Name} ");
    }

    private Node? SoleReader(string value) =>
        !_graph.Outputs.Contains(value) && _readers.TryGetValue(value, out List<(Node Node, int)>? readers) && readers.Count == 1 ? readers[0].Node : null;

    // Whoever reads integers as numbers wants the border that the readers of the numbers want, filled with the integer that stands for zero.
    private Halo HaloOf(string value)
    {
        Halo halo = default;
        foreach (var (node, input) in _readers.GetValueOrDefault(value) ?? [])
            halo = ModelBuild.Engine.Halo.Max(halo, node.Op.Dequantizes == null ? node.Op.Halo(input) : HaloOf(node.Outputs[0]));
        return halo;
    }

    private int ZeroOf(string value) =>
        (_readers.GetValueOrDefault(value) ?? []).Select(r => r.Node.Op.ZeroElement).FirstOrDefault(z => z != 0);

    /// <summary>Lets a value that is nothing but a view of a model's input wait until it is known how its first reader wants it to lie; whether that can be.</summary>
    public bool TryLoadLater(string value, string input, View view) =>
        _graph.Inputs.IndexOf(input) is >= 0 and var index && !_views.ContainsKey(input) && SoleReader(input) != null && view.Start == 0 && _later.TryAdd(value, (index, view));

    private View Load(int input, View from, string value, Layout layout)
    {
        View view = Allocate(from.Type, layout, layout == Layout.ChannelsLast ? HaloOf(value) : default, ZeroOf(value));
        Loops loops = Loops.Collapse(from.Shape, from.Strides, view.Strides);
        Emit("Load", ("x", $"input{input}"), ("y", view), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]));
        return view;
    }

    private void Store(int output, View view)
    {
        Loops loops = Loops.Collapse(view.Shape, view.Strides, view.Shape.Strides);
        Emit("Store", ("x", view), ("y", $"output{output}"), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]));
    }

    /// <summary>
    /// Whether channels-last <paramref name="x"/> can stay as it lies where <paramref name="value"/> is its elements in rows: all that reads them is a product with constant
    /// weights, whose rows are then put into that order.
    /// </summary>
    public bool TryKeepOrder(string value, View x, Shape shape)
    {
        Node? reader = SoleReader(value);
        if (reader?.Op.Dequantizes != null)
            reader = SoleReader(reader.Outputs[0]);
        if (reader?.Op.MultipliesRows != true || Type(reader.Inputs[0]).Shape != shape || ConstantNumbers(reader.Inputs[1]) is not { Shape.Rank: 2 } || shape.Rank != 2 || x.Shape.Rank is not (3 or 4) || x.Shape[0] != shape[0])
            return false;
        View pixels = x.Permute(new([0, .. Enumerable.Range(2, x.Shape.Rank - 2), 1]));
        if (!pixels.IsRowMajor)
            return false;
        int channels = x.Shape[1], area = shape[1] / channels;
        _orders[value] = [.. Enumerable.Range(0, shape[1]).Select(p => p % channels * area + p / channels)];
        Alias(value, pixels.Reshape(shape)!);
        return true;
    }

    /// <summary>A matrix [K, N] (or its transpose) whose rows are in the order in which the elements of <paramref name="value"/>'s rows lie in memory.</summary>
    public T[] InOrderOf<T>(string value, ReadOnlySpan<T> matrix, int depth, int columns, bool transposed)
    {
        int[]? order = Order(value);
        T[] result = [.. matrix];
        for (int p = 0; order != null && p < depth; p++)
        {
            for (int n = 0; n < columns; n++)
                result[transposed ? n * depth + p : p * columns + n] = matrix[transposed ? n * depth + order[p] : order[p] * columns + n];
        }
        return result;
    }

    /// <summary>Channels that lie side by side in rows whose elements lie in another order than the model's; 0 where the order is the model's.</summary>
    public int ChannelsOf(string value) => Order(value) is not { } order ? 0 : Array.IndexOf(order, 1) is var first && first > 0 ? first : order.Length;

    private int[]? Order(string value) =>
        _orders.GetValueOrDefault(value) ?? (_writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes != null ? _orders.GetValueOrDefault(writer.Inputs[0]) : null);

    private WeightsOwner Owner => new(_layer, _graph.Coded.Contains(_layer));
}

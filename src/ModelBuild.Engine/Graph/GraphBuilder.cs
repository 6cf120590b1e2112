using System.Collections.Immutable;

namespace ModelBuild.Engine;

/// <summary>
/// Builds a graph node by node, in execution order. It knows the type of every value, and it folds: a node whose inputs are all constant becomes
/// a constant, so the shape arithmetic of exporters is gone before anyone needs its result.
/// </summary>
internal sealed class GraphBuilder(string name)
{
    private readonly Dictionary<string, TensorType> _types = [];
    private readonly Dictionary<string, Tensor> _constants = [];
    private readonly List<string> _inputs = [];
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Node> _writers = [];
    private int _fresh;

    public bool Batch { get; set; }

    public ImmutableHashSet<string> Coded { get; set; } = [];

    public ImmutableHashSet<string> Kept { get; set; } = [];

    public TensorType Type(string value) => _types.TryGetValue(value, out TensorType? type) ? type : throw new OperatorException($"no value is named '{value}'");

    public bool Has(string value) => _types.ContainsKey(value);

    public bool IsInput(string value) => _inputs.Contains(value);

    public Tensor? Constant(string value) => _constants.GetValueOrDefault(value);

    /// <summary>Whether the value is the same in every call: a constant, or what constant integers stand for.</summary>
    public bool IsFixed(string value) =>
        _constants.ContainsKey(value) || (_writers.TryGetValue(value, out Node? writer) && writer.Op.Dequantizes != null && _constants.ContainsKey(writer.Inputs[0]));

    public void AddInput(string value, TensorType type)
    {
        _types[value] = type;
        _inputs.Add(value);
    }

    public string AddConstant(string value, Tensor tensor)
    {
        _types[value] = tensor.Type;
        _constants[value] = tensor;
        return value;
    }

    /// <summary>A name that no value has yet.</summary>
    public string Fresh(string hint)
    {
        string fresh;
        do
            fresh = $"{hint}.{_fresh++}";
        while (_types.ContainsKey(fresh));
        return fresh;
    }

    /// <summary>Adds one operator with one output of a fresh name.</summary>
    public string Add(string node, Op op, params ReadOnlySpan<string> inputs)
    {
        string output = Fresh(node);
        Add(new Node(node, op, new(inputs.ToArray()), new([output])));
        return output;
    }

    /// <exception cref="OperatorException">The operator doesn't take these inputs.</exception>
    public void Add(Node node)
    {
        TensorType?[] types = [.. node.Inputs.Select(i => i.Length == 0 ? null : Type(i))];
        Tensor?[] constants = [.. node.Inputs.Select(i => i.Length == 0 ? null : Constant(i))];
        if (node.Op.Fold(types, constants) is { } folded)
        {
            for (int i = 0; i < node.Outputs.Count; i++)
                AddConstant(node.Outputs[i], folded[i]);
            return;
        }
        TensorType[] outputs = node.Op.Infer(types);
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length > 0)
                _types[node.Outputs[i]] = i < outputs.Length ? outputs[i] : throw new OperatorException($"output {i} ('{node.Outputs[i]}') is not one that {node.Op.Name} gives here");
        }
        foreach (string output in node.Outputs)
            _writers[output] = node;
        _nodes.Add(node);
    }

    /// <summary>The graph, without nodes and constants that no output needs.</summary>
    public Graph Build(IEnumerable<string> outputs)
    {
        ImmutableArray<string> ends = [.. outputs];
        foreach (string end in ends)
            _ = Type(end);
        var needed = new HashSet<string>(ends);
        var nodes = new List<Node>();
        foreach (Node node in Enumerable.Reverse(_nodes))
        {
            if (!node.Outputs.Any(needed.Contains))
                continue;
            nodes.Add(node);
            needed.UnionWith(node.Inputs);
        }
        nodes.Reverse();
        needed.UnionWith(_inputs);
        needed.UnionWith(nodes.SelectMany(n => n.Outputs));
        return new Graph(name, [.. _inputs], ends, [.. nodes],
            _constants.Where(c => needed.Contains(c.Key)).ToImmutableDictionary(),
            _types.Where(t => needed.Contains(t.Key)).ToImmutableDictionary(), Batch) { Coded = Coded, Kept = Kept };
    }
}

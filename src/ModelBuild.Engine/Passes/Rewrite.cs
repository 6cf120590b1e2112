namespace ModelBuild.Engine;

/// <summary>A graph being changed: nodes are replaced or dropped, constants are added, and <see cref="ToGraph"/> builds it anew, types inferred and constants folded.</summary>
internal sealed class Rewrite
{
    private readonly Graph _graph;
    private readonly List<Node> _nodes;
    private readonly HashSet<string> _fresh = [];
    private readonly Dictionary<string, Tensor> _added = [];

    public Rewrite(Graph graph)
    {
        _graph = graph;
        _nodes = [.. graph.Nodes];
    }

    public bool Changed { get; private set; }

    public IReadOnlyList<Node> Nodes => _nodes;

    public TensorType Type(string value) => _graph.Types[value];

    public Tensor? Constant(string value) => value.Length == 0 ? null : _added.GetValueOrDefault(value) ?? _graph.Constant(value);

    public Tensor?[] Constants(Node node) => [.. node.Inputs.Select(Constant)];

    public bool IsOutput(string value) => _graph.Outputs.Contains(value);

    public Node? Writer(string value) => _nodes.FirstOrDefault(n => n.Outputs.Contains(value));

    /// <summary>The only node that reads the value, where it is no output of the graph.</summary>
    public Node? SoleReader(string value)
    {
        if (IsOutput(value))
            return null;
        Node? only = null;
        foreach (Node node in _nodes)
        {
            int reads = node.Inputs.Count(i => i == value);
            if (reads > 1 || (reads == 1 && only != null))
                return null;
            if (reads == 1)
                only = node;
        }
        return only;
    }

    /// <summary>A further node right before another one; it gets an output of its own, whose name is given back.</summary>
    public string Before(Node node, Node added)
    {
        string output = Fresh(added.Outputs[0]);
        _fresh.Add(output);
        _nodes.Insert(_nodes.IndexOf(node), added with { Outputs = new([output]) });
        Changed = true;
        return output;
    }

    public void Replace(Node node, Node by)
    {
        _nodes[_nodes.IndexOf(node)] = by;
        Changed = true;
    }

    public void Remove(Node node)
    {
        _nodes.Remove(node);
        Changed = true;
    }

    /// <summary>Whoever reads <paramref name="value"/> reads <paramref name="instead"/> from now on.</summary>
    public void Redirect(string value, string instead)
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i].Inputs.Contains(value))
                _nodes[i] = _nodes[i] with { Inputs = new(_nodes[i].Inputs.Select(v => v == value ? instead : v)) };
        }
        Changed = true;
    }

    public string AddConstant(string hint, Tensor tensor)
    {
        string name = Fresh(hint);
        _added[name] = tensor;
        return name;
    }

    /// <summary>The node's inputs with other constants, one an input, as many as it then has; null stands for what it reads already.</summary>
    public EquatableArray<string> Inputs(Node node, Tensor?[] constants) => new(constants.Select((tensor, i) =>
        tensor == null ? node.Inputs[i] : AddConstant(i < node.Inputs.Count && node.Inputs[i].Length > 0 ? node.Inputs[i] : $"{node.Name}.{i}", tensor)));

    private string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; _graph.Types.ContainsKey(name) || _added.ContainsKey(name) || _fresh.Contains(name); i++)
            name = $"{hint}.{i}";
        return name;
    }

    public Graph ToGraph()
    {
        if (!Changed)
            return _graph;
        var builder = new GraphBuilder(_graph.Name) { Batch = _graph.Batch, Coded = _graph.Coded, Kept = _graph.Kept };
        foreach (string input in _graph.Inputs)
            builder.AddInput(input, _graph.Types[input]);
        foreach (var (name, tensor) in _graph.Constants.Concat(_added))
            builder.AddConstant(name, tensor);
        foreach (Node node in _nodes)
            builder.Add(node);
        return builder.Build(_graph.Outputs);
    }
}

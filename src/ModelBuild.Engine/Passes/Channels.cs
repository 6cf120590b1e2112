namespace ModelBuild.Engine;

/// <summary>
/// Which channels of which values hang together, so that they stay or go as one bundle: through activations, sums, concatenations, shuffles and depthwise filters. Operators
/// say by <see cref="Op.Channels"/> what they do with channels. Those of a value that is read as a whole are needed, as are those of the graph's outputs.
/// </summary>
internal sealed class Channels
{
    private readonly Rewrite _rewrite;

    // What ends a shuffle is seen as the selection of channels that it is.
    private readonly List<(Node Node, Node Seen)> _nodes = [];
    private readonly Dictionary<string, Node> _selections = [];

    // Values inside of shuffles, and of what.
    private readonly Dictionary<string, string> _shuffled = [];

    private readonly Dictionary<string, ChannelMap> _maps = [];
    private readonly Dictionary<string, (int Axis, int First, int Count)> _values = [];

    // For each channel of each value another one of its bundle; one is its own, and stands for all.
    private readonly List<int> _next = [];
    private readonly List<int> _needed = [];

    public Channels(Rewrite rewrite)
    {
        _rewrite = rewrite;
        foreach (Node node in rewrite.Nodes)
            See(node);
        Need(_values.Keys.Where(rewrite.IsOutput));
    }

    /// <summary>The nodes whose channels can be told apart, in order.</summary>
    public IEnumerable<(Node Node, ChannelMap Map)> Nodes => _nodes.Select(n => (n.Seen, _maps[n.Seen.Outputs[0]]));

    /// <summary>The values whose channels can be told apart, in the order in which they are computed.</summary>
    public IEnumerable<string> Values => _values.Keys;

    public int Axis(string value) => _values[value].Axis;

    /// <summary>The bundles of a value's channels: equal numbers, in whatever value, are one bundle.</summary>
    public int[] Bundles(string value) => _values.TryGetValue(value, out var v) ? [.. Enumerable.Range(v.First, v.Count).Select(Root)] : [];

    /// <summary>The bundles that cannot go, whatever they are worth.</summary>
    public HashSet<int> Needed => [.. _needed.Select(Root)];

    /// <summary>The bundles, but for one where a value would lose all of its channels.</summary>
    public HashSet<int> Spare(IEnumerable<int> bundles)
    {
        var spare = new HashSet<int>(bundles);
        foreach (int[] all in _values.Keys.Select(Bundles).Where(all => all.Length > 0))
        {
            if (spare.IsSupersetOf(all))
                spare.Remove(all[0]);
        }
        return spare;
    }

    /// <summary>What is left of a value without some bundles; null where its channels can't be told apart.</summary>
    public Kept? Without(string value, IReadOnlySet<int> bundles) => !_values.TryGetValue(value, out var v) ? null
        : new(v.Axis, [.. Enumerable.Range(0, v.Count).Where(c => !bundles.Contains(Root(v.First + c)))], v.Count);

    /// <summary>Takes the bundles out of every value, and out of weights and other constants what is there for them. Sums that read them go without.</summary>
    public void Remove(IReadOnlySet<int> bundles)
    {
        foreach (var (node, seen) in _nodes)
        {
            ChannelMap map = _maps[node.Outputs[0]];
            Kept?[] inputs = [.. map.Inputs.Select((axis, i) => axis == null ? null : Without(seen.Inputs[i], bundles))];
            Kept[] outputs = [.. seen.Outputs.Select(o => Without(o, bundles)!)];
            if (inputs.Concat(outputs).All(kept => kept?.IsAll != false))
                continue;
            Tensor?[] constants = _rewrite.Constants(seen);
            var (op, narrow) = map.Narrow(seen.Op, constants, inputs, outputs);
            Tensor?[] changed = [.. narrow.Zip(constants, (after, before) => after == before ? null : after)];
            _rewrite.Replace(node, seen with { Op = op, Inputs = _rewrite.Inputs(seen, changed) });
        }
        foreach (Node node in _rewrite.Nodes.Where(n => _shuffled.TryGetValue(n.Outputs[0], out string? source) && !Without(source, bundles)!.IsAll).ToArray())
            _rewrite.Remove(node);
    }

    private void See(Node node)
    {
        if (_shuffled.ContainsKey(node.Outputs[0]))
            return;
        Node seen = _selections.GetValueOrDefault(node.Outputs[0], node);
        ChannelMap? map = seen.Op.Channels([.. seen.Inputs.Select(Read)]);
        if (seen == node && BeginsShuffle(node, map))
            See(node);
        else if (map == null || map.Outputs.Length < node.Outputs.Count || node.Outputs.Contains(""))
            Need(node.Inputs);
        else
            Add(node, seen, map);
    }

    /// <summary>Whether a node that takes channels apart or together, as far as it says, is part of a shuffle.</summary>
    private bool BeginsShuffle(Node node, ChannelMap? map)
    {
        if (!node.Op.OnlyMoves || !_values.TryGetValue(node.Inputs[0], out var value) || map?.Inputs[0]!.Labels.Distinct().Count() == value.Count || Shuffle.Of(_rewrite, node, value.Axis) is not { } shuffle)
            return false;
        foreach (Node between in shuffle.Between)
            _shuffled[between.Outputs[0]] = node.Inputs[0];
        foreach (var (end, selection) in shuffle.Ends)
            _selections[end.Outputs[0]] = selection;
        return true;
    }

    private Operand? Read(string value)
    {
        Tensor? constant = _rewrite.Constant(value);
        return value.Length == 0 ? null : new(constant?.Type ?? _rewrite.Type(value), constant, _values.TryGetValue(value, out var v) ? v.Axis : null);
    }

    private void Add(Node node, Node seen, ChannelMap map)
    {
        _nodes.Add((node, seen));
        _maps[node.Outputs[0]] = map;
        Need(seen.Inputs.Where((_, i) => map.Inputs[i] == null));
        var first = new Dictionary<int, int>();
        for (int i = 0; i < seen.Inputs.Count; i++)
            Tie(seen.Inputs[i], map.Inputs[i], first);
        for (int i = 0; i < seen.Outputs.Count; i++)
        {
            int[] labels = map.Outputs[i].Labels;
            _values[seen.Outputs[i]] = (map.Outputs[i].Axis, _next.Count, labels.Length);
            _next.AddRange(Enumerable.Range(_next.Count, labels.Length));
            Tie(seen.Outputs[i], map.Outputs[i], first);
        }
    }

    private void Tie(string value, ChannelAxis? axis, Dictionary<int, int> first)
    {
        for (int i = 0; i < axis?.Labels.Length; i++)
        {
            int channel = _values[value].First + i;
            if (!first.TryAdd(axis.Labels[i], channel))
                _next[Root(channel)] = Root(first[axis.Labels[i]]);
        }
    }

    private void Need(IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            if (_values.TryGetValue(value, out var v))
                _needed.AddRange(Enumerable.Range(v.First, v.Count));
        }
    }

    private int Root(int channel)
    {
        while (_next[channel] != channel)
            channel = _next[channel] = _next[_next[channel]];
        return channel;
    }
}

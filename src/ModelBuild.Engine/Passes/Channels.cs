namespace ModelBuild.Engine;

/// <summary>
/// Which channels of which values hang together, so that they stay or go as one bundle: through activations, sums, concatenations and depthwise filters. Operators say
/// by <see cref="Op.Channels"/> what they do with channels. Those of a value that is read as a whole are needed, as are those of the graph's outputs.
/// </summary>
internal sealed class Channels
{
    private readonly Rewrite _rewrite;
    private readonly Dictionary<string, ChannelMap> _maps = [];
    private readonly Dictionary<string, (int Axis, int First, int Count)> _values = [];

    // For each channel of each value another one of its bundle; one is its own, and stands for all.
    private readonly List<int> _next = [];
    private readonly List<int> _needed = [];

    public Channels(Rewrite rewrite)
    {
        _rewrite = rewrite;
        foreach (Node node in rewrite.Nodes)
        {
            ChannelMap? map = node.Op.Channels([.. node.Inputs.Select(Read)]);
            if (map == null || map.Outputs.Length < node.Outputs.Count || node.Outputs.Contains(""))
                Need(node.Inputs);
            else
                Add(node, map);
        }
        Need(_values.Keys.Where(rewrite.IsOutput));
    }

    /// <summary>The values whose channels can be told apart, in the order in which they are computed.</summary>
    public IEnumerable<string> Values => _values.Keys;

    public ChannelMap? Map(Node node) => _maps.GetValueOrDefault(node.Outputs[0]);

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
        foreach (Node node in _rewrite.Nodes.ToArray())
        {
            if (Map(node) is not { } map)
                continue;
            Kept?[] inputs = [.. map.Inputs.Select((axis, i) => axis == null ? null : Without(node.Inputs[i], bundles))];
            Kept[] outputs = [.. node.Outputs.Select(o => Without(o, bundles)!)];
            if (inputs.Concat(outputs).All(kept => kept?.IsAll != false))
                continue;
            Tensor?[] constants = _rewrite.Constants(node);
            var (op, narrow) = map.Narrow(node.Op, constants, inputs, outputs);
            Tensor?[] changed = [.. narrow.Zip(constants, (after, before) => after == before ? null : after)];
            _rewrite.Replace(node, node with { Op = op, Inputs = _rewrite.Inputs(node, changed) });
        }
    }

    private Operand? Read(string value) => value.Length == 0 ? null : new(_rewrite.Type(value), _rewrite.Constant(value), _values.TryGetValue(value, out var v) ? v.Axis : null);

    private void Add(Node node, ChannelMap map)
    {
        _maps[node.Outputs[0]] = map;
        Need(node.Inputs.Where((_, i) => map.Inputs[i] == null));
        var first = new Dictionary<int, int>();
        for (int i = 0; i < node.Inputs.Count; i++)
            Tie(node.Inputs[i], map.Inputs[i], first);
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            int[] labels = map.Outputs[i].Labels;
            _values[node.Outputs[i]] = (map.Outputs[i].Axis, _next.Count, labels.Length);
            _next.AddRange(Enumerable.Range(_next.Count, labels.Length));
            Tie(node.Outputs[i], map.Outputs[i], first);
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

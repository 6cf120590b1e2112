namespace ModelBuild.Engine;

/// <summary>
/// Nodes that move elements of one value about until they are whole channels of it again, in another order or some of them: reshape, transpose, reshape. No node between
/// has an axis along which a channel could be left out, but each end is a selection of channels.
/// </summary>
internal sealed class Shuffle
{
    private readonly Rewrite _rewrite;
    private readonly string _source;
    private readonly int _axis;
    private readonly List<Node> _between = [];
    private readonly Dictionary<Node, int[]> _ends = [];

    private Shuffle(Rewrite rewrite, string source, int axis)
    {
        _rewrite = rewrite;
        _source = source;
        _axis = axis;
    }

    /// <summary>The nodes whose values nobody else reads.</summary>
    public IReadOnlyList<Node> Between => _between;

    /// <summary>What begins with a node that reads channels along an axis; null where it ends in something else.</summary>
    public static Shuffle? Of(Rewrite rewrite, Node first, int axis)
    {
        var shuffle = new Shuffle(rewrite, first.Inputs[0], axis);
        return shuffle.Follow(first, shuffle.Elements) ? shuffle : null;
    }

    /// <summary>The ends, and what could stand in their place.</summary>
    public IEnumerable<(Node End, Node Selection)> Ends => _ends.Select(e =>
        (e.Key, new Node(e.Key.Name, new Gather(_axis), new([_source, _rewrite.AddConstant($"{e.Key.Name}.channels", Tensor.Of([e.Value.Length], e.Value))]), e.Key.Outputs)));

    /// <summary>The source, each element by its number.</summary>
    private Tensor Elements => Tensor.Of(_rewrite.Type(_source).Shape, Enumerable.Range(0, _rewrite.Type(_source).Shape.Size).ToArray());

    private bool Follow(Node node, Tensor elements)
    {
        Tensor?[] constants = [.. _rewrite.Constants(node).Skip(1)];
        if (!node.Op.OnlyMoves || node.Outputs.Count > 1 || constants.Contains(null))
            return false;
        Tensor moved = node.Op.Evaluate([elements, .. constants])[0];
        if (Channels(moved) is { } channels)
        {
            _ends[node] = channels;
            return true;
        }
        string output = node.Outputs[0];
        _between.Add(node);
        return !_rewrite.IsOutput(output) && _rewrite.Nodes.Where(n => n.Inputs.Contains(output)).All(n => n.Inputs[0] == output && Follow(n, moved));
    }

    /// <summary>Which channels of the source these elements are, where they are whole ones.</summary>
    private int[]? Channels(Tensor elements)
    {
        Shape whole = _rewrite.Type(_source).Shape, shape = elements.Shape;
        if (shape.Rank != whole.Rank || shape.Size == 0 || shape != whole.With(_axis, shape[_axis]))
            return null;
        int inner = whole.Strides[_axis];
        ReadOnlySpan<int> numbers = elements.Span<int>();
        var channels = new int[shape[_axis]];
        for (int c = 0; c < channels.Length; c++)
            channels[c] = numbers[c * inner] / inner % whole[_axis];
        return new Gather(_axis).Evaluate([Elements, Tensor.Of([channels.Length], channels)])[0].Bytes.Span.SequenceEqual(elements.Bytes.Span) ? channels : null;
    }
}

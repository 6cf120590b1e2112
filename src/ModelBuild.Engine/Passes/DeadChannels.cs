namespace ModelBuild.Engine;

/// <summary>
/// Channels that are the same whatever the input, and channels that nobody reads, are taken out with all that hangs on them. What a constant channel adds to a sum goes
/// into its bias; where that isn't the same at every place, as at a border of zeros, the channel stays.
/// </summary>
/// <remarks>
/// An output is constant if its weights are all negligible, an input unread if the weights of all outputs for it are: zero, or below <see cref="Negligible"/> of the
/// layer's largest. Not zero alone, because training with weight decay leaves dead weights at 1e-30 to 1e-16 of the largest and hardly ever at zero; and no more than
/// that, because what a small weight multiplies may be large: at 1e-10 a channel must be hundreds of times as large as the others to change the last digit of a float32 sum.
/// A weight that is left out makes no NaN of an infinity.
/// </remarks>
internal sealed class DeadChannels
{
    private const float Negligible = 1e-10f;

    private readonly Rewrite _rewrite;
    private readonly Channels _channels;

    private readonly Dictionary<(string Output, bool OfInput), bool[]> _weak = [];

    // Constant channels, each as a value with one channel.
    private readonly Dictionary<(string Value, int Channel), Tensor> _known = [];

    private readonly Dictionary<(string Output, int Channel), float[]?> _parts = [];

    private DeadChannels(Rewrite rewrite)
    {
        _rewrite = rewrite;
        _channels = new(rewrite);
        foreach (var (node, map) in _channels.Nodes)
            Know(node, map);
    }

    public static void Remove(Rewrite rewrite) => new DeadChannels(rewrite).Remove();

    private void Remove()
    {
        HashSet<int> dead = Dead();
        if (dead.Count == 0)
            return;
        var shifts = Sums.Select(s => (Output: s.Node.Outputs[0], Shift: Shift(s.Node, s.Map, dead))).Where(s => s.Shift != null).ToArray();
        _channels.Remove(dead);
        foreach (var (output, shift) in shifts)
            AddTo(output, shift!);
    }

    /// <summary>The nodes that add up channels of what they read.</summary>
    private IEnumerable<(Node Node, ChannelMap Map)> Sums => _channels.Nodes.Where(n => n.Map is { Mixes: true, Inputs: [{ }, ..] });

    /// <summary>The bundles that no sum needs: it doesn't read them, or they are constant and so is what they add to it.</summary>
    private HashSet<int> Dead()
    {
        HashSet<int> needed = _channels.Needed;
        foreach (var (node, map) in Sums)
        {
            int[] bundles = _channels.Bundles(node.Inputs[0]);
            bool[] unread = Weak(node, map, ofInput: true);
            for (int c = 0; c < bundles.Length; c++)
            {
                if (!unread[c] && !needed.Contains(bundles[c]) && Part(node, map, c) == null)
                    needed.Add(bundles[c]);
            }
        }
        return _channels.Spare(_channels.Values.SelectMany(_channels.Bundles).Where(b => !needed.Contains(b)));
    }

    /// <summary>Finds the output channels of a node that are constant: without weights that count, or made of constant channels alone.</summary>
    private void Know(Node node, ChannelMap map)
    {
        bool[] silent = Weak(node, map, ofInput: false);
        HashSet<int> known = Known(node, map);
        int[][] found = [.. map.Outputs.Select((axis, o) => Places(axis, (label, c) => known.Contains(label) || (o == 0 && silent[c])))];
        HashSet<int> labels = [.. found.SelectMany((channels, o) => channels.Select(c => map.Outputs[o].Labels[c]))];
        if (labels.Count == 0)
            return;
        Kept?[] inputs = [.. map.Inputs.Select(axis => WithLabels(axis, labels))];
        Kept[] outputs = [.. map.Outputs.Select(axis => WithLabels(axis, labels)!)];
        // Of the inputs of a sum one is enough, as a zero: its weights don't count.
        if (map is { Mixes: true, Inputs: [{ } read, ..] })
            inputs[0] = new(read.Axis, [0], read.Labels.Length);
        Tensor[] values = Evaluate(node, map, inputs, outputs, _rewrite.Constants(node), zeros: map.Mixes);
        for (int o = 0; o < node.Outputs.Count; o++)
        {
            foreach (int c in found[o])
                _known[(node.Outputs[o], c)] = Channel(values[o], outputs[o].Axis, Array.IndexOf(outputs[o].Channels, c));
        }
    }

    /// <summary>The labels all of whose input channels are constant, where nothing else is read.</summary>
    private HashSet<int> Known(Node node, ChannelMap map)
    {
        if (map.Mixes || node.Inputs.Where((value, i) => map.Inputs[i] == null && value.Length > 0 && _rewrite.Constant(value) == null).Any())
            return [];
        var channels = map.Inputs.SelectMany((axis, i) => axis == null ? [] : axis.Labels.Select((label, c) => (Label: label, Known: _known.ContainsKey((node.Inputs[i], c)))));
        return [.. channels.GroupBy(c => c.Label).Where(g => g.All(c => c.Known)).Select(g => g.Key)];
    }

    /// <summary>What the node makes of some channels; those that aren't constant are zeros, or all of them.</summary>
    private Tensor[] Evaluate(Node node, ChannelMap map, Kept?[] inputs, Kept[] outputs, Tensor?[] constants, bool zeros = false)
    {
        var (op, narrow) = map.Narrow(node.Op, constants, inputs, outputs);
        return op.Evaluate([.. narrow.Select((constant, i) => constant ?? (node.Inputs[i].Length == 0 || _rewrite.Constant(node.Inputs[i]) != null ? null : Input(node.Inputs[i], inputs[i], zeros)))]);
    }

    private Tensor Input(string value, Kept? kept, bool zeros)
    {
        TensorType type = _rewrite.Type(value);
        if (kept == null || zeros || kept.Channels.Length == 0)
            return Zeros(kept == null ? type : type with { Shape = type.Shape.With(kept.Axis, kept.Channels.Length) });
        Tensor zero = Zeros(type with { Shape = type.Shape.With(kept.Axis, 1) });
        return new Concat(kept.Axis).Evaluate([.. kept.Channels.Select(c => _known.GetValueOrDefault((value, c), zero))])[0];
    }

    /// <summary>What a constant channel of the node's input adds to each of its outputs, where it adds the same at every place.</summary>
    private float[]? Part(Node node, ChannelMap map, int channel)
    {
        var place = (node.Outputs[0], channel);
        if (!_parts.TryGetValue(place, out float[]? part))
            _parts[place] = part = _known.TryGetValue((node.Inputs[0], channel), out Tensor? value) ? Part(node, map, channel, value) : null;
        return part;
    }

    private float[]? Part(Node node, ChannelMap map, int channel, Tensor value)
    {
        ChannelAxis from = map.Inputs[0]!, to = map.Outputs[0];
        int outputs = to.Labels.Length;
        if (value.F32.IndexOfAnyExcept(0f) < 0)
            return new float[outputs];
        // Without the bias, which is there once.
        Tensor?[] constants = [.. _rewrite.Constants(node).Select((c, i) => i > 1 ? null : c)];
        Tensor sum = Evaluate(node, map, [new(from.Axis, [channel], from.Labels.Length), .. map.Inputs.Skip(1).Select(_ => (Kept?)null)], [new(to.Axis, [.. Enumerable.Range(0, outputs)], outputs)], constants)[0];
        Tensor?[] parts = [.. Enumerable.Range(0, outputs).Select(c => Channel(sum, to.Axis, c))];
        return parts.Any(p => p!.F32.IndexOfAnyExcept(p.F32[0]) >= 0) ? null : Array.ConvertAll(parts, p => p!.F32[0]);
    }

    /// <summary>What the channels that go add to the outputs that stay; null where that is nothing.</summary>
    private float[]? Shift(Node node, ChannelMap map, HashSet<int> dead)
    {
        int[] bundles = _channels.Bundles(node.Inputs[0]);
        bool[] unread = Weak(node, map, ofInput: true);
        var sums = new double[map.Outputs[0].Labels.Length];
        foreach (int c in Enumerable.Range(0, bundles.Length).Where(c => !unread[c] && dead.Contains(bundles[c])))
            sums = [.. sums.Zip(Part(node, map, c)!, (sum, part) => sum + part)];
        float[] left = [.. _channels.Without(node.Outputs[0], dead)!.Channels.Select(c => (float)sums[c])];
        return left.All(v => v == 0) ? null : left;
    }

    private void AddTo(string output, float[] shift)
    {
        Node node = _rewrite.Writer(output)!;
        if (node.Op.WithAffine(new(null, shift), _rewrite.Constants(node)) is { } folded)
        {
            _rewrite.Replace(node, node with { Inputs = _rewrite.Inputs(node, folded) });
            return;
        }
        // A product without a bias of its own.
        int axis = _channels.Axis(output), rank = _rewrite.Type(output).Shape.Rank;
        string product = _rewrite.Before(node, node);
        string constant = _rewrite.AddConstant($"{node.Name}.shift", Tensor.Of(Shape.Of([shift.Length, .. Enumerable.Repeat(1, rank - axis - 1)]), shift));
        _rewrite.Replace(node, new Node($"{node.Name}.shift", new Add(), new([product, constant]), node.Outputs));
    }

    /// <summary>By output or input channel of a layer: whether all its weights are negligible.</summary>
    private bool[] Weak(Node node, ChannelMap map, bool ofInput)
    {
        if (_weak.TryGetValue((node.Outputs[0], ofInput), out bool[]? weak))
            return weak;
        int channels = ofInput ? map.Inputs[0]!.Labels.Length : map.Outputs[0].Labels.Length;
        bool weights = node.Op.Weights.Contains(1);
        ConstantAxis[] axes = [.. map.Constants.Where(c => weights && c.Input == 1 && c.OfInput == ofInput)];
        return _weak[(node.Outputs[0], ofInput)] = axes is [var axis] ? Weak(_rewrite.Constant(node.Inputs[1])!, axis.Axis) : new bool[channels];
    }

    private static bool[] Weak(Tensor weights, int axis)
    {
        var largest = new float[weights.Shape[axis]];
        ReadOnlySpan<float> w = weights.F32;
        int inner = weights.Shape.Strides[axis];
        for (int at = 0, c = 0; at < w.Length; at += inner, c = (c + 1) % largest.Length)
        {
            foreach (float weight in w.Slice(at, inner))
                largest[c] = MathF.Max(largest[c], MathF.Abs(weight));
        }
        float limit = Negligible * largest.Aggregate(0f, MathF.Max);
        // Beside infinities and what isn't a number, only zeros are negligible.
        return Array.ConvertAll(largest, l => l <= (float.IsFinite(limit) ? limit : 0));
    }

    private static Kept? WithLabels(ChannelAxis? axis, HashSet<int> labels) => axis == null ? null : new(axis.Axis, Places(axis, (label, _) => labels.Contains(label)), axis.Labels.Length);

    private static int[] Places(ChannelAxis axis, Func<int, int, bool> which) => [.. Enumerable.Range(0, axis.Labels.Length).Where(c => which(axis.Labels[c], c))];

    private static Tensor Channel(Tensor tensor, int axis, int channel) => new Kept(axis, [channel], tensor.Shape[axis]).Of(tensor, axis);

    private static Tensor Zeros(TensorType type) => new(type, new byte[type.Bytes]);
}

using System.Collections.Immutable;

namespace ModelBuild.Engine;

/// <summary>How images lie: line by line within a channel, channel after channel; or pixel by pixel, with all their channels.</summary>
internal enum ImageLayout { NCHW, NHWC }

/// <summary>
/// The item's Layout: images of four axes come to the class, and lie in the data, as the caller has them. Where the model has them otherwise, a Transpose behind the input says so, which lowering
/// then does away with.
/// </summary>
internal sealed class CallerLayout
{
    private static readonly Ints s_toPlanes = new([0, 3, 1, 2]), s_toPixels = new([0, 2, 3, 1]);

    private readonly ImmutableArray<bool> _turned;
    private readonly ImageLayout _layout;

    private CallerLayout(ImmutableArray<bool> turned, ImageLayout layout) => (_turned, _layout) = (turned, layout);

    /// <param name="request">Whose Layout it is.</param>
    /// <param name="graph">As the model has it, simplified.</param>
    /// <exception cref="DiagnosticException">MB1010: the word is none, or the model takes no images.</exception>
    public static CallerLayout Of(CompileRequest request, Graph graph)
    {
        if (Choices.Layout(request) is not { } layout)
            return new([.. graph.Inputs.Select(_ => false)], default);
        if (!graph.Inputs.Any(i => IsImage(graph, i)))
            throw Diagnostics.Metadata(request.Site, nameof(request.Layout), request.Layout, "nothing: the model has no input of four axes of floating-point numbers");
        return new([.. graph.Inputs.Select(i => IsImage(graph, i) && LayoutOf(graph, i) != layout)], layout);
    }

    /// <summary>Whether the model has images as the caller does.</summary>
    public bool IsModels => !_turned.Contains(true);

    /// <summary>The graph with the caller's images in place of the model's own.</summary>
    public Graph Apply(Graph graph)
    {
        for (int i = 0; i < _turned.Length; i++)
        {
            if (_turned[i])
                graph = Turned(graph, graph.Inputs[i]);
        }
        return graph;
    }

    /// <summary>Samples in the caller's layout in that of the model.</summary>
    public IEnumerable<Tensor[]> Back(IEnumerable<Tensor[]> samples) =>
        IsModels ? samples : samples.Select(s => s.Select((x, i) => _turned[i] ? new Transpose(FromCaller).Evaluate([x])[0] : x).ToArray());

    private Ints FromCaller => _layout == ImageLayout.NHWC ? s_toPlanes : s_toPixels;

    private Graph Turned(Graph graph, string input)
    {
        string own = $"{input}.{(_layout == ImageLayout.NHWC ? "nchw" : "nhwc")}";
        while (graph.Types.ContainsKey(own))
            own += "'";
        TensorType type = graph.Types[input];
        // The inverse of what leads to the model's layout.
        Ints inverse = _layout == ImageLayout.NHWC ? s_toPixels : s_toPlanes;
        return graph with
        {
            Nodes = [new Node(own, new Transpose(FromCaller), new([input]), new([own])), .. graph.Nodes.Select(n => n with { Inputs = new(n.Inputs.Select(v => v == input ? own : v)) })],
            Types = graph.Types.Add(own, type).SetItem(input, type with { Shape = new Shape(new(inverse.Select(axis => type.Shape[axis]))) }),
            Outputs = [.. graph.Outputs.Select(v => v == input ? own : v)],
        };
    }

    private static bool IsImage(Graph graph, string input) => graph.Types[input] is { Shape.Rank: 4 } type && type.Element.IsFloat();

    // What reads the input says it; else the axis that is as long as images have channels. ONNX's own is NCHW.
    private static ImageLayout LayoutOf(Graph graph, string input)
    {
        Node[] readers = [.. graph.Nodes.Where(n => n.Inputs.Contains(input))];
        if (readers.Length > 0 && readers.All(n => n.Op is Transpose { Perm: { } perm } && perm.Equals(s_toPlanes)))
            return ImageLayout.NHWC;
        Shape shape = graph.Types[input].Shape;
        return shape[3] is 1 or 3 or 4 && shape[1] is not (1 or 3 or 4) ? ImageLayout.NHWC : ImageLayout.NCHW;
    }
}

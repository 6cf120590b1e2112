using ModelBuild.Engine;

namespace ModelBuild.Benchmarks;

/// <summary>
/// A layer of a well-known network by itself: a convolution with square kernels, padded to keep its size, with as many groups as channels where it is depthwise; or,
/// without a kernel, the product of [<paramref name="Height"/>, channels] and [channels, outputs].
/// </summary>
internal sealed record KernelShape(int Height, int Channels, int Outputs, int Kernel = 0, int Stride = 1, bool Depthwise = false)
{
    public static IReadOnlyList<KernelShape> All { get; } =
    [
        new(64, 64, 64), new(1, 512, 1000), new(128, 384, 384), new(256, 256, 256),
        new(224, 3, 64, 7, 2), new(56, 64, 64, 3), new(14, 256, 256, 3), new(7, 512, 512, 3),
        new(112, 16, 96, 1), new(56, 144, 24, 1), new(14, 384, 64, 1), new(7, 960, 160, 1),
        new(112, 32, 32, 3, 1, true), new(112, 96, 96, 3, 2, true), new(56, 144, 144, 3, 1, true), new(14, 576, 576, 3, 1, true), new(7, 960, 960, 3, 1, true),
    ];

    public string Name => Kernel == 0 ? $"{Height}x{Channels}x{Outputs}"
        : $"{(Depthwise ? "dw" : "")}{Kernel}x{Kernel}{(Stride > 1 ? $"s{Stride}" : "")} {(Depthwise ? $"{Channels}" : $"{Channels}->{Outputs}")} @{Height}";

    public Emitted Float() => Emitted.From(Graph(), PlanNames.None);

    /// <summary>By scales that fit nothing: only numbers of the right type.</summary>
    public Emitted Int8()
    {
        Graph graph = Graph();
        var quantization = new Quantization(new([1f / 64]), new([128]), ElementType.UInt8);
        return Emitted.From(new Int8Rewriter(graph, graph.Nodes, QuantizationPoints.Of(graph, graph.Nodes).Resolve(_ => quantization)).Run(), PlanNames.None);
    }

    private Graph Graph()
    {
        var random = new Random(1);
        var builder = new GraphBuilder(Name);
        int pad = Kernel / 2;
        if (Kernel == 0)
        {
            builder.AddInput("x", new TensorType(ElementType.Float32, Shape.Of([Height, Channels])));
            return builder.Build([builder.Add("y", new MatMul(), "x", Weights(Channels, Outputs))]);
        }
        builder.AddInput("x", new TensorType(ElementType.Float32, Shape.Of([1, Channels, Height, Height])));
        var conv = new Conv(new([Kernel, Kernel]), new([Stride, Stride]), new([1, 1]), new([pad, pad, pad, pad]), Depthwise ? Channels : 1);
        return builder.Build([builder.Add("y", conv, "x", Weights(Outputs, Depthwise ? 1 : Channels, Kernel, Kernel))]);

        string Weights(params int[] shape) =>
            builder.AddConstant("w", Tensor.Of(Shape.Of(shape), Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => 2 * random.NextSingle() - 1).ToArray()));
    }
}

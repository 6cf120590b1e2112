namespace ModelBuild.Engine.Tests;

/// <summary>A small network of random weights, always the same ones, with sizes that no vector divides.</summary>
internal sealed class SeededNetwork(int height = 29, int width = 31)
{
    /// <summary>One whose calls are long enough to be shared out.</summary>
    public static SeededNetwork Large { get; } = new(93, 95);

    public Tensor Input(int seed) => Random(new Random(seed), 1, [1, 3, height, width]);

    public Emitted Float() => Emitted.From(Build(), PlanNames.None);

    /// <summary>Quantized by scales that follow from the weights alone: what calibration would see may differ in its last digit between processors.</summary>
    public Emitted Quantized() => Emitted.From(QuantizedGraph(), PlanNames.None);

    public Graph QuantizedGraph()
    {
        Graph graph = Build();
        Node[] nodes = [.. graph.Nodes.Where(n => n.Op.HasIntegerKernel)];
        Tensor[] seen = Reference.Run(graph with { Outputs = [.. QuantizationPoints.Of(graph, nodes).Observed] }, [Input(0)], default);
        var ranges = QuantizationPoints.Of(graph, nodes).Observed.Zip(seen).ToDictionary(p => p.First, p => Range(p.Second.F32));
        return new Int8Rewriter(graph, nodes, QuantizationPoints.Of(graph, nodes).Resolve(v => ranges[v])).Run();
    }

    private static Quantization Range(ReadOnlySpan<float> numbers)
    {
        float least = 0, most = 0;
        foreach (float number in numbers)
            (least, most) = (Math.Min(least, number), Math.Max(most, number));
        float scale = (most - least) / 255;
        return new(new([scale]), new([(int)MathF.Round(-least / scale)]), ElementType.UInt8);
    }

    private Graph Build()
    {
        var random = new Random(7);
        var builder = new GraphBuilder("seeded");
        builder.AddInput("x", Input(0).Type);
        string stem = Relu(Conv("x", 24, 3, 3, stride: 2));
        string deep = Relu(Conv(stem, 24, 24, 3, group: 24));
        string point = Conv(deep, 53, 24, 1);
        string grouped = Relu(Conv(point, 53 * 2, 53, 3, group: 53));
        string wide = Conv(grouped, 53, 106, 3, pad: 1);
        string sum = Relu(builder.Add("sum", new Add(), point, wide));
        string max = builder.Add("max", new MaxPool(new([3, 3]), new([2, 2]), new([1, 1]), new([1, 1, 1, 1])), sum);
        string mean = builder.Add("mean", new AveragePool(new([3, 3]), new([2, 2]), new([1, 1]), new([1, 1, 1, 1])), sum);
        string both = builder.Add("both", new Concat(1), max, mean);
        string few = Relu(Conv(both, 75, 106, 3));
        string gate = builder.Add("gate", new Sigmoid(), Conv(few, 67, 75, 1));
        string global = builder.Add("global", new GlobalAveragePool(), gate);
        string flat = builder.Add("flat", new Flatten(1), global);
        string logits = builder.Add("logits", new Gemm(TransB: true), flat, Constant("fc", 37, 67), Constant("fc.bias", 37));
        return Simplify.Run(builder.Build([logits, gate]));

        string Conv(string x, int outputs, int inputs, int kernel, int stride = 1, int group = 1, int pad = 1) => builder.Add("conv",
            new Conv(new([kernel, kernel]), new([stride, stride]), new([1, 1]), new(Enumerable.Repeat(kernel == 1 ? 0 : pad, 4)), group),
            x, Constant(x + ".w", outputs, inputs / group, kernel, kernel), Constant(x + ".b", outputs));

        string Relu(string x) => builder.Add("relu", new Relu(), x);

        string Constant(string name, params int[] shape) =>
            builder.AddConstant(builder.Fresh(name), Random(random, 1.7f / MathF.Sqrt(Math.Max(1, shape[1..].Aggregate(1, (a, b) => a * b))), Shape.Of(shape)));
    }

    private static Tensor Random(Random random, float scale, Shape shape) =>
        Tensor.Of(shape, Enumerable.Range(0, shape.Size).Select(_ => scale * (2 * random.NextSingle() - 1)).ToArray());
}

namespace ModelBuild.Engine.Tests;

/// <summary>Calls on several threads: the same results as on one.</summary>
[TestClass]
public class ThreadTests
{
    private static readonly Lazy<(string Name, Emitted Emitted, Tensor[] Inputs)>[] Plans =
    [
        new(() => ("float", SeededNetwork.Large.Float(), [SeededNetwork.Large.Input(1)])),
        new(() => ("int8", SeededNetwork.Large.Quantized(), [SeededNetwork.Large.Input(1)])),
        new(() => ("attention", Attention(), Attended())),
    ];

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Run_GivesTheSameBytes_OnAnyNumberOfThreads(int plan)
    {
        var (name, emitted, inputs) = Plans[plan].Value;
        using var alone = new PlanRunner(emitted.Plan, emitted.Weights);
        byte[][] expected = Bytes(alone.Run(inputs));
        foreach (int threads in (int[])[2, 4])
        {
            using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads);
            for (int call = 0; call < 5; call++)
                Equal(expected, Bytes(runner.Run(inputs)), $"{name}, {threads} threads, call {call}");
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    public void Run_GivesTheSameBytes_WhenManyCallersShareARunnerOfManyThreads()
    {
        var (name, emitted, inputs) = Plans[1].Value;
        using var alone = new PlanRunner(emitted.Plan, emitted.Weights);
        byte[][] expected = Bytes(alone.Run(inputs));
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads: 3);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Equal(expected, Bytes(runner.Run(inputs)), $"{name}, call {i}"));
    }

    [TestMethod]
    [Timeout(120_000)]
    public void Run_Ends_WhenCallsAreShortAndMany()
    {
        var network = new SeededNetwork();
        Emitted emitted = network.Quantized();
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads: 2);
        Tensor[] inputs = [network.Input(1)];
        byte[][] expected = Bytes(runner.Run(inputs));
        for (int i = 0; i < 10_000; i++)
            runner.Run(inputs);
        Equal(expected, Bytes(runner.Run(inputs)), "after 10,000 calls");
    }

    private static byte[][] Bytes(Tensor[] tensors) => [.. tensors.Select(t => t.Bytes.ToArray())];

    private static void Equal(byte[][] expected, byte[][] got, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.IsTrue(expected[i].AsSpan().SequenceEqual(got[i]), $"{what}, output {i}");
    }

    /// <summary>Products of run-time matrices, one a head, a softmax between them, then a wide layer for one row, whose panels are shared out.</summary>
    private static Emitted Attention()
    {
        var builder = new GraphBuilder("attention");
        Tensor[] inputs = Attended();
        for (int i = 0; i < inputs.Length; i++)
            builder.AddInput($"x{i}", inputs[i].Type);
        string scores = builder.Add("scores", new MatMul(), "x0", builder.Add("turned", new Transpose(new([0, 1, 3, 2])), "x1"));
        string heads = builder.Add("heads", new MatMul(), builder.Add("softmax", new Softmax(), scores), "x2");
        string row = builder.Add("row", new Flatten(1), builder.Add("max", new GlobalMaxPool(), heads));
        string wide = builder.Add("wide", new MatMul(), row, builder.AddConstant("w", Any(5, [12, 40_000])));
        return Emitted.From(builder.Build([heads, builder.Add("tanh", new Tanh(), wide)]), PlanNames.None);
    }

    private static Tensor[] Attended() => [Any(1, [1, 12, 65, 40]), Any(2, [1, 12, 65, 40]), Any(3, [1, 12, 65, 40])];

    private static Tensor Any(int seed, Shape shape)
    {
        var random = new Random(seed);
        return Tensor.Of(shape, Enumerable.Range(0, shape.Size).Select(_ => 2 * random.NextSingle() - 1).ToArray());
    }
}

namespace ModelBuild.Engine.Tests;

/// <summary>Channels that are taken out, whatever they are worth: what is left computes as if nobody had read them.</summary>
[TestClass]
public class ChannelsTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Remove_LeavesWhatOthersCompute()
    {
        int before = 0, after = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            Graph graph = new ChannelNet(seed).Anything();
            var (unread, removed) = Without(graph, new Random(seed));
            Tensor[] x = [ChannelNet.Random(new Random(seed), 2, 1, 3, 6, 6)];
            double error = Comparison.Error(Reference.Run(removed, x, CancellationToken.None)[0], Reference.Run(unread, x, CancellationToken.None)[0]);
            Assert.IsLessThanOrEqualTo(2e-6, error, $"seed {seed}");
            (before, after) = (before + Weights(graph), after + Weights(removed));
        }
        TestContext.WriteLine($"{before} weights → {after}");
        Assert.IsLessThan(before * 3 / 4, after);
    }

    [TestMethod]
    [DataRow("tiny_resnet8_cifar10", 0.5)]
    [DataRow("fastestdet_shufflenetv2", 0.55)]
    [DataRow("ultraface_version-RFB-320", 0.55)]
    public void Remove_LeavesWhatOthersCompute_InRealModels(string name, double share)
    {
        Graph graph = Simplify.Run(OnnxReader.Read(Fixtures.Path($"models/onnx/{name}.onnx"), ImportOptions.None).Graph);
        var (unread, removed) = Without(graph, new Random(1));
        TestContext.WriteLine($"{Weights(graph)} weights → {Weights(removed)}");
        Assert.IsLessThan(Weights(graph) * share, Weights(removed));
        Tensor[] x = [.. graph.Inputs.Select(i => ChannelNet.Random(new Random(2), 1, [.. graph.Types[i].Shape]))];
        foreach (var (y, r) in Run(removed, x).Zip(Run(unread, x)))
            Assert.IsLessThanOrEqualTo(1e-4, Comparison.Error(y, r));
    }

    /// <summary>The graph twice: with zeros where a third of the channels that need not stay are read, and without those channels.</summary>
    private static (Graph Unread, Graph Removed) Without(Graph graph, Random random)
    {
        var rewrite = new Rewrite(graph);
        var channels = new Channels(rewrite);
        HashSet<int> needed = channels.Needed;
        HashSet<int> gone = channels.Spare(channels.Values.SelectMany(channels.Bundles).Distinct().Where(b => !needed.Contains(b) && random.Next(3) == 0).ToArray());
        Graph unread = Unread(graph, channels, gone);
        channels.Remove(gone);
        return (unread, rewrite.ToGraph());
    }

    /// <summary>The graph with zeros where some channels are read.</summary>
    internal static Graph Unread(Graph graph, Channels channels, HashSet<int> gone)
    {
        Graph unread = graph;
        foreach (var (node, map) in channels.Nodes.Where(n => n.Map is { Mixes: true, Inputs: [{ }, ..] }))
        {
            Tensor w = unread.Constants[node.Inputs[1]];
            int axis = map.Constants.Single(c => c.OfInput).Axis, inner = w.Shape.Strides[axis];
            int[] bundles = channels.Bundles(node.Inputs[0]);
            float[] weights = [.. w.F32.ToArray().Select((v, i) => gone.Contains(bundles[i / inner % bundles.Length]) ? 0 : v)];
            unread = unread with { Constants = unread.Constants.SetItem(node.Inputs[1], Tensor.Of(w.Shape, weights)) };
        }
        return unread;
    }

    private static Tensor[] Run(Graph graph, Tensor[] inputs)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run(inputs);
    }

    internal static int Weights(Graph graph) => graph.Nodes.Where(n => n.Op.Weights.Count > 0).Sum(n => graph.Constants[n.Inputs[1]].Shape.Size);
}

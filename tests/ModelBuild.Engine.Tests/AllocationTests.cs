using System.Reflection;
using ModelBuild.Generator.Tests;

namespace ModelBuild.Engine.Tests;

/// <summary>Real models as the classes that the generator writes for them: <c>Run</c> allocates nothing.</summary>
[TestClass]
public class AllocationTests
{
    private const int Callers = 4, Calls = 5;

    [TestMethod]
    [DataRow("burn_mnist")]
    [DataRow("onnxjs_mnist")]
    [DataRow("tiny_resnet8_cifar10")]
    [DataRow("tiny_mobilenetv1_025_vww")]
    [DataRow("tiny_dscnn_kws")]
    [DataRow("fastestdet_shufflenetv2")]
    [DataRow("ultraface_version-RFB-320")]
    [DataRow("ultraface_version-RFB-320_simplified")]
    public void Run_AllocatesNothing_InFloatAndInt8(string name)
    {
        string file = Fixtures.Path($"models/onnx/{name}.onnx");
        Graph graph = Simplify.Run(OnnxReader.Read(file, ImportOptions.None).Graph);
        var random = new Random(1);
        Tensor[] sample = [.. graph.Inputs.Select(i => Tensor.Of(graph.Types[i].Shape, Enumerable.Range(0, graph.Types[i].Shape.Size).Select(_ => random.NextSingle()).ToArray()))];
        AllocatesNothing(graph, file);
        AllocatesNothing(Simplify.Run(new QuantizeInt8().Apply(graph, new PassContext(graph) { Samples = [sample], Cancellation = CancellationToken.None })), file);
    }

    private static void AllocatesNothing(Graph graph, string file)
    {
        Emitted emitted = Emitted.From(graph, PlanNames.Of(file));
        Type caller = Compiled.Load(new PlanFileText("model.plan", emitted.Text), emitted.Weights, Caller(emitted.Plan), optimize: true).GetType("Caller")!;
        var allocated = caller.GetMethod("Allocated")!.CreateDelegate<Func<int, int, long>>();
        foreach (int threads in (int[])[1, 2])
        {
            allocated(threads, Calls);
            // A collection that another test causes counts what is left of this thread's allocation context; a call that allocates does so in every round.
            Assert.AreEqual(0, Enumerable.Range(0, 3).Min(_ => allocated(threads, Calls)), $"{threads} threads");

            // An arena is made when more calls run at once than ever before, so at most once a caller: some of more rounds than callers have none.
            long[] rounds = [.. Enumerable.Range(0, Callers + 1).Select(_ => AtOnce(() => allocated(threads, Calls)))];
            Assert.AreEqual(0, rounds.Min(), $"{threads} threads, {Callers} callers: {string.Join(", ", rounds)} bytes");
        }
    }

    private static long AtOnce(Func<long> call)
    {
        long sum = 0;
        Thread[] callers = [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() => Interlocked.Add(ref sum, call())))];
        Array.ForEach(callers, t => t.Start());
        Array.ForEach(callers, t => t.Join());
        return sum;
    }

    private static string Caller(Plan plan)
    {
        string[] tensors = [.. plan.Inputs.Concat(plan.Outputs).Select(t => t.Identifier)];
        return $$"""
            public static class Caller
            {
                private static readonly Models.Model[] s_models = { new(threads: 1), new(threads: 2) };

                public static long Allocated(int threads, int calls)
                {
                    Models.Model model = s_models[threads - 1];
                    {{string.Join("\n", tensors.Select((t, i) => $"var x{i} = new float[Models.Model.{t}.Length];"))}}
                    long before = System.GC.GetAllocatedBytesForCurrentThread();
                    for (int i = 0; i < calls; i++)
                        model.Run({{string.Join(", ", tensors.Select((_, i) => $"x{i}"))}});
                    return System.GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }
            """;
    }
}

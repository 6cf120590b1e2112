using BenchmarkDotNet.Attributes;
using ModelBuild.Engine;

namespace ModelBuild.Benchmarks;

/// <summary>Single kernels, as a plan calls them, on one thread and in a warm cache.</summary>
public class KernelBenchmarks
{
    private PlanRunner? _runner;
    private ReadOnlyMemory<byte>[] _inputs = [];
    private Memory<byte>[] _outputs = [];

    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "";

    [Params("float", "int8")]
    public string Type { get; set; } = "";

    public static IEnumerable<string> Shapes => KernelShape.All.Select(s => s.Name);

    /// <summary>The plan of a shape, with nothing left of its calls but the product.</summary>
    internal static (Plan Plan, byte[] Weights) Product(string shape, string type)
    {
        KernelShape found = KernelShape.All.Single(s => s.Name == shape);
        Emitted emitted = type == "float" ? found.Float() : found.Int8();
        return (emitted.Plan with { Calls = new(emitted.Plan.Calls.Where(c => ReportLayers.Macs(c) > 0)) }, emitted.Weights);
    }

    [GlobalSetup]
    public void Setup()
    {
        var (plan, weights) = Product(Shape, Type);
        _runner = new PlanRunner(plan, weights);
        _inputs = [.. plan.Inputs.Select(i => new byte[Tool.Benchmark.Type(i).Bytes])];
        _outputs = [.. plan.Outputs.Select(o => new byte[Tool.Benchmark.Type(o).Bytes])];
    }

    [GlobalCleanup]
    public void Cleanup() => _runner?.Dispose();

    [Benchmark]
    public void Kernel() => _runner!.Run(_inputs, _outputs);
}

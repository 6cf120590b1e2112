using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ModelBuild.Engine;
using ModelBuild.Tool;

namespace ModelBuild.Benchmarks;

/// <summary><c>layers MODEL</c>: how long each kernel call of a model's plan takes, amid the others, with the caches as they leave them.</summary>
internal static class LayersCommand
{
    private const int Least = 5, Most = 20_000;

    private static readonly TimeSpan s_warmup = TimeSpan.FromMilliseconds(300), s_time = TimeSpan.FromSeconds(2);

    public static Command Make(Terminal terminal)
    {
        var command = new Command("layers", "Shows how long each kernel call of a model's plan takes, in the plan's order: microseconds, the median of many runs.");
        var options = new BenchOptions(command);
        command.SetAction(parsed => options.With(parsed, terminal, (request, threads, _, _) =>
        {
            CompileResult compiled = Compiler.Compile(request, CancellationToken.None);
            terminal.Line(compiled.Summary);
            Plan plan = PlanText.Parse(compiled.PlanText);
            Show(plan, Measure(plan, compiled.Weights, Sample(plan, request), threads), terminal);
            return 0;
        }));
        return command;
    }

    private static ReadOnlyMemory<byte>[] Sample(Plan plan, CompileRequest request)
    {
        DataInput[] inputs = [.. plan.Inputs.Select(i => new DataInput(i.Name, i.Identifier, Type(i)))];
        Dataset data = Dataset.Calibration(request, inputs, []) ?? RandomData.Of(inputs, Normalization.Read(request, inputs), 1, seed: 1);
        return [.. data.Samples().First().Select(t => t.Bytes)];
    }

    /// <summary>Microseconds of each call.</summary>
    private static double[] Measure(Plan plan, byte[] weights, ReadOnlyMemory<byte>[] inputs, int threads)
    {
        using var runner = new PlanRunner(plan, weights, threads, apart: true);
        Memory<byte>[] outputs = [.. plan.Outputs.Select(o => new byte[Type(o).Bytes].AsMemory())];
        var stamps = new long[plan.Calls.Count + 1];
        // The just-in-time compiler waits for 30 calls, and then for a while without new ones.
        for (int phase = 0; phase < 3; phase++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int run = 0; run < Least || (run < 40 && Stopwatch.GetElapsedTime(begin) < s_warmup); run++)
                runner.Run(inputs, outputs, stamps);
            Thread.Sleep(150);
        }
        double clock = Clock();
        var times = plan.Calls.Select(_ => new List<double>()).ToArray();
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < Least || (run < Most && Stopwatch.GetElapsedTime(start) < s_time); run++)
        {
            runner.Run(inputs, outputs, stamps);
            for (int i = 0; i < times.Length; i++)
                times[i].Add(Math.Max(0, Rounds.Microseconds(stamps[i + 1] - stamps[i]) - clock));
        }
        return [.. times.Select(Rounds.Median)];
    }

    /// <summary>Microseconds that reading the clock takes.</summary>
    private static double Clock()
    {
        const int reads = 100_000;
        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i < reads; i++)
            Stopwatch.GetTimestamp();
        return Rounds.Microseconds(Stopwatch.GetTimestamp() - start) / reads;
    }

    private static void Show(Plan plan, double[] times, Terminal terminal)
    {
        double total = times.Sum();
        (PlanCall Call, double Time, long Macs)[] calls = [.. plan.Calls.Zip(times, (call, time) => (call, time, ReportLayers.Macs(call)))];
        terminal.Line(Row("µs", "share", "MACs", "GFLOP/s", "kernel", "layer"));
        foreach (var (call, time, macs) in calls)
            terminal.Line(Row(time, time / total, macs, call.Kernel, call.Comment));
        terminal.Line("");
        terminal.Line(Row("µs", "share", "MACs", "GFLOP/s", "kernel", "calls"));
        foreach (var kernel in calls.GroupBy(c => c.Call.Kernel).OrderByDescending(g => g.Sum(c => c.Time)))
            terminal.Line(Row(kernel.Sum(c => c.Time), kernel.Sum(c => c.Time) / total, kernel.Sum(c => c.Macs), kernel.Key, $"{kernel.Count()}"));
        terminal.Line(Row(total, 1, calls.Sum(c => c.Macs), "all", $"{calls.Length}"));
    }

    private static string Row(double time, double share, long macs, string kernel, string layer) => Row(
        time.ToString("N2", CultureInfo.InvariantCulture), (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %",
        macs == 0 ? "" : macs.ToString("N0", CultureInfo.InvariantCulture), macs == 0 || time == 0 ? "" : (2 * macs / time / 1000).ToString("N1", CultureInfo.InvariantCulture),
        kernel, layer);

    private static string Row(string time, string share, string macs, string speed, string kernel, string layer) => $"{time,12} {share,8} {macs,15} {speed,9}  {kernel,-20} {layer}";

    private static TensorType Type(PlanTensor tensor) => new(CallCompiler.Element(tensor), Shape.Of(tensor.Shape));
}

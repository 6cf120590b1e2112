using System.Diagnostics;
using System.Globalization;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>
/// What a program waits for at first: construction and one call, each time in a new process, in which nothing is compiled yet. Of ONNX Runtime the same:
/// its library, a session, one run.
/// </summary>
internal sealed class FirstCall
{
    public const string Option = "--first-call";

    private const int Processes = 3;

    private const string Class = "class.dll", Plan = "class.plan";

    private readonly string _folder;

    /// <param name="assembly">The generated class.</param>
    /// <param name="plan">Its plan, as text.</param>
    /// <param name="sample">A value of each input.</param>
    /// <param name="folder">Where the processes find these.</param>
    public FirstCall(byte[] assembly, string plan, Tensor[] sample, string folder)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, "first")).FullName;
        File.WriteAllBytes(Path.Combine(_folder, Class), assembly);
        File.WriteAllText(Path.Combine(_folder, Plan), plan);
        for (int i = 0; i < sample.Length; i++)
            File.WriteAllBytes(Input(_folder, i), sample[i].Bytes.Span);
    }

    /// <summary>Microseconds, the median of a few processes; the class's, or ONNX Runtime's of a <paramref name="model"/>.</summary>
    public double Measure(int threads, CancellationToken cancellation, string model = "")
    {
        var times = new double[Processes];
        for (int i = 0; i < Processes; i++)
        {
            var (code, output) = OwnProcess.Run(["bench", Option, _folder, threads.ToString(CultureInfo.InvariantCulture), model], cancellation);
            if (code != 0 || !double.TryParse(output, CultureInfo.InvariantCulture, out times[i]))
                throw new InvalidOperationException($"the process that makes a first call said: {output}");
        }
        return Rounds.Median(times);
    }

    /// <summary>What such a process does: prints microseconds.</summary>
    public static int Run(string folder, int threads, string model)
    {
        Plan plan = PlanText.Parse(File.ReadAllText(Path.Combine(folder, Plan)));
        byte[][] x = [.. plan.Inputs.Select((_, i) => File.ReadAllBytes(Input(folder, i)))];
        (string, TensorType)[] results = [.. plan.Outputs.Select(o => (o.Name, Benchmark.Type(o)))];
        Action first;
        if (model.Length > 0)
        {
            (string, Tensor)[] bound = [.. plan.Inputs.Zip(x, (i, bytes) => (i.Name, new Tensor(Benchmark.Type(i), bytes)))];
            first = () =>
            {
                if (OnnxRuntimeBinding.TryOpen(model, bound, results, threads, out string why) == null)
                    throw new InvalidOperationException(why);
            };
        }
        else
        {
            byte[][] y = [.. results.Select(r => new byte[r.Item2.Bytes])];
            Func<int, Action<byte[][], byte[][]>> create = GeneratedClass.Load(Path.Combine(folder, Class)).New;
            first = () => create(threads)(x, y);
        }
        long start = Stopwatch.GetTimestamp();
        first();
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMicroseconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static string Input(string folder, int index) => Path.Combine(folder, $"x{index}");
}

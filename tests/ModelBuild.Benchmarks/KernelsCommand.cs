using System.CommandLine;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using ModelBuild.Engine;
using Perfolizer.Horology;

namespace ModelBuild.Benchmarks;

/// <summary><c>kernels</c>: single kernels, by BenchmarkDotNet.</summary>
internal static class KernelsCommand
{
    public static Command Make()
    {
        var command = new Command("kernels", "Measures single kernels. What else stands on the command line is BenchmarkDotNet's, like --filter '*dw3x3*'.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed =>
        {
            Job job = Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(7).WithIterationTime(TimeInterval.FromMilliseconds(100));
            IConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(ConsoleLogger.Default)
                .AddColumnProvider(DefaultColumnProviders.Params).AddColumn(StatisticColumn.Median, StatisticColumn.Min, new Speed())
                .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "kernels"));
            return BenchmarkRunner.Run<KernelBenchmarks>(config, [.. parsed.UnmatchedTokens]) is { HasCriticalValidationErrors: false } ? 0 : 1;
        });
        return command;
    }

    /// <summary>Billions of multiplications and additions a second, by the median.</summary>
    private sealed class Speed : IColumn
    {
        public string Id => nameof(Speed);

        public string ColumnName => "GFLOP/s";

        public string Legend => "multiplications and additions in a nanosecond";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
                return "–";
            var (plan, _) = KernelBenchmarks.Product((string)benchmarkCase.Parameters[nameof(KernelBenchmarks.Shape)], (string)benchmarkCase.Parameters[nameof(KernelBenchmarks.Type)]);
            return (2 * plan.Calls.Sum(ReportLayers.Macs) / statistics.Median).ToString("0.0", CultureInfo.InvariantCulture);
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public bool IsAvailable(Summary summary) => true;
    }
}

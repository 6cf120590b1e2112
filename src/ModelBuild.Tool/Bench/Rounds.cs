using System.Diagnostics;

namespace ModelBuild.Tool;

/// <summary>
/// How long calls take. Contenders take turns, round by round, so that what slows the machine down slows all of them; within a turn calls are timed in groups
/// that are long against the clock.
/// </summary>
internal static class Rounds
{
    private const int Most = 21, Least = 5;

    private static readonly TimeSpan Group = TimeSpan.FromMicroseconds(50), Turn = TimeSpan.FromMilliseconds(30), Total = TimeSpan.FromSeconds(12);

    /// <summary>Microseconds a call: a contender's medians, one for each round.</summary>
    /// <param name="contenders">What is measured, a call each.</param>
    /// <param name="apart">How long nothing runs before a turn: until threads of the contender before have gone to sleep.</param>
    /// <param name="cancellation">Ends it.</param>
    public static double[][] Measure(IReadOnlyList<Action> contenders, TimeSpan apart, CancellationToken cancellation)
    {
        TimeSpan[] calls = [.. contenders.Select(c => Warm(c, cancellation))];
        TimeSpan round = TimeSpan.FromTicks(calls.Sum(c => apart.Ticks + Math.Max(Turn.Ticks, 4 * c.Ticks)));
        int rounds = (int)Math.Clamp(Total / round, Least, Most);
        double[][] medians = [.. contenders.Select(_ => new double[rounds])];
        for (int i = 0; i < rounds; i++)
        {
            for (int c = 0; c < contenders.Count; c++)
            {
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(apart);
                medians[c][i] = Median(TakeTurn(contenders[c], calls[c]));
            }
        }
        return medians;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Of so many ticks of the clock, of which a TimeSpan knows no fractions of 0.1 µs.</summary>
    public static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static double[] TakeTurn(Action call, TimeSpan expected)
    {
        int calls = (int)Math.Ceiling(Group / expected), groups = (int)Math.Clamp(Turn / (calls * expected), 3, 500);
        var times = new double[groups];
        // The caches are another contender's, and threads and clocks that rested take a while to wake.
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Turn / 10;)
            call();
        for (int g = 0; g < groups; g++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++)
                call();
            times[g] = Microseconds(Stopwatch.GetTimestamp() - start) / calls;
        }
        return times;
    }

    /// <summary>Calls until nothing is left for the just-in-time compiler, which waits for 30 calls and 100 quiet milliseconds, twice; returns what one takes then.</summary>
    private static TimeSpan Warm(Action call, CancellationToken cancellation)
    {
        TimeSpan last = TimeSpan.Zero;
        for (int phase = 0; phase < 4; phase++)
        {
            long start = Stopwatch.GetTimestamp();
            int calls = 0;
            while (calls == 0 || (Stopwatch.GetElapsedTime(start) is var elapsed && (elapsed < TimeSpan.FromMilliseconds(100) || (calls < 40 && elapsed < TimeSpan.FromSeconds(1.5)))))
            {
                cancellation.ThrowIfCancellationRequested();
                call();
                calls++;
            }
            last = Stopwatch.GetElapsedTime(start) / calls;
            Thread.Sleep(phase < 3 ? 150 : 0);
        }
        return last > TimeSpan.FromTicks(1) ? last : TimeSpan.FromTicks(1);
    }
}

using System.Diagnostics;

namespace ModelBuild.Engine;

/// <summary>Microseconds of a call on one thread, of the float model and of the compressed one; where and when they were measured is no input of a build, so they reach the report and nothing else.</summary>
internal sealed record Timing(double Before, double After)
{
    private const int Rounds = 15, Phases = 3;

    private static readonly TimeSpan s_phase = TimeSpan.FromMilliseconds(100), s_pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Both in turn, and the median of the rounds: what else the machine does meets both.</summary>
    public static Timing Of(Action before, Action after)
    {
        // The just-in-time compiler waits for calls, then for quiet, twice, before it makes its best of a method.
        for (int phase = 0; phase < Phases; phase++)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_phase;)
            {
                before();
                after();
            }
            Thread.Sleep(s_pause);
        }
        double[] one = new double[Rounds], two = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
            (one[round], two[round]) = (Microseconds(before), Microseconds(after));
        return new Timing(one.Order().ElementAt(Rounds / 2), two.Order().ElementAt(Rounds / 2));
    }

    private static double Microseconds(Action call)
    {
        const double enough = 3000;
        call();
        long start = Stopwatch.GetTimestamp();
        for (int calls = 1; ; calls++)
        {
            call();
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (elapsed >= enough)
                return elapsed / calls;
        }
    }
}

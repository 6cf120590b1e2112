using System.Diagnostics;

namespace ModelBuild.Generated.Threads;

/// <summary>
/// The threads that help callers, one set for all instances of a process: as many as the instance that wants most asked for, less the caller. They sleep
/// when nothing was offered for a while, keep no process alive, and hold no instance that nobody else holds.
/// </summary>
internal sealed class Workers
{
    public static readonly Workers Shared = new();

    private static readonly long s_spin = Stopwatch.Frequency / 20_000;

    // Loops on offer. Where all places are taken, there is more work about than workers.
    private readonly Job?[] _offers = new Job?[16];
    private readonly Semaphore _wake = new(0, int.MaxValue);
    private readonly Lock _starting = new();
    private int _started, _asleep;

    /// <summary>Work for this many threads, the caller among them, at most <see cref="Job.MostThreads"/>; null if it is one.</summary>
    public Job? Hire(int threads)
    {
        threads = Math.Min(threads, Job.MostThreads);
        if (threads == 1)
            return null;
        lock (_starting)
        {
            for (; _started < threads - 1; _started++)
                new Thread(Work) { IsBackground = true, Name = "ModelBuild" }.Start();
        }
        return new Job(this, threads);
    }

    /// <summary>Shows a job to the workers and wakes as many as it can use. Returns its place.</summary>
    public int Offer(Job job, int helpers)
    {
        int place = 0;
        while (place < _offers.Length && Interlocked.CompareExchange(ref _offers[place], job, null) != null)
            place++;
        if (place == _offers.Length)
            return -1;
        // A worker first says that it sleeps and then looks once more: one of the two sees the other.
        while (Volatile.Read(ref _asleep) is > 0 and var asleep)
        {
            int woken = Math.Min(asleep, helpers);
            if (Interlocked.CompareExchange(ref _asleep, asleep - woken, asleep) != asleep)
                continue;
            _wake.Release(woken);
            break;
        }
        return place;
    }

    public void Withdraw(int place)
    {
        if (place >= 0)
            Volatile.Write(ref _offers[place], null);
    }

    /// <summary>A moment of waiting. At first the processor is kept, as it mostly isn't for long; then whoever else wants it may have it: on a busy machine the
    /// one that is waited for.</summary>
    public static void Pause(long waited)
    {
        if (waited < s_spin / 4)
            Thread.SpinWait(8);
        else
            Thread.Yield();
    }

    private void Work()
    {
        while (true)
        {
            long start = Stopwatch.GetTimestamp(), now = start;
            do
            {
                bool helped = Help();
                if (!helped)
                    Pause(now - start);
                now = Stopwatch.GetTimestamp();
                if (helped)
                    start = now;
            }
            while (now < start + s_spin);
            Interlocked.Increment(ref _asleep);
            if (Help() && TryStayAwake())
                continue;
            _wake.WaitOne();
        }
    }

    /// <summary>False if somebody has counted on this worker's sleep and woken it.</summary>
    private bool TryStayAwake()
    {
        while (Volatile.Read(ref _asleep) is > 0 and var asleep)
        {
            if (Interlocked.CompareExchange(ref _asleep, asleep - 1, asleep) == asleep)
                return true;
        }
        return false;
    }

    private bool Help()
    {
        bool helped = false;
        foreach (ref Job? offer in _offers.AsSpan())
            helped |= Volatile.Read(ref offer)?.Help() == true;
        return helped;
    }
}

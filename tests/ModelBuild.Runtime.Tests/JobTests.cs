using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated.Tests;

/// <summary>Loops that several threads run.</summary>
[TestClass]
public unsafe class JobTests
{
    /// <summary>Counts how often each iteration ran, and who ran it.</summary>
    private readonly struct Counting(int* counts, int* threads, int milliseconds = 0) : ILoop
    {
        public void Run(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                Interlocked.Increment(ref counts[i]);
                threads[i] = Environment.CurrentManagedThreadId;
            }
            if (milliseconds > 0)
                Thread.Sleep(milliseconds);
        }
    }

    private static void Chunk(void* loop, int from, int to, int thread) => ((Counting*)loop)->Run(from, to);

    /// <summary>Runs a loop and returns how many threads took part.</summary>
    private static int Run(Job job, int count, int milliseconds = 0)
    {
        int* counts = stackalloc int[count], threads = stackalloc int[count];
        var loop = new Counting(counts, threads, milliseconds);
        job.Run(&Chunk, &loop, count, Job.LeastCall);
        for (int i = 0; i < count; i++)
            Assert.AreEqual(1, counts[i], $"iteration {i} of {count}");
        return new ReadOnlySpan<int>(threads, count).ToArray().Distinct().Count();
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(4)]
    [DataRow(9)]
    public void Run_RunsEachIterationOnce_HoweverManyThere(int threads)
    {
        Job job = new Workers().Hire(threads)!;
        foreach (int count in (int[])[1, 2, 3, 7, 8, 9, 31, 64, 1000])
            Run(job, count);
    }

    [TestMethod]
    public void Run_SharesChunksOut_WhenThereAreWorkers() => Assert.AreEqual(2, Run(new Workers().Hire(2)!, 8, milliseconds: 10));

    [TestMethod]
    public void Run_UsesNoMoreThreadsThanItsOwn_WhenThereAreMoreWorkers()
    {
        var workers = new Workers();
        workers.Hire(8);
        Assert.AreEqual(2, Run(workers.Hire(2)!, 8, milliseconds: 10));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Run_DoesAllOfIt_WhenNoWorkerEverBegins() => Assert.AreEqual(1, Run(new Job(new Workers(), 4), 100));

    [TestMethod]
    [Timeout(60_000)]
    public void Run_Ends_WhenLoopsAreShortAndMany()
    {
        Job job = new Workers().Hire(3)!;
        for (int i = 0; i < 10_000; i++)
        {
            Run(job, 1 + i % 20);
            // Now and then long enough for the workers to fall asleep.
            if (i % 500 == 0)
                Thread.Sleep(1);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Run_KeepsCallersApart_WhenMoreThanThereArePlacesShareTheWorkers()
    {
        var workers = new Workers();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] callers = [.. Enumerable.Range(0, 24).Select(t => new Thread(() =>
        {
            try
            {
                Job job = workers.Hire(3)!;
                for (int i = 0; i < 500; i++)
                    Run(job, 1 + (t + i) % 40);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }))];
        Array.ForEach(callers, t => t.Start());
        Array.ForEach(callers, t => t.Join());
        Assert.IsEmpty(failures);
    }

    [TestMethod]
    public void Run_AllocatesNothing()
    {
        Job job = new Workers().Hire(2)!;
        Run(job, 8, milliseconds: 1);
        int* counts = stackalloc int[64], threads = stackalloc int[64];
        var loop = new Counting(counts, threads);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            job.Run(&Chunk, &loop, 64, Job.LeastCall);
        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [TestMethod]
    public void Job_IsCollected_WhenItsInstanceIs()
    {
        var workers = new Workers();
        WeakReference job = Use(workers);
        for (int i = 0; i < 10 && job.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            // A worker that has just looked at it may still hold it.
            Thread.Sleep(10);
        }
        Assert.IsFalse(job.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Use(Workers workers)
        {
            Job job = workers.Hire(2)!;
            Run(job, 8, milliseconds: 1);
            return new WeakReference(job);
        }
    }

    [TestMethod]
    public void IsWorth_IsFalse_UntilACallHasEnoughToDo()
    {
        var job = new Job(new Workers(), 2);
        job.Begin();
        Assert.IsFalse(job.IsWorth(Job.LeastCall / 2), "a short call");
        Assert.IsFalse(job.IsWorth(Job.LeastLoop - 1), "a short loop");
        Assert.IsTrue(job.IsWorth(Job.LeastCall / 2 + 1), "a call that turned out to be long");
        job.Begin();
        Assert.IsTrue(job.IsWorth(Job.LeastLoop), "a call after a long one");
        job.Begin();
        Assert.IsFalse(job.IsWorth(Job.LeastLoop), "a call after a short one");
    }

    [TestMethod]
    public void IsWorth_IsTrue_WhenShortCallsFollowEachOtherClosely()
    {
        var job = new Job(new Workers(), 2);
        // A machine that is busy just now may make two calls lie far apart, but hardly a hundred.
        bool isWorth = false;
        for (int i = 0; i < 100 && !isWorth; i++)
        {
            job.Begin();
            isWorth = job.IsWorth(Job.LeastLoop);
        }
        Assert.IsTrue(isWorth, "close calls");
        Thread.Sleep(10);
        job.Begin();
        Assert.IsFalse(job.IsWorth(Job.LeastLoop), "a call after a while");
    }

    [TestMethod]
    public void Run_GivesEachThreadANumberOfItsOwn()
    {
        Job job = new Workers().Hire(3)!;
        // How many are inside with each number, and whether there ever were two.
        int* inside = stackalloc int[4];
        new Span<int>(inside, 4).Clear();
        for (int i = 0; i < 50; i++)
            job.Run(&Enter, inside, 24, Job.LeastCall);
        Assert.AreEqual(0, inside[3]);

        static void Enter(void* loop, int from, int to, int thread)
        {
            int* mine = (int*)loop + thread;
            if (Interlocked.Increment(ref *mine) != 1)
                ((int*)loop)[3] = 1;
            Thread.SpinWait(100);
            Interlocked.Decrement(ref *mine);
        }
    }
}

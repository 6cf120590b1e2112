using System.Diagnostics;

namespace ModelBuild.Generated.Threads;

/// <summary>
/// The loops of one call that is under way, one after the other. The caller offers a loop in chunks and takes chunks itself until there are none; workers
/// take some if they come in time. It waits for chunks that are being worked on, never for a worker to begin.
/// </summary>
internal sealed unsafe class Job(Workers workers, int threads)
{
    // In multiply-accumulates of the dense float kernel, of which a core does 10 to 50 in a nanosecond. A loop of LeastLoop is as long as waking a worker
    // takes, or longer; a call of LeastCall is so long that this doesn't show.
    internal const long LeastLoop = 1 << 18, LeastCall = 1 << 22;

    // A worker that loses its processor amid a chunk makes the caller wait, on a busy machine for milliseconds. Who had to wait works alone for this many
    // times as long, which bounds what a busy machine can cost.
    private const int Patience = 4;

    // More chunks than threads: who is late or slow takes fewer.
    private const int ChunksOfAThread = 4;

    private static readonly long s_spin = Stopwatch.Frequency / 20_000;

    private readonly AutoResetEvent _finished = new(false);

    // One loop; written only while there is no ticket.
    private delegate*<void*, int, int, void> _body;
    private void* _loop;
    private int _count, _chunks;

    // The number of the loop in the upper half, chunks that nobody has taken in the lower. A worker that was late by whole loops finds another number,
    // and takes nothing of what it has read.
    private long _tickets;

    // Chunks that aren't finished, and one more as long as the caller is awake. Who brings it to 0 wakes the caller.
    private int _left;

    private int _helpers;
    private Block? _rooms;
    private int _roomsBytes;
    private long _work, _workOfLastCall, _alone;

    /// <summary>A new call begins.</summary>
    public void Begin() => (_work, _workOfLastCall) = (0, _work);

    /// <summary>Whether a loop of so much work is worth offering. A plan is the same in all calls, so the last one tells how long this one will be.</summary>
    public bool IsWorth(long work)
    {
        _work += work;
        return work >= LeastLoop && Math.Max(_work, _workOfLastCall) >= LeastCall && (_alone == 0 || IsPatient());
    }

    /// <summary>Memory for the threads beside the caller, so many bytes each; kept for the next time.</summary>
    public byte* Rooms(int bytes)
    {
        int all = checked((threads - 1) * bytes);
        if (_rooms == null || _roomsBytes < all)
        {
            _rooms = new Block(all);
            _roomsBytes = all;
        }
        return _rooms.Start;
    }

    /// <summary>All iterations; returns when they are done.</summary>
    public void Run(delegate*<void*, int, int, void> body, void* loop, int count)
    {
        _chunks = Math.Min(count, threads * ChunksOfAThread);
        _body = body;
        _loop = loop;
        _count = count;
        _left = _chunks + 1;
        Volatile.Write(ref _tickets, ((_tickets >> 32) + 1 << 32) | (uint)_chunks);
        long start = Stopwatch.GetTimestamp();
        int place = workers.Offer(this, threads - 1);
        while (TakeChunk())
        {
        }
        workers.Withdraw(place);
        if (Volatile.Read(ref _left) > 1)
            Wait(start);
    }

    /// <summary>A worker's turn: chunks until there are none. False if there was nothing to do, or enough others do it.</summary>
    public bool Help()
    {
        if ((uint)Volatile.Read(ref _tickets) == 0)
            return false;
        bool helped = false;
        if (Interlocked.Increment(ref _helpers) < threads)
        {
            while (TakeChunk())
                helped = true;
        }
        Interlocked.Decrement(ref _helpers);
        return helped;
    }

    private bool TakeChunk()
    {
        while (true)
        {
            long tickets = Volatile.Read(ref _tickets);
            int left = (int)tickets;
            if (left == 0)
                return false;
            delegate*<void*, int, int, void> body = _body;
            void* loop = _loop;
            long count = _count, chunks = _chunks;
            if (Interlocked.CompareExchange(ref _tickets, tickets - 1, tickets) != tickets)
                continue;
            long chunk = chunks - left;
            body(loop, (int)(count * chunk / chunks), (int)(count * (chunk + 1) / chunks));
            if (Interlocked.Decrement(ref _left) == 0)
                _finished.Set();
            return true;
        }
    }

    private bool IsPatient()
    {
        if (Stopwatch.GetTimestamp() < _alone)
            return false;
        _alone = 0;
        return true;
    }

    private void Wait(long begin)
    {
        long start = Stopwatch.GetTimestamp(), now = start;
        do
        {
            Workers.Pause(now - start);
            now = Stopwatch.GetTimestamp();
        }
        while (Volatile.Read(ref _left) > 1 && now < start + s_spin);
        if (Volatile.Read(ref _left) > 1 && Interlocked.Decrement(ref _left) != 0)
        {
            _finished.WaitOne();
            now = Stopwatch.GetTimestamp();
        }
        // The last chunk of a worker that runs undisturbed ends soon after the caller's.
        if (now - start > Math.Max(start - begin, s_spin) / 2)
            _alone = now + Patience * (now - start);
    }
}

using System.Diagnostics;
using System.Numerics;

namespace ModelBuild.Generated.Threads;

/// <summary>
/// The loops of one call that is under way, one after the other. The caller offers a loop in chunks and takes chunks itself until there are none; workers
/// take some if they come in time. It waits for chunks that are being worked on, never for a worker to begin.
/// </summary>
internal sealed unsafe class Job(Workers workers, int threads)
{
    // In multiply-accumulates of the dense float kernel, of which a core does 10 to 50 in a nanosecond. A loop of LeastLoop is as long as waking a worker
    // takes, or longer; a call of LeastCall is so long that this doesn't show. Shorter ones are shared out where they follow each other so closely that
    // workers are still awake. A chunk of LeastChunk is long against what it costs to take one.
    internal const long LeastLoop = 1 << 18, LeastCall = 1 << 22, LeastChunk = 1 << 15;

    // A worker that loses its processor amid a chunk makes the caller wait, on a busy machine for milliseconds. Who had to wait works alone for this many
    // times as long, which bounds what a busy machine can cost.
    private const int Patience = 2;

    // More chunks than threads: who is late or slow takes fewer.
    private const int ChunksOfAThread = 8;

    // What a thread's number has room for.
    internal const int MostThreads = 64;

    private const long First = 1 << 16;

    private static readonly long s_spin = Stopwatch.Frequency / 20_000;

    private readonly AutoResetEvent _finished = new(false);

    // One loop; written only while there is no ticket.
    private delegate*<void*, int, int, int, void> _body;
    private void* _loop;
    private int _count, _chunks;

    // The number of the loop in the upper half; in the lower, 16 bits each, the first chunk that nobody has taken and the one after the last. The caller takes
    // the first and workers the last, so that from layer to layer most of what a thread reads is in its own cache. A worker that was late by whole loops
    // finds another number, and takes nothing of what it has read.
    private long _tickets;

    // Chunks that aren't finished, and one more as long as the caller is awake. Who brings it to 0 wakes the caller.
    private int _left;

    // A bit for each thread that is at work; the caller's is the lowest. Who takes chunks keeps its number, and with it its room.
    private long _busy = 1;

    private Block? _rooms;
    private int _roomsBytes;
    private long _work, _workOfLastCall, _begin, _alone;
    private bool _isOneOfMany;

    /// <summary>Iterations that a loop should have, so that all threads have something to do until its end.</summary>
    public int Wanted => threads * ChunksOfAThread / 2;

    /// <summary>A new call begins.</summary>
    public void Begin()
    {
        (_work, _workOfLastCall) = (0, _work);
        if (_workOfLastCall is < LeastLoop or >= LeastCall)
            return;
        long now = Stopwatch.GetTimestamp();
        _isOneOfMany = now - _begin < 4 * s_spin;
        _begin = now;
    }

    /// <summary>Whether a loop of so much work is worth offering. A plan is the same in all calls, so the last one tells how long this one will be.</summary>
    public bool IsWorth(long work)
    {
        _work += work;
        return work >= LeastLoop && (_isOneOfMany || Math.Max(_work, _workOfLastCall) >= LeastCall) && (_alone == 0 || IsPatient());
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
    /// <param name="work">As <see cref="IsWorth"/> has it.</param>
    public void Run(delegate*<void*, int, int, int, void> body, void* loop, int count, long work)
    {
        _chunks = (int)Math.Min(Math.Min(count, threads * ChunksOfAThread), Math.Max(2, work / LeastChunk));
        _body = body;
        _loop = loop;
        _count = count;
        _left = _chunks + 1;
        Volatile.Write(ref _tickets, ((_tickets >> 32) + 1 << 32) | (uint)_chunks);
        long start = Stopwatch.GetTimestamp();
        int place = workers.Offer(this, threads - 1), own = 0;
        while (TakeChunk(0))
            own++;
        workers.Withdraw(place);
        if (Volatile.Read(ref _left) > 1)
            Wait(start, own);
    }

    /// <summary>A worker's turn: chunks until there are none. False if there was nothing to do, or enough others do it.</summary>
    public bool Help()
    {
        if (Remaining(Volatile.Read(ref _tickets)) == 0)
            return false;
        int thread = TakeNumber();
        if (thread == threads)
            return false;
        bool helped = false;
        while (TakeChunk(thread))
            helped = true;
        Interlocked.And(ref _busy, ~(1L << thread));
        return helped;
    }

    private int TakeNumber()
    {
        while (true)
        {
            long busy = Volatile.Read(ref _busy);
            int thread = Math.Min(BitOperations.TrailingZeroCount(~busy), threads);
            if (thread == threads || Interlocked.CompareExchange(ref _busy, busy | 1L << thread, busy) == busy)
                return thread;
        }
    }

    private bool TakeChunk(int thread)
    {
        while (true)
        {
            long tickets = Volatile.Read(ref _tickets);
            if (Remaining(tickets) == 0)
                return false;
            delegate*<void*, int, int, int, void> body = _body;
            void* loop = _loop;
            long count = _count, chunks = _chunks;
            if (Interlocked.CompareExchange(ref _tickets, thread == 0 ? tickets + First : tickets - 1, tickets) != tickets)
                continue;
            long chunk = thread == 0 ? (tickets >> 16) & ushort.MaxValue : (tickets & ushort.MaxValue) - 1;
            body(loop, (int)(count * chunk / chunks), (int)(count * (chunk + 1) / chunks), thread);
            if (Interlocked.Decrement(ref _left) == 0)
                _finished.Set();
            return true;
        }
    }

    private static long Remaining(long tickets) => (tickets & ushort.MaxValue) - ((tickets >> 16) & ushort.MaxValue);

    private bool IsPatient()
    {
        if (Stopwatch.GetTimestamp() < _alone)
            return false;
        _alone = 0;
        return true;
    }

    private void Wait(long begin, int own)
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
        // The last chunk of a worker that runs undisturbed ends at most one chunk after the caller's. Who took none can't tell how long one is.
        if (own > 0 && now - start > Math.Max(2 * (start - begin) / own, s_spin / 2))
            _alone = now + Patience * (now - start);
    }
}

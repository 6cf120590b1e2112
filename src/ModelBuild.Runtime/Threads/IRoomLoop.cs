namespace ModelBuild.Generated.Threads;

/// <summary>As <see cref="ILoop"/>, where whoever runs iterations needs memory of its own meanwhile.</summary>
internal unsafe interface IRoomLoop
{
    /// <summary>The iterations from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    void Run(int from, int to, byte* room);
}

/// <summary>A loop with as many rooms as there are threads: the caller's scratch, and what lies behind <paramref name="others"/>.</summary>
internal unsafe struct RoomLoop<L>(L loop, byte* own, byte* others, int bytes) : ILoop where L : unmanaged, IRoomLoop
{
    private readonly L _loop = loop;

    // A bit for each room.
    private long _taken;

    public void Run(int from, int to)
    {
        int room = Take();
        _loop.Run(from, to, room == 0 ? own : others + (nint)(room - 1) * bytes);
        Interlocked.And(ref _taken, ~(1L << room));
    }

    private int Take()
    {
        while (true)
        {
            long taken = Volatile.Read(ref _taken);
            int room = System.Numerics.BitOperations.TrailingZeroCount(~taken);
            if (room < 64 && Interlocked.CompareExchange(ref _taken, taken | 1L << room, taken) == taken)
                return room;
        }
    }
}

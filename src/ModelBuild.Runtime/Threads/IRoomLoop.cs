namespace ModelBuild.Generated.Threads;

/// <summary>As <see cref="ILoop"/>, where whoever runs iterations needs memory of its own meanwhile.</summary>
internal unsafe interface IRoomLoop
{
    /// <summary>The iterations from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    void Run(int from, int to, byte* room);
}

/// <summary>A loop with a room for each thread: the caller's scratch, and what lies behind <paramref name="others"/>.</summary>
internal readonly unsafe struct RoomLoop<L>(L loop, byte* own, byte* others, int bytes) where L : unmanaged, IRoomLoop
{
    private readonly L _loop = loop;

    public void Run(int from, int to, int thread) => _loop.Run(from, to, thread == 0 ? own : others + (nint)(thread - 1) * bytes);
}

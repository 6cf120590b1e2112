using System.ComponentModel;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>What one call of <c>Run</c> works on: its arena, the model's weights and the expanded block. Addresses are bytes from the start of each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Frame
{
    private readonly byte* _scratch, _weights, _expanded;
    private readonly Job? _job;

    internal Frame(byte* scratch, byte* weights, byte* expanded, Job? job)
    {
        _job = job;
        _scratch = scratch;
        _weights = weights;
        _expanded = expanded;
    }

    public Place Scratch(int offset) => new(_scratch + offset);

    public Place Weights(int offset) => new(_weights + offset);

    public Place Expanded(int offset) => new(_expanded + offset);

    /// <summary>A call begins.</summary>
    internal void Begin() => _job?.Begin();

    /// <summary>All iterations of a loop, on several threads where the instance has them and it pays.</summary>
    /// <param name="work">About how much there is to do, in multiply-accumulates of the dense float kernel.</param>
    internal void Run<L>(L loop, int count, long work) where L : unmanaged, ILoop
    {
        if (_job == null || count < 2 || !_job.IsWorth(work))
            loop.Run(0, count);
        else
            _job.Run(&Chunk<L>, &loop, count, work);
    }

    /// <summary>The same where each thread needs memory of its own: the first works in <paramref name="room"/>.</summary>
    internal void Run<L>(L loop, int count, long work, Place room, int bytes) where L : unmanaged, IRoomLoop
    {
        if (_job == null || count < 2 || !_job.IsWorth(work))
        {
            loop.Run(0, count, room.Address);
            return;
        }
        var rooms = new RoomLoop<L>(loop, room.Address, _job.Rooms(bytes), bytes);
        _job.Run(&RoomChunk<L>, &rooms, count, work);
    }

    /// <summary>Into how many parts each iteration of a loop of few is best cut, of at most so many.</summary>
    internal int Parts(int count, int most, long work) => _job == null || work < Job.LeastLoop ? 1 : Math.Clamp(_job.Wanted / count, 1, most);

    private static void Chunk<L>(void* loop, int from, int to, int thread) where L : unmanaged, ILoop => ((L*)loop)->Run(from, to);

    private static void RoomChunk<L>(void* loop, int from, int to, int thread) where L : unmanaged, IRoomLoop => ((RoomLoop<L>*)loop)->Run(from, to, thread);
}

namespace ModelBuild.Generated;

/// <summary>Memory that the collector frees but never moves, on a cache line's boundary, zeroed. Alive as long as this object is. Kernels may read whole vectors past its end.</summary>
internal sealed unsafe class Block
{
    private const int Alignment = 64, Tail = 128;

    private readonly byte[] _memory;

    public Block(int bytes)
    {
        _memory = GC.AllocateArray<byte>(checked(bytes + Alignment + Tail), pinned: true);
        fixed (byte* start = _memory)
            Start = (byte*)((nuint)(start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    public byte* Start { get; }
}

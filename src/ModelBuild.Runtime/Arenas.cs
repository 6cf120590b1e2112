using System.ComponentModel;
using System.Runtime.CompilerServices;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>
/// Scratch memory of an instance: one arena per call that is under way. The first lies in a slot of its own, further ones in a list, and none is
/// ever dropped, so that calls allocate nothing once there are as many as there are concurrent callers.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class Arenas
{
    private readonly ModelWeights _weights;
    private readonly int _scratchBytes, _threads;
    private readonly Workers? _workers;
    private Arena? _slot;
    private Arena? _others;
    private int _locked;

    /// <exception cref="InvalidOperationException">The weights are missing, or belong to another build than the class.</exception>
    public Arenas(ModelWeights weights, int scratchBytes, int threads) : this(weights, scratchBytes, Math.Min(threads, Environment.ProcessorCount), threads > 1 ? Workers.Shared : null)
    {
    }

    internal Arenas(ModelWeights weights, int scratchBytes, int threads, Workers? workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _weights = weights.Open();
        _scratchBytes = scratchBytes;
        _threads = threads;
        _workers = workers;
    }

    /// <summary>An arena for one call; <see cref="Lease.Dispose"/> gives it back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lease Rent() => new(this, Interlocked.Exchange(ref _slot, null) ?? RentOther());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(Arena arena)
    {
        if (Interlocked.CompareExchange(ref _slot, arena, null) != null)
            ReturnOther(arena);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Arena RentOther()
    {
        Lock();
        Arena? arena = _others;
        if (arena != null)
        {
            _others = arena.Next;
            arena.Next = null;
        }
        Unlock();
        return arena ?? new Arena(_weights, _scratchBytes, _workers?.Hire(_threads));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnOther(Arena arena)
    {
        Lock();
        arena.Next = _others;
        _others = arena;
        Unlock();
    }

    // Held for a few instructions only; the runtime's own locks may allocate when they are contended.
    private void Lock()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            spin.SpinOnce();
    }

    private void Unlock() => Volatile.Write(ref _locked, 0);

    internal sealed class Arena
    {
        private readonly Block _scratch;

        public readonly Frame Frame;

        public Arena? Next;

        public Arena(ModelWeights weights, int scratchBytes, Job? job)
        {
            _scratch = new Block(scratchBytes);
            Frame = new Frame(_scratch.Start, weights.Data, weights.Expanded, job);
        }
    }

    /// <summary>An arena on loan to one call.</summary>
    public readonly ref struct Lease
    {
        private readonly Arenas _arenas;
        private readonly Arena _arena;

        internal Lease(Arenas arenas, Arena arena)
        {
            _arenas = arenas;
            _arena = arena;
            arena.Frame.Begin();
        }

        public ref readonly Frame Frame => ref _arena.Frame;

        /// <summary>Scratch memory as a span: for outputs that no caller asked for.</summary>
        public Span<T> Span<T>(int offset, int length) where T : unmanaged => new(_arena.Frame.Scratch(offset).Address, length);

        public void Dispose() => _arenas.Return(_arena);
    }
}

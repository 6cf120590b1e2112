using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelBuild.Generated;

/// <summary>
/// What <see cref="Arenas"/> are, of a model that ONNX Runtime runs: a session, and for each call that is under way memory that is bound to it. None is ever dropped, so that calls allocate
/// nothing once there are as many as there are concurrent callers.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OnnxArenas
{
    private readonly InferenceSession _session;
    private readonly OnnxTensor[] _inputs, _outputs;
    private readonly int _scratchBytes;
    private Arena? _slot;
    private Arena? _others;
    private int _locked;

    /// <param name="weights">The resource; what follows its header is the model, as an ONNX file.</param>
    /// <param name="scratchBytes">The length of each call's scratch memory.</param>
    /// <param name="threads">How many a call may use.</param>
    /// <param name="inputs">In the order in which <see cref="OnnxFrame.Write"/> counts them.</param>
    /// <param name="outputs">In the order in which <see cref="OnnxFrame.Read"/> counts them.</param>
    /// <param name="configure">Takes the options of the session before it is made.</param>
    /// <exception cref="InvalidOperationException">The resource is missing, or belongs to another build than the class.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime does not take the model.</exception>
    public OnnxArenas(ModelWeights weights, int scratchBytes, int threads, OnnxTensor[] inputs, OnnxTensor[] outputs, Action<SessionOptions> configure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _scratchBytes = scratchBytes;
        _inputs = inputs;
        _outputs = outputs;
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = Math.Min(threads, Environment.ProcessorCount), InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Without VNNI its 8-bit products saturate in between, unless told that digits matter: results would depend on the machine.
        options.AddSessionConfigEntry("session.x64quantprecision", "1");
        configure(options);
        _session = new InferenceSession(weights.Open().Content.ToArray(), options);
    }

    /// <summary>An arena for one call; <see cref="Lease.Dispose"/> gives it back.</summary>
    public Lease Rent() => new(this, Interlocked.Exchange(ref _slot, null) ?? RentOther());

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
        return arena ?? new Arena(new OnnxFrame(_session, _inputs, _outputs), _scratchBytes);
    }

    private void Return(Arena arena)
    {
        if (Interlocked.CompareExchange(ref _slot, arena, null) == null)
            return;
        Lock();
        arena.Next = _others;
        _others = arena;
        Unlock();
    }

    // Held for a few instructions only; .NET's own locks may allocate when they are contended.
    private void Lock()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            spin.SpinOnce();
    }

    private void Unlock() => Volatile.Write(ref _locked, 0);

    internal sealed class Arena(OnnxFrame frame, int scratchBytes)
    {
        public readonly OnnxFrame Frame = frame;

        public readonly byte[] Scratch = new byte[scratchBytes];

        public Arena? Next;
    }

    /// <summary>An arena on loan to one call.</summary>
    public readonly ref struct Lease
    {
        private readonly OnnxArenas _arenas;
        private readonly Arena _arena;

        internal Lease(OnnxArenas arenas, Arena arena)
        {
            _arenas = arenas;
            _arena = arena;
        }

        public ref readonly OnnxFrame Frame => ref _arena.Frame;

        /// <summary>Scratch memory as a span: for outputs that no caller asked for.</summary>
        public Span<T> Span<T>(int offset, int length) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_arena.Scratch.AsSpan(offset))[..length];

        public void Dispose() => _arenas.Return(_arena);
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using ModelBuild.Generated;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Engine;

/// <summary>
/// Runs a plan in process, by the kernels that ship and without a C# compiler: groups of calls become methods in memory. What the generated class
/// computes, this computes. Calls may come from several threads at once.
/// </summary>
internal sealed unsafe class PlanRunner : IDisposable
{
    private readonly Plan _plan;
    private readonly Arenas _arenas;
    private readonly CallCompiler _calls;
    private MemoryHandle _weights;

    /// <param name="plan">What to run.</param>
    /// <param name="weights">The plan's own.</param>
    /// <param name="threads">How many a call may use.</param>
    /// <param name="apart">Whether each call of the plan can be timed.</param>
    /// <exception cref="InvalidOperationException">The weights are not the plan's, or the runtime has no such kernel, parameter or decoder.</exception>
    public PlanRunner(Plan plan, ReadOnlyMemory<byte> weights, int threads = 1, bool apart = false)
    {
        if (weights.Length != plan.Weights.Bytes)
            throw new InvalidOperationException($"the weights have {weights.Length} bytes, and the plan says {plan.Weights.Bytes}");
        _plan = plan;
        _calls = new CallCompiler(plan, apart);
        _weights = weights.Pin();
        try
        {
            // As many threads as asked for, where a generated class stops at what the machine has.
            _arenas = new Arenas(new ModelWeights((byte*)_weights.Pointer, plan.ContentId, weights.Length, plan.Weights.ExpandedBytes, Expand), plan.ScratchBytes, threads, Workers.Shared);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One sample.</summary>
    public Tensor[] Run(Tensor[] inputs)
    {
        byte[][] outputs = [.. _plan.Outputs.Select(o => new byte[Type(o).Bytes])];
        Run([.. inputs.Select(i => i.Bytes)], [.. outputs.Select(o => o.AsMemory())]);
        return [.. _plan.Outputs.Select((o, i) => new Tensor(Type(o), outputs[i]))];
    }

    /// <summary>The same sample again and again, for who times it.</summary>
    public Action Call(Tensor[] inputs)
    {
        ReadOnlyMemory<byte>[] x = [.. inputs.Select(i => i.Bytes)];
        Memory<byte>[] y = [.. _plan.Outputs.Select(o => new byte[Type(o).Bytes].AsMemory())];
        return () => Run(x, y);
    }

    /// <summary>One sample from and to the caller's memory, for loops over many.</summary>
    /// <param name="inputs">A memory an input.</param>
    /// <param name="outputs">A memory an output.</param>
    /// <param name="times">Of a runner that keeps calls apart: becomes the timestamps of the beginning and of each call's end.</param>
    public void Run(ReadOnlySpan<ReadOnlyMemory<byte>> inputs, ReadOnlySpan<Memory<byte>> outputs, Span<long> times = default)
    {
        if (inputs.Length != _plan.Inputs.Count || outputs.Length != _plan.Outputs.Count)
            throw new ArgumentException($"{inputs.Length} inputs and {outputs.Length} outputs where the plan has {_plan.Inputs.Count} and {_plan.Outputs.Count}");
        var pins = new MemoryHandle[inputs.Length + outputs.Length];
        byte** tensors = stackalloc byte*[pins.Length];
        using Arenas.Lease lease = _arenas.Rent();
        try
        {
            for (int i = 0; i < pins.Length; i++)
            {
                (PlanTensor tensor, ReadOnlyMemory<byte> memory) = i < inputs.Length ? (_plan.Inputs[i], inputs[i]) : (_plan.Outputs[i - inputs.Length], outputs[i - inputs.Length]);
                if (memory.Length != Type(tensor).Bytes)
                    throw new ArgumentException($"'{tensor.Name}' is {Type(tensor)}, {Type(tensor).Bytes} bytes, not {memory.Length}");
                pins[i] = memory.Pin();
                tensors[i] = (byte*)pins[i].Pointer;
            }
            if (times.IsEmpty)
                _calls.Run(in lease.Frame, tensors);
            else
                _calls.Run(in lease.Frame, tensors, times);
        }
        finally
        {
            foreach (MemoryHandle pin in pins)
                pin.Dispose();
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _weights.Dispose();
    }

    private static TensorType Type(PlanTensor tensor) => new(CallCompiler.Element(tensor), Shape.Of(tensor.Shape));

    private void Expand(Expansion expansion)
    {
        foreach (PlanExpansion e in _plan.Expansions)
            Decoders.Expand(expansion, e);
    }
}

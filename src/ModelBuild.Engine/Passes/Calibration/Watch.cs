using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>One value of a graph, for one sample after the other.</summary>
internal sealed class Watch : IDisposable
{
    private readonly PlanRunner? _runner;
    private readonly byte[] _value = [];
    private readonly int _input;

    public Watch(Graph graph, string value)
    {
        _input = graph.Inputs.IndexOf(value);
        if (_input >= 0)
            return;
        Emitted emitted = Emitted.From(graph with { Outputs = [value] }, PlanNames.None, Optimize.Speed);
        _runner = new(emitted.Plan, emitted.Weights);
        _value = new byte[graph.Types[value].Bytes];
    }

    public ReadOnlySpan<float> Run(Tensor[] sample)
    {
        if (_runner == null)
            return sample[_input].F32;
        _runner.Run([.. sample.Select(s => s.Bytes)], [_value.AsMemory()]);
        return MemoryMarshal.Cast<byte, float>(_value);
    }

    public void Dispose() => _runner?.Dispose();
}

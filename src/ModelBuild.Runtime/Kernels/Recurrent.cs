using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;

namespace ModelBuild.Generated;

// Layers with a memory, all steps in one call. gates hold, in a row a step and sample, what the inputs contribute to each gate; what the state before
// contributes is added there, and rows are then used up. h, and c where there is one, are the states [batch, hidden]: the first ones before, the last ones
// after. y, which may be absent, gets every step's h. Whatever goes backwards has a negative step. Weights in panels; distances in elements.
public static unsafe partial class Kernels
{
    /// <summary>
    /// Long short-term memory: c = f·c + i·g(z), h = o·t(c). Rows of gates are i, f, o, z, weights [hidden, 4·hidden] likewise; peepholes, which may be absent, i, f, o.
    /// Where gates are coupled, f = 1 − i; c stays within ±memory. Functions by their number: Sigmoid 0, Tanh 1, Relu 2, Affine 3, LeakyRelu 4, ThresholdedRelu 5, ScaledTanh 6,
    /// HardSigmoid 7, Elu 8, Softsign 9, Softplus 10.
    /// </summary>
    public static void LstmF32F32(
        in Frame frame, Place gates, Place weights, Place peepholes, Place h, Place c, Place y,
        int steps, int batch, int hidden, int gatesStep, int gatesRow, int hRow, int cRow, int yStep, int yRow,
        float clip = float.PositiveInfinity, int coupled = 0, float memory = float.PositiveInfinity,
        int gate = 0, float gateAlpha = 0, float gateBeta = 0, int cell = 1, float cellAlpha = 0, float cellBeta = 0, int output = 1, float outputAlpha = 0, float outputBeta = 0)
    {
        var cells = new Lstm
        {
            Sizes = new() { Gates = gates.F32, H = h.F32, Y = y.F32, Steps = steps, Batch = batch, Hidden = hidden, GatesStep = gatesStep, GatesRow = gatesRow, HRow = hRow, YStep = yStep, YRow = yRow, Clip = clip },
            Weights = weights, Peepholes = peepholes.F32, C = c.F32, CRow = cRow, Coupled = coupled != 0, Memory = memory,
            Gate = new(gate, gateAlpha, gateBeta), Cell = new(cell, cellAlpha, cellBeta), Output = new(output, outputAlpha, outputBeta),
        };
        if (Vector512.IsHardwareAccelerated)
            cells.Run<V512>(frame);
        else if (Vector256.IsHardwareAccelerated)
            cells.Run<V256>(frame);
        else if (Vector128.IsHardwareAccelerated)
            cells.Run<V128>(frame);
        else
            cells.Run<V1>(frame);
    }

    /// <summary>
    /// Gated recurrent unit: h = (1 − z)·n + z·h. Rows of gates are z, r, n; weights are those of z and r [hidden, 2·hidden], and of n. n sees r·h; with <paramref name="after"/>
    /// r times the product with h and <paramref name="bias"/> instead. room: [batch, hidden]. Functions as the long short-term memory's.
    /// </summary>
    public static void GruF32F32(
        in Frame frame, Place gates, Place weights, Place newWeights, Place bias, Place room, Place h, Place y,
        int steps, int batch, int hidden, int gatesStep, int gatesRow, int hRow, int yStep, int yRow,
        float clip = float.PositiveInfinity, int after = 0, int gate = 0, float gateAlpha = 0, float gateBeta = 0, int cell = 1, float cellAlpha = 0, float cellBeta = 0)
    {
        var cells = new Gru
        {
            Sizes = new() { Gates = gates.F32, H = h.F32, Y = y.F32, Steps = steps, Batch = batch, Hidden = hidden, GatesStep = gatesStep, GatesRow = gatesRow, HRow = hRow, YStep = yStep, YRow = yRow, Clip = clip },
            Weights = weights, NewWeights = newWeights, Bias = bias.F32, Room = room.F32, After = after != 0, Gate = new(gate, gateAlpha, gateBeta), Cell = new(cell, cellAlpha, cellBeta),
        };
        if (Vector512.IsHardwareAccelerated)
            cells.Run<V512>(frame);
        else if (Vector256.IsHardwareAccelerated)
            cells.Run<V256>(frame);
        else if (Vector128.IsHardwareAccelerated)
            cells.Run<V128>(frame);
        else
            cells.Run<V1>(frame);
    }

    /// <summary>The simple recurrent layer: h = f(x + h·W). Functions as the long short-term memory's.</summary>
    public static void RnnF32F32(
        in Frame frame, Place gates, Place weights, Place h, Place y, int steps, int batch, int hidden, int gatesStep, int gatesRow, int hRow, int yStep, int yRow,
        float clip = float.PositiveInfinity, int cell = 1, float cellAlpha = 0, float cellBeta = 0)
    {
        var cells = new Rnn
        {
            Sizes = new() { Gates = gates.F32, H = h.F32, Y = y.F32, Steps = steps, Batch = batch, Hidden = hidden, GatesStep = gatesStep, GatesRow = gatesRow, HRow = hRow, YStep = yStep, YRow = yRow, Clip = clip },
            Weights = weights, Cell = new(cell, cellAlpha, cellBeta),
        };
        if (Vector512.IsHardwareAccelerated)
            cells.Run<V512>(frame);
        else if (Vector256.IsHardwareAccelerated)
            cells.Run<V256>(frame);
        else if (Vector128.IsHardwareAccelerated)
            cells.Run<V128>(frame);
        else
            cells.Run<V1>(frame);
    }

    internal readonly struct Affine(float alpha, float beta) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.MultiplyAdd(V.Broadcast(alpha), x, V.Broadcast(beta));
    }

    internal readonly struct ScaledTanh(float alpha, float beta) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : struct, IVec<V> => V.Broadcast(alpha) * Functions.Tanh(V.Broadcast(beta) * x);
    }
}

/// <summary>What the layers have in common: where their rows lie, and how many there are.</summary>
internal unsafe struct RecurrentSizes
{
    public float* Gates, H, Y;
    public int Steps, Batch, Hidden, HRow;
    public nint GatesStep, GatesRow, YStep, YRow;
    public float Clip;

    /// <summary>gates += x·weights, from one gate on, of this step.</summary>
    public readonly void Add(in Frame frame, float* gates, float* x, int xRow, Place weights, int columns) => Multiply(frame, x, xRow, weights, null, gates, gates, columns, (int)GatesRow);

    public readonly void Multiply(in Frame frame, float* x, int xRow, Place weights, float* bias, float* residual, float* y, int columns, int yRow) =>
        Kernels.MatMulF32F32(frame, new((byte*)x), weights, new((byte*)bias), new((byte*)residual), new((byte*)y), Batch, Hidden, columns, xRow, 0, yRow, yRow, float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>A function of gates in place, what it sees being clipped.</summary>
    public readonly void Apply<V>(CellFunction function, float* gates, nint count) where V : struct, IVec<V>
    {
        if (Clip < float.PositiveInfinity)
            Elementwise.Rows<Kernels.Clip, V>(new(-Clip, Clip), gates, gates, Batch, count, GatesRow, GatesRow, 1, 1);
        function.Run<V>(gates, gates, Batch, count, GatesRow, GatesRow);
    }
}

internal unsafe struct Lstm
{
    public RecurrentSizes Sizes;
    public Place Weights;
    public float* Peepholes, C;
    public nint CRow;
    public bool Coupled;
    public float Memory;
    public CellFunction Gate, Cell, Output;

    public readonly void Run<V>(in Frame frame) where V : struct, IVec<V>
    {
        float* gates = Sizes.Gates, y = Sizes.Y;
        nint hidden = Sizes.Hidden;
        // The output gate looks at the memory as it becomes.
        nint first = Peepholes == null ? 3 : Coupled ? 1 : 2;
        for (int step = 0; step < Sizes.Steps; step++, gates += Sizes.GatesStep)
        {
            float* f = gates + hidden, o = f + hidden, z = o + hidden;
            Sizes.Add(frame, gates, Sizes.H, Sizes.HRow, Weights, 4 * Sizes.Hidden);
            if (Peepholes != null)
                Look<V>(gates, Peepholes, first);
            Sizes.Apply<V>(Gate, gates, first * hidden);
            Sizes.Apply<V>(Cell, z, hidden);
            for (nint n = 0; n < Sizes.Batch; n++)
                Remember<V>(gates + n * Sizes.GatesRow, C + n * CRow, hidden, Coupled, Memory);
            if (Peepholes != null)
            {
                Look<V>(o, Peepholes + 2 * hidden, 1);
                Sizes.Apply<V>(Gate, o, hidden);
            }
            Output.Run<V>(C, z, Sizes.Batch, hidden, CRow, Sizes.GatesRow);
            for (nint n = 0; n < Sizes.Batch; n++)
                Leave<V>(o + n * Sizes.GatesRow, z + n * Sizes.GatesRow, Sizes.H + n * Sizes.HRow, y == null ? null : y + n * Sizes.YRow, hidden);
            if (y != null)
                y += Sizes.YStep;
        }
    }

    private readonly void Look<V>(float* gates, float* peepholes, nint count) where V : struct, IVec<V>
    {
        for (nint n = 0; n < Sizes.Batch; n++)
        {
            for (nint gate = 0; gate < count; gate++)
                Add<V>(gates + n * Sizes.GatesRow + gate * Sizes.Hidden, peepholes + gate * Sizes.Hidden, C + n * CRow, Sizes.Hidden);
        }
    }

    private static void Add<V>(float* y, float* a, float* b, nint count) where V : struct, IVec<V>
    {
        nint i = 0;
        for (; i <= count - V.Lanes; i += V.Lanes)
            V.MultiplyAdd(V.Load(a + i), V.Load(b + i), V.Load(y + i)).Store(y + i);
        for (; i < count; i++)
            V1.MultiplyAdd(V1.Load(a + i), V1.Load(b + i), V1.Load(y + i)).Store(y + i);
    }

    // c = f·c + i·z
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Remember<V>(float* i, float* c, nint count, bool coupled, float memory) where V : struct, IVec<V>
    {
        float* f = i + count, z = i + 3 * count;
        nint k = 0;
        V most = V.Broadcast(memory);
        for (; k <= count - V.Lanes; k += V.Lanes)
        {
            V v = V.MultiplyAdd(coupled ? V.Broadcast(1) - V.Load(i + k) : V.Load(f + k), V.Load(c + k), V.Load(i + k) * V.Load(z + k));
            V.Max(-most, V.Min(most, v)).Store(c + k);
        }
        for (; k < count; k++)
        {
            V1 v = V1.MultiplyAdd(coupled ? V1.Broadcast(1) - V1.Load(i + k) : V1.Load(f + k), V1.Load(c + k), V1.Load(i + k) * V1.Load(z + k));
            V1.Max(V1.Broadcast(-memory), V1.Min(V1.Broadcast(memory), v)).Store(c + k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Leave<V>(float* a, float* b, float* h, float* y, nint count) where V : struct, IVec<V>
    {
        nint k = 0;
        for (; k <= count - V.Lanes; k += V.Lanes)
        {
            V v = V.Load(a + k) * V.Load(b + k);
            v.Store(h + k);
            if (y != null)
                v.Store(y + k);
        }
        for (; k < count; k++)
        {
            h[k] = a[k] * b[k];
            if (y != null)
                y[k] = h[k];
        }
    }
}

internal unsafe struct Gru
{
    public RecurrentSizes Sizes;
    public Place Weights, NewWeights;
    public float* Bias, Room;
    public bool After;
    public CellFunction Gate, Cell;

    public readonly void Run<V>(in Frame frame) where V : struct, IVec<V>
    {
        float* gates = Sizes.Gates, y = Sizes.Y;
        nint hidden = Sizes.Hidden;
        for (int step = 0; step < Sizes.Steps; step++, gates += Sizes.GatesStep)
        {
            float* r = gates + hidden, n = r + hidden;
            Sizes.Add(frame, gates, Sizes.H, Sizes.HRow, Weights, 2 * Sizes.Hidden);
            Sizes.Apply<V>(Gate, gates, 2 * hidden);
            if (After)
            {
                Sizes.Multiply(frame, Sizes.H, Sizes.HRow, NewWeights, Bias, null, Room, Sizes.Hidden, Sizes.Hidden);
                for (nint i = 0; i < Sizes.Batch; i++)
                    Reset<V>(r + i * Sizes.GatesRow, Room + i * hidden, n + i * Sizes.GatesRow, n + i * Sizes.GatesRow, hidden);
            }
            else
            {
                for (nint i = 0; i < Sizes.Batch; i++)
                    Reset<V>(r + i * Sizes.GatesRow, Sizes.H + i * Sizes.HRow, null, Room + i * hidden, hidden);
                Sizes.Add(frame, n, Room, Sizes.Hidden, NewWeights, Sizes.Hidden);
            }
            Sizes.Apply<V>(Cell, n, hidden);
            for (nint i = 0; i < Sizes.Batch; i++)
                Blend<V>(gates + i * Sizes.GatesRow, n + i * Sizes.GatesRow, Sizes.H + i * Sizes.HRow, y == null ? null : y + i * Sizes.YRow, hidden);
            if (y != null)
                y += Sizes.YStep;
        }
    }

    // y = r·x + add
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reset<V>(float* r, float* x, float* add, float* y, nint count) where V : struct, IVec<V>
    {
        nint k = 0;
        for (; k <= count - V.Lanes; k += V.Lanes)
            V.MultiplyAdd(V.Load(r + k), V.Load(x + k), add == null ? V.Zero : V.Load(add + k)).Store(y + k);
        for (; k < count; k++)
            V1.MultiplyAdd(V1.Load(r + k), V1.Load(x + k), add == null ? V1.Zero : V1.Load(add + k)).Store(y + k);
    }

    // h = n + z·(h − n)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blend<V>(float* z, float* n, float* h, float* y, nint count) where V : struct, IVec<V>
    {
        nint k = 0;
        for (; k <= count - V.Lanes; k += V.Lanes)
        {
            V v = V.MultiplyAdd(V.Load(z + k), V.Load(h + k) - V.Load(n + k), V.Load(n + k));
            v.Store(h + k);
            if (y != null)
                v.Store(y + k);
        }
        for (; k < count; k++)
        {
            V1 v = V1.MultiplyAdd(V1.Load(z + k), V1.Load(h + k) - V1.Load(n + k), V1.Load(n + k));
            v.Store(h + k);
            if (y != null)
                v.Store(y + k);
        }
    }
}

internal unsafe struct Rnn
{
    public RecurrentSizes Sizes;
    public Place Weights;
    public CellFunction Cell;

    public readonly void Run<V>(in Frame frame) where V : struct, IVec<V>
    {
        float* gates = Sizes.Gates, y = Sizes.Y;
        nint hidden = Sizes.Hidden;
        for (int step = 0; step < Sizes.Steps; step++, gates += Sizes.GatesStep)
        {
            Sizes.Add(frame, gates, Sizes.H, Sizes.HRow, Weights, Sizes.Hidden);
            Sizes.Apply<V>(Cell, gates, hidden);
            for (nint n = 0; n < Sizes.Batch; n++)
            {
                var row = new ReadOnlySpan<float>(gates + n * Sizes.GatesRow, Sizes.Hidden);
                row.CopyTo(new(Sizes.H + n * Sizes.HRow, Sizes.Hidden));
                if (y != null)
                    row.CopyTo(new(y + n * Sizes.YRow, Sizes.Hidden));
            }
            if (y != null)
                y += Sizes.YStep;
        }
    }
}

/// <summary>A gate's function, by its number.</summary>
internal readonly unsafe struct CellFunction(int kind, float alpha, float beta)
{
    public void Run<V>(float* x, float* y, nint rows, nint count, nint xRow, nint yRow) where V : struct, IVec<V>
    {
        switch (kind)
        {
            case 0: Elementwise.Rows<Kernels.Sigmoid, V>(default, x, y, rows, count, xRow, yRow, 1, 1); break;
            case 1: Elementwise.Rows<Kernels.Tanh, V>(default, x, y, rows, count, xRow, yRow, 1, 1); break;
            case 2: Elementwise.Rows<Kernels.Relu, V>(default, x, y, rows, count, xRow, yRow, 1, 1); break;
            case 3: Elementwise.Rows<Kernels.Affine, V>(new(alpha, beta), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 4: Elementwise.Rows<Kernels.LeakyRelu, V>(new(alpha), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 5: Elementwise.Rows<Kernels.ThresholdedRelu, V>(new(alpha), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 6: Elementwise.Rows<Kernels.ScaledTanh, V>(new(alpha, beta), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 7: Elementwise.Rows<Kernels.HardSigmoid, V>(new(alpha, beta), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 8: Elementwise.Rows<Kernels.Elu, V>(new(alpha, 1, 1), x, y, rows, count, xRow, yRow, 1, 1); break;
            case 9: Elementwise.Rows<Kernels.Softsign, V>(default, x, y, rows, count, xRow, yRow, 1, 1); break;
            default: Elementwise.Rows<Kernels.Softplus, V>(default, x, y, rows, count, xRow, yRow, 1, 1); break;
        }
    }
}

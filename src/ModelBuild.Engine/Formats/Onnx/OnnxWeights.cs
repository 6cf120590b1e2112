using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>A node that makes of what was there, and of further constants, what comes next; <paramref name="Last"/>: what was there comes behind these.</summary>
internal sealed record OnnxStep(string Operator, (string Name, Tensor Value)[] Constants, bool Last = false, ElementType? To = null);

/// <summary>
/// A float32 constant as another one, and the nodes that make it of that, to the bit: runtimes do so once, as they load. Not by DequantizeLinear, which says the same: ONNX Runtime keeps that for each
/// call, and makes of one before a product of matrices an operator that quantizes activations too (MatMulNBits, 1.31: off by 4e-3).
/// </summary>
internal sealed record OnnxWeights(string Name, Tensor Data, OnnxStep[] Steps)
{
    /// <summary>Smaller constants stay float32: nodes would take more than they save.</summary>
    private const int LeastElements = 64, LeastSaved = 64;

    /// <summary>The smallest form; null where float32 is.</summary>
    /// <param name="tensor">The constant.</param>
    /// <param name="outputs">The axis that counts outputs, if it is weights.</param>
    public static OnnxWeights? Smallest(Tensor tensor, int? outputs)
    {
        if (tensor.Element != ElementType.Float32 || tensor.Shape.Size < LeastElements)
            return null;
        OnnxWeights? best = null;
        foreach (OnnxWeights? form in (OnnxWeights?[])[Halves(tensor), .. outputs is { } axis ? [Rows(tensor, axis), Blocks(tensor, axis), Palette(tensor)] : Array.Empty<OnnxWeights?>()])
        {
            if (form != null && form.Bytes < (best?.Bytes - LeastSaved ?? tensor.Type.Bytes))
                best = form;
        }
        return best;
    }

    private long Bytes => Size(Data) + Steps.Sum(s => s.Constants.Sum(c => Size(c.Value)));

    private static long Size(Tensor tensor) => tensor.Element is ElementType.Int4 or ElementType.UInt4 ? (tensor.Shape.Size + 1) / 2 : tensor.Type.Bytes;

    private static OnnxWeights? Halves(Tensor tensor)
    {
        var halves = new Half[tensor.Shape.Size];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)tensor.F32[i];
            if (!((float)halves[i]).Equals(tensor.F32[i]))
                return null;
        }
        return new("f16", Tensor.Of<Half>(tensor.Shape, halves), [Cast(ElementType.Float32)]);
    }

    /// <summary>Integers and a scale an output.</summary>
    private static OnnxWeights? Rows(Tensor tensor, int axis)
    {
        int length = tensor.Shape[axis], inner = tensor.Shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        return Grid.Of(tensor.F32, [.. Enumerable.Range(0, tensor.Shape.Size).Select(i => i / inner % length)], length) is [var grid, ..]
            ? new("int", Integers(tensor.Shape, grid.Integers), [Cast(ElementType.Float32), Times(Shape.Of(tensor.Shape.Select((d, i) => i == axis ? d : 1)), grid.Scales)])
            : null;
    }

    /// <summary>Integers and a scale a block, the last one of an output filled up.</summary>
    private static OnnxWeights? Blocks(Tensor tensor, int axis)
    {
        int outputs = tensor.Shape[axis], each = tensor.Shape.Size / outputs;
        bool columns = axis != 0;
        if ((columns && tensor.Shape.Rank != 2) || BlockGrid.Of(tensor.F32, new PanelLayout(outputs, each, columns ? outputs : 1)) is not [var found, ..])
            return null;
        int blocks = found.Grid.Scales.Length / outputs, full = blocks * found.Block;
        var integers = new sbyte[outputs * full];
        for (int i = 0; i < found.Grid.Integers.Length; i++)
            integers[columns ? i : i / each * full + i % each] = found.Grid.Integers[i];
        float[] scales = columns ? [.. Enumerable.Range(0, blocks * outputs).Select(i => found.Grid.Scales[i % outputs * blocks + i / outputs])] : found.Grid.Scales;
        OnnxStep[] cut = full == each ? [] :
        [
            new("Reshape", [("full", Longs(columns ? [full, outputs] : [outputs, full]))]),
            new("Slice", [("start", Longs([0, 0])), ("end", Longs(columns ? [each, outputs] : [outputs, each]))]),
        ];
        return new("int", Integers(columns ? [blocks, found.Block, outputs] : [outputs, blocks, found.Block], integers),
            [Cast(ElementType.Float32), Times(columns ? [blocks, 1, outputs] : [outputs, blocks, 1], scales), .. cut, new("Reshape", [("shape", Longs([.. tensor.Shape]))])]);
    }

    /// <summary>Places in a list of the values that there are.</summary>
    private static OnnxWeights? Palette(Tensor tensor)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(tensor.F32);
        var values = new SortedSet<uint>();
        foreach (uint value in bits)
        {
            if (values.Add(value) && values.Count > 256)
                return null;
        }
        uint[] palette = [.. values];
        var places = new byte[bits.Length];
        for (int i = 0; i < places.Length; i++)
            places[i] = (byte)Array.BinarySearch(palette, bits[i]);
        Tensor data = Tensor.From(new(palette.Length <= 16 ? ElementType.UInt4 : ElementType.UInt8, tensor.Shape), Array.ConvertAll(places, p => (long)p));
        return new("place", data, [Cast(ElementType.Int32), new("Gather", [("values", Tensor.Of<float>([palette.Length], Array.ConvertAll(palette, BitConverter.UInt32BitsToSingle)))], Last: true)]);
    }

    private static OnnxStep Cast(ElementType to) => new("Cast", [], To: to);

    // What is all zero has no scale, and any does.
    private static OnnxStep Times(Shape shape, float[] scales) => new("Mul", [("scale", Tensor.Of<float>(shape, Array.ConvertAll(scales, s => s > 0 ? s : 1)))]);

    private static Tensor Longs(int[] values) => Tensor.Of<long>([values.Length], Array.ConvertAll(values, v => (long)v));

    private static Tensor Integers(Shape shape, sbyte[] integers) =>
        Tensor.From(new(Array.TrueForAll(integers, i => i is >= -8 and <= 7) ? ElementType.Int4 : ElementType.Int8, shape), Array.ConvertAll(integers, i => (long)i));
}

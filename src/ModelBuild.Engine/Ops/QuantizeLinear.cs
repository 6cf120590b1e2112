using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>float32 → integers: round(x / scale) to nearest even, plus zero point, saturated.</summary>
internal sealed record QuantizeLinear(Quantization To) : Op
{
    public override Quantization? Quantizes => To;

    public override Op? AsUnsigned => To.Unsigned is { } unsigned ? new QuantizeLinear(unsigned) : null;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        To.Check(x.Shape);
        return To.Type is ElementType.UInt8 or ElementType.Int8 or ElementType.UInt4 or ElementType.Int4 or ElementType.UInt16 or ElementType.Int16
            ? [x with { Element = To.Type }]
            : throw new OperatorException($"{To.Type.Word()} as output is not supported; u8 and i8 are");
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        ReadOnlySpan<float> xs = x.F32;
        var integers = new int[xs.Length];
        for (int i = 0; i < integers.Length; i++)
            integers[i] = To.Integer(xs[i], To.Index(x.Shape, i));
        byte[] bytes = To.Type.Bytes() == 1 ? Array.ConvertAll(integers, v => (byte)v) : MemoryMarshal.AsBytes(Array.ConvertAll(integers, v => (short)v).AsSpan()).ToArray();
        return [new Tensor(new(To.Type, x.Shape), bytes)];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        // The same integers, or signed bytes as unsigned ones, or the other way round.
        if (lowering.Dequantized(node.Inputs[0]) is { } bytes && (bytes.As == To || bytes.As.Unsigned == To || To.Unsigned == bytes.As))
        {
            View from = lowering.Read(bytes.Value);
            if (bytes.As == To)
                lowering.Alias(node.Outputs[0], from);
            else
                lowering.Each("FlipSign8", from, lowering.Write(node.Outputs[0], from));
            return;
        }
        // From integers to other integers, with nothing between: a table.
        if (To is { Type: ElementType.UInt8, Scales.Count: 1 } && lowering.Quantized(node.Inputs[0]) is { } from8)
        {
            ByteTable.Lower(lowering, from8, lowering.Write(node.Outputs[0], lowering.Read(from8.Value)), x => To.Integer((float)x));
            return;
        }
        View x = lowering.Read(node.Inputs[0]);
        View y = lowering.Write(node.Outputs[0], x);
        foreach (var (from, to, i) in Slices.Along(To, x, y))
        {
            Loops loops = Loops.Collapse(from.Shape, from.Strides, to.Strides).WithLongRows();
            lowering.Emit(To.Type switch { ElementType.UInt8 => "QuantizeF32U8", ElementType.Int8 => "QuantizeF32I8", _ => throw new OperatorException($"{To.Type.Word()} at run time is not supported; u8 and i8 are") },
                ("x", from), ("y", to), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]), ("scale", To.Scales[i]), ("zero", To.ZeroPoints[i]));
        }
    }
}

/// <summary>Views of the parts of two tensors that share a scale.</summary>
internal static class Slices
{
    public static IEnumerable<(View From, View To, int Index)> Along(Quantization quantization, View x, View y)
    {
        if (quantization.Scales.Count == 1)
            return [(x, y, 0)];
        if (quantization.Block != 0)
            throw new OperatorException("blocks of run-time data are not supported");
        int axis = x.Shape.Axis(quantization.Axis);
        return Enumerable.Range(0, x.Shape[axis]).Select(i => (At(x, axis, i), At(y, axis, i), i));
    }

    private static View At(View view, int axis, int index) =>
        view with { Start = view.Start + index * view.Strides[axis], Type = view.Type with { Shape = view.Shape.With(axis, 1) } };
}

/// <summary>A function of one byte, by its 256 results.</summary>
internal static class ByteTable
{
    public static void Lower(Lowering lowering, (string Value, Quantization As) x, View y, Func<double, int> result)
    {
        byte[] table = [.. Enumerable.Range(0, 256).Select(i => (byte)result(x.As.Scale * (i - x.As.Zero)))];
        View from = lowering.Read(x.Value);
        Loops loops = Loops.Collapse(from.Shape, from.Strides, y.Strides).WithLongRows();
        lowering.Emit("LookupU8", ("x", from), ("table", lowering.Place<byte>(table)), ("y", y), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("yStrides", loops.Strides[1]));
    }
}

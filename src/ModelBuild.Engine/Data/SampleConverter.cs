using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>A sample as the file has it → the tensor that the model's input takes: another element type, normalized, in the input's shape.</summary>
internal sealed class SampleConverter(DataSource source, string file, DataInput input, Normalization normalization)
{
    /// <param name="element">What <paramref name="data"/> holds.</param>
    /// <param name="data">The elements, little-endian; as many as the input has.</param>
    /// <param name="sample">The sample's number in the file, for messages.</param>
    /// <exception cref="DiagnosticException">MB1026: a value that the input can't take.</exception>
    public Tensor Convert(ElementType element, byte[] data, long sample)
    {
        TensorType type = input.Type;
        bool normalized = !normalization.IsNone && type.Element.IsFloat();
        var read = new Tensor(type with { Element = element }, data);
        if (element == type.Element && !normalized && !element.IsFloat())
            return new Tensor(type, data.ToArray());
        if (!element.IsFloat() && !type.Element.IsFloat())
            return Integers(read, sample);
        double[] values = read.Doubles();
        return Convert(values, sample);
    }

    /// <summary>The same of numbers.</summary>
    public Tensor Convert(double[] values, long sample)
    {
        TensorType type = input.Type;
        int wrong = Array.FindIndex(values, v => !double.IsFinite(v));
        if (wrong >= 0)
            throw Wrong(values[wrong], sample, "");
        if (!type.Element.IsFloat())
            return Integers(values, sample);
        normalization.Apply(values, type.Shape);
        return type.Element switch
        {
            ElementType.Float32 => Tensor.Of(type.Shape, Array.ConvertAll(values, v => (float)v)),
            ElementType.Float64 => Tensor.Of(type.Shape, values),
            ElementType.Float16 => Tensor.Of(type.Shape, Array.ConvertAll(values, v => (Half)v)),
            _ => throw new DataException($"inputs of {type.Element.Word()} take no data yet"),
        };
    }

    private Tensor Integers(double[] values, long sample)
    {
        int wrong = Array.FindIndex(values, v => v != Math.Truncate(v) || Math.Abs(v) > 1L << 53);
        return wrong < 0
            ? Store(Array.ConvertAll(values, v => (long)v), sample)
            : throw Wrong(values[wrong], sample, normalization.IsNone ? "" : "; Scale, Mean and Std change only inputs of floating-point numbers");
    }

    private Tensor Integers(Tensor read, long sample)
    {
        if (read.Element == ElementType.UInt64 && input.Type.Element != ElementType.UInt64 && MemoryMarshal.Cast<byte, long>(read.Bytes.Span).ContainsAnyInRange(long.MinValue, -1))
            throw Diagnostics.DataValue(source, file, sample, "a value over 2^63", input, "");
        return Store(read.Int64s(), sample);
    }

    private Tensor Store(long[] values, long sample)
    {
        Shape shape = input.Type.Shape;
        var (least, most) = Limits(input.Type.Element);
        int wrong = Array.FindIndex(values, v => v < least || v > most);
        if (wrong >= 0)
            throw Wrong(values[wrong], sample, $" ({least} to {most})");
        return input.Type.Element switch
        {
            ElementType.Int64 => Tensor.Of(shape, values),
            ElementType.UInt64 => Tensor.Of(shape, Array.ConvertAll(values, v => (ulong)v)),
            ElementType.Int32 => Tensor.Of(shape, Array.ConvertAll(values, v => (int)v)),
            ElementType.UInt32 => Tensor.Of(shape, Array.ConvertAll(values, v => (uint)v)),
            ElementType.Int16 => Tensor.Of(shape, Array.ConvertAll(values, v => (short)v)),
            ElementType.UInt16 => Tensor.Of(shape, Array.ConvertAll(values, v => (ushort)v)),
            ElementType.Int8 => Tensor.Of(shape, Array.ConvertAll(values, v => (sbyte)v)),
            ElementType.UInt8 => Tensor.Of(shape, Array.ConvertAll(values, v => (byte)v)),
            _ => Tensor.Of(shape, Array.ConvertAll(values, v => v != 0)),
        };
    }

    private static (long Least, long Most) Limits(ElementType element) => element switch
    {
        ElementType.Int64 => (long.MinValue, long.MaxValue), ElementType.UInt64 => (0, long.MaxValue),
        ElementType.Int32 => (int.MinValue, int.MaxValue), ElementType.UInt32 => (0, uint.MaxValue),
        ElementType.Int16 => (short.MinValue, short.MaxValue), ElementType.UInt16 => (0, ushort.MaxValue),
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue), ElementType.UInt8 => (0, byte.MaxValue),
        ElementType.Bool => (0, 1),
        _ => throw new DataException($"inputs of {element.Word()} take no data yet"),
    };

    private DiagnosticException Wrong(double value, long sample, string hint) => Diagnostics.DataValue(source, file, sample, value.ToString("R", CultureInfo.InvariantCulture), input, hint);
}

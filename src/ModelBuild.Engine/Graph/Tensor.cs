using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>ONNX's element types, by ONNX's numbers.</summary>
internal enum ElementType
{
    Float32 = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, String = 8, Bool = 9,
    Float16 = 10, Float64 = 11, UInt32 = 12, UInt64 = 13, Complex64 = 14, Complex128 = 15, BFloat16 = 16,
    Float8E4M3FN = 17, Float8E4M3FNUZ = 18, Float8E5M2 = 19, Float8E5M2FNUZ = 20, UInt4 = 21, Int4 = 22, Float4E2M1 = 23,
}

internal static class ElementTypes
{
    /// <summary>Bytes of an element in memory; 4-bit types take a byte each.</summary>
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        ElementType.Complex128 => 16,
        _ => 1,
    };

    /// <summary>The plan's word for a type: <c>f32</c>, <c>i64</c>, <c>u8</c>, <c>bool</c>.</summary>
    public static string Word(this ElementType type) => type switch
    {
        ElementType.Float32 => "f32", ElementType.Float64 => "f64", ElementType.Float16 => "f16",
        ElementType.Int64 => "i64", ElementType.Int32 => "i32", ElementType.Int16 => "i16", ElementType.Int8 => "i8",
        ElementType.UInt64 => "u64", ElementType.UInt32 => "u32", ElementType.UInt16 => "u16", ElementType.UInt8 => "u8",
        ElementType.Bool => "bool", _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The type in a kernel's name: <c>F32</c>, <c>I64</c>, <c>U8</c>, <c>Bool</c>.</summary>
    public static string Suffix(this ElementType type) => char.ToUpperInvariant(type.Word()[0]) + type.Word()[1..];

    public static bool IsFloat(this ElementType type) => type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>A type to calculate with: integers of a byte and more, and floats.</summary>
    public static bool IsNumber(this ElementType type) => type.IsFloat() || type is >= ElementType.UInt8 and <= ElementType.Int64 or ElementType.UInt32 or ElementType.UInt64;
}

internal sealed record TensorType(ElementType Element, Shape Shape)
{
    public int Bytes => checked(Shape.Size * Element.Bytes());

    public override string ToString() => $"{Element.Word()}{Shape}";
}

/// <summary>Constant data, row-major, little-endian. Nobody writes to it once it is made.</summary>
internal sealed class Tensor(TensorType type, ReadOnlyMemory<byte> bytes)
{
    public TensorType Type { get; } = bytes.Length == type.Bytes ? type : throw new OperatorException($"{type} takes {type.Bytes} bytes, not {bytes.Length}");

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public ElementType Element => Type.Element;

    public Shape Shape => Type.Shape;

    public static Tensor Of<T>(Shape shape, ReadOnlySpan<T> values) where T : unmanaged =>
        new(new(TypeOf<T>(), shape), MemoryMarshal.AsBytes(values).ToArray());

    public static Tensor Of<T>(Shape shape, T[] values) where T : unmanaged => Of<T>(shape, values.AsSpan());

    public static Tensor Scalar<T>(T value) where T : unmanaged => Of<T>(Shape.Scalar, [value]);

    /// <summary>Numbers of any type: floats are rounded; integers lose what is behind the point and saturate, in bytes and 16 bits as an int32 that then loses its high bits.</summary>
    public static Tensor From(TensorType type, double[] values) => type.Element switch
    {
        ElementType.Float64 => Of(type.Shape, values),
        ElementType.Float32 => Of(type.Shape, Array.ConvertAll(values, v => (float)v)),
        ElementType.Float16 => Of(type.Shape, Array.ConvertAll(values, v => (Half)v)),
        ElementType.BFloat16 => new(type, Of(type.Shape, Array.ConvertAll(values, BFloat16)).Bytes),
        ElementType.Bool => From(type, Array.ConvertAll(values, v => v != 0 ? 1L : 0)),
        ElementType.UInt64 => Of(type.Shape, Array.ConvertAll(values, v => (ulong)v)),
        ElementType.UInt32 => Of(type.Shape, Array.ConvertAll(values, v => (uint)v)),
        ElementType.Int64 => Of(type.Shape, Array.ConvertAll(values, v => (long)v)),
        _ => From(type, Array.ConvertAll(values, v => (long)(int)v)),
    };

    /// <summary>Integers of any type: narrower ones lose high bits, floats are rounded.</summary>
    public static Tensor From(TensorType type, long[] values) => type.Element switch
    {
        ElementType.Int64 or ElementType.UInt64 => new(type, Of(type.Shape, values).Bytes),
        ElementType.Int32 or ElementType.UInt32 => new(type, Of(type.Shape, Array.ConvertAll(values, v => (int)v)).Bytes),
        ElementType.Int16 or ElementType.UInt16 => new(type, Of(type.Shape, Array.ConvertAll(values, v => (short)v)).Bytes),
        ElementType.Int8 or ElementType.UInt8 => new(type, Of(type.Shape, Array.ConvertAll(values, v => (byte)v)).Bytes),
        ElementType.UInt4 => new(type, Of(type.Shape, Array.ConvertAll(values, v => (byte)(v & 15))).Bytes),
        ElementType.Int4 => new(type, Of(type.Shape, Array.ConvertAll(values, v => (sbyte)(((v & 15) ^ 8) - 8))).Bytes),
        ElementType.Bool => Of(type.Shape, Array.ConvertAll(values, v => v != 0)),
        ElementType.Float32 => Of(type.Shape, Array.ConvertAll(values, v => (float)v)),
        _ => From(type, Array.ConvertAll(values, v => (double)v)),
    };

    private static ushort BFloat16(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return (ushort)(double.IsNaN(value) ? 0x7FC0 : (bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    public ReadOnlySpan<T> Span<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span);

    public ReadOnlySpan<float> F32 => Element == ElementType.Float32 ? Span<float>() : throw new OperatorException($"{Type} where float32 is needed");

    public Tensor Reshape(Shape shape) => new(new(Element, shape), Bytes);

    /// <summary>The elements as numbers, whatever the type.</summary>
    public double[] Doubles() => Element switch
    {
        ElementType.Float32 => Map<float>(v => v), ElementType.Float64 => Map<double>(v => v), ElementType.Float16 => Map<Half>(v => (double)v),
        ElementType.BFloat16 => Map<ushort>(v => BitConverter.Int32BitsToSingle(v << 16)),
        _ => Array.ConvertAll(Int64s(), v => (double)v),
    };

    /// <summary>The elements as integers; a floating-point type is an error.</summary>
    public long[] Int64s() => Element switch
    {
        ElementType.Int64 => Map<long, long>(v => v), ElementType.Int32 => Map<int, long>(v => v), ElementType.Int16 => Map<short, long>(v => v), ElementType.Int8 => Map<sbyte, long>(v => v),
        ElementType.UInt64 => Map<ulong, long>(v => (long)v), ElementType.UInt32 => Map<uint, long>(v => v), ElementType.UInt16 => Map<ushort, long>(v => v),
        ElementType.UInt8 or ElementType.Bool or ElementType.UInt4 => Map<byte, long>(v => v), ElementType.Int4 => Map<sbyte, long>(v => v),
        _ => throw new OperatorException($"{Type} where integers are needed"),
    };

    /// <summary>The integers as int32; larger ones (ONNX writes "to the end" as int64's largest) saturate.</summary>
    public Ints Int32s() => new(Int64s().Select(v => (int)Math.Clamp(v, int.MinValue, int.MaxValue)));

    public static ElementType TypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => ElementType.Float32, double => ElementType.Float64, Half => ElementType.Float16,
        long => ElementType.Int64, int => ElementType.Int32, short => ElementType.Int16, sbyte => ElementType.Int8,
        ulong => ElementType.UInt64, uint => ElementType.UInt32, ushort => ElementType.UInt16, byte => ElementType.UInt8,
        bool => ElementType.Bool, _ => throw new ArgumentException(typeof(T).Name),
    };

    private double[] Map<T>(Func<T, double> f) where T : unmanaged => Map<T, double>(f);

    private U[] Map<T, U>(Func<T, U> f) where T : unmanaged
    {
        ReadOnlySpan<T> from = Span<T>();
        var to = new U[from.Length];
        for (int i = 0; i < to.Length; i++)
            to[i] = f(from[i]);
        return to;
    }
}

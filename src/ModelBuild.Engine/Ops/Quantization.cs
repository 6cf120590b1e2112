namespace ModelBuild.Engine;

/// <summary>
/// What integers mean: number = scale · (integer − zero point), one pair for the tensor, or one for each index of <paramref name="Axis"/>, or one for each
/// block of <paramref name="Block"/> along it.
/// </summary>
internal sealed record Quantization(EquatableArray<float> Scales, Ints ZeroPoints, ElementType Type, int Axis = 1, int Block = 0)
{
    public (int Least, int Most) Range => Type switch
    {
        ElementType.UInt8 => (0, 255), ElementType.Int8 => (-128, 127), ElementType.UInt16 => (0, 65535), ElementType.Int16 => (-32768, 32767),
        ElementType.UInt4 => (0, 15), ElementType.Int4 => (-8, 7), _ => (int.MinValue, int.MaxValue),
    };

    public float Scale => Scales[0];

    public int Zero => ZeroPoints[0];

    /// <summary>The same numbers by unsigned bytes, each 128 more, where this is about signed ones.</summary>
    public Quantization? Unsigned => Type == ElementType.Int8 ? this with { Type = ElementType.UInt8, ZeroPoints = new(ZeroPoints.Select(z => z + 128)) } : null;

    /// <summary>x / scale to nearest even, plus the zero point, saturated; NaN is the zero point's own.</summary>
    public int Integer(float x, int index = 0)
    {
        var (least, most) = Range;
        double rounded = MathF.Round(x / Scales[index]) + (double)ZeroPoints[index];
        return double.IsNaN(rounded) ? Math.Clamp(ZeroPoints[index], least, most) : (int)Math.Clamp(rounded, least, most);
    }

    /// <summary>Which scale an element of a tensor has.</summary>
    public int Index(Shape shape, int element)
    {
        if (Scales.Count == 1)
            return 0;
        int axis = shape.Axis(Axis), inner = shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b), at = element / inner % shape[axis];
        return Block == 0 ? at : (element / (inner * shape[axis]) * ((shape[axis] + Block - 1) / Block) + at / Block) * inner + element % inner;
    }

    /// <exception cref="OperatorException">The number of scales doesn't fit the shape.</exception>
    public void Check(Shape shape)
    {
        if (Scales.Count == 1 && Block == 0)
            return;
        int axis = shape.Axis(Axis);
        int expected = Block == 0 ? shape[axis] : shape.With(axis, (shape[axis] + Block - 1) / Block).Size;
        if (Scales.Count != expected || ZeroPoints.Count != expected)
            throw new OperatorException($"{Scales.Count} scales and {ZeroPoints.Count} zero points for axis {Axis} of {shape}, where {expected} are needed");
    }
}
